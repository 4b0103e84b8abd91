//! Reading `template.yaml`, and what authors are told.

use serde_json::json;
use slipway_nunjucks::backstage;
use slipway_scaffold::{ActionRegistry, ActionSpec, Template};

const GOOD: &str = "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: svc
  title: A service
  tags: [rust]
spec:
  type: service
  owner: group:default/platform
  lifecycle: on
  parameters:
    - title: Name
      required: [name]
      properties:
        name: { type: string, minLength: 3 }
        port: { type: integer, default: 8080 }
  steps:
    - action: fetch:template
      input:
        url: ./skeleton
        values:
          name: ${{ parameters.name }}
    - id: log
      name: Say it
      action: debug:log
      if: ${{ parameters.port > 80 }}
      input: { message: done }
  output:
    links: [{ title: Open, url: 'https://example.org' }]
";

fn error_of(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    Template::parse(&GOOD.replacen(from, to, 1), "t.yaml").unwrap_err().to_string()
}

#[test]
fn a_template_is_read_whole() {
    let template = Template::parse(GOOD, "t.yaml").unwrap();
    assert_eq!(
        (template.name.as_str(), template.title.as_str(), template.kind.as_str()),
        ("svc", "A service", "service")
    );
    assert_eq!(template.owner.as_deref(), Some("group:default/platform"));
    assert_eq!(template.pages()[0]["properties"].as_object().unwrap().len(), 2);
    let names: Vec<_> = template.steps.iter().map(|s| (s.id.as_str(), s.name.as_str(), s.line)).collect();
    assert_eq!(names, [("step-1", "fetch:template", 18), ("log", "Say it", 23)]);
    // YAML 1.2: `on` is a text; unknown keys are kept.
    assert_eq!(template.entity["spec"]["lifecycle"], "on");
    assert_eq!(template.entity["spec"]["parameters"][0]["properties"]["port"]["default"], 8080);
}

#[test]
fn mistakes_are_told_with_their_line() {
    assert_eq!(
        error_of("v1beta3", "v1beta2"),
        "t.yaml:1:13: apiVersion: Only scaffolder.backstage.io/v1beta3 is supported"
    );
    assert_eq!(error_of("  name: svc\n", ""), "t.yaml:4:3: metadata.name: This is missing");
    assert_eq!(
        error_of("  name: svc\n", "  name: 3\n"),
        "t.yaml:4:9: metadata.name: Use a text; put it in quotes if it looks like a number"
    );
    assert_eq!(error_of("action: debug:log", "uses: debug:log"), "t.yaml:23:7: spec.steps.1.action: This is missing");
    assert_eq!(
        error_of("id: log", "id: step-1"),
        "t.yaml:23:11: spec.steps.1.id: Another step is called \"step-1\"; ids must differ"
    );
    assert!(
        error_of("minLength: 3", "minLength: x")
            .starts_with("t.yaml:15:42: spec.parameters.0.properties.name.minLength: ")
    );
    assert!(error_of("kind: Template", "kind: [").starts_with("t.yaml:"));
    assert!(Template::parse("", "t.yaml").is_err());
}

#[test]
fn expressions_are_checked_without_running() {
    let engine = backstage::engine(backstage::public_hosts());
    assert!(Template::lint_expressions(GOOD, "t.yaml", &engine).is_empty());
    let bad = GOOD.replace("parameters.port > 80", "parameters.port && true");
    let errors: Vec<String> =
        Template::lint_expressions(&bad, "t.yaml", &engine).iter().map(ToString::to_string).collect();
    assert_eq!(errors, ["t.yaml:26:11: spec.steps.1.if: line 1, column 21: Unexpected character \"&\""]);
}

#[test]
fn inputs_are_checked_against_the_action() {
    let mut actions = ActionRegistry::default();
    actions.add(ActionSpec {
        name: "debug:log".into(),
        description: "Writes a line to the log.".into(),
        input_schema: json!({
            "type": "object",
            "required": ["message"],
            "properties": { "message": { "type": "string" }, "listWorkspace": { "type": ["boolean", "string"] } },
            "additionalProperties": false
        }),
        output_schema: json!({}),
        has_undo: false,
    });
    let template = Template::parse(GOOD, "t.yaml").unwrap();
    let unknown: Vec<&str> = actions.unknown(&template).iter().map(|step| step.action.as_str()).collect();
    assert_eq!(unknown, ["fetch:template"]);

    let problems = |input| actions.check_input("debug:log", &input).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(problems(json!({ "message": "hello", "listWorkspace": true })).is_empty());
    // Nothing is coerced, as in Backstage.
    assert_eq!(
        problems(json!({ "message": 3 })),
        ["The input of debug:log is not valid: message: This must be of the type string, not number"]
    );
    assert_eq!(
        problems(json!({ "mesage": "x" })),
        [
            "The input of debug:log is not valid: message: This is missing",
            "The input of debug:log is not valid: mesage: The action does not know this",
        ]
    );
}
