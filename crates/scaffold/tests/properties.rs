//! What holds for any text: nothing panics, nothing leads outside, what is written is read the same.

use proptest::prelude::*;
use serde_json::{Value, json};
use slipway_nunjucks::backstage;
use slipway_scaffold::{
    Document, File, Globs, NoFiles, RunContext, Template, Tree, child_path, resolve, to_yaml, validate, with_defaults,
};

/// A template with most of what there is, in ASCII.
const TEMPLATE: &str = r#"apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: t, title: "A template", tags: [a, b] }
spec:
  type: service
  parameters:
    - title: One
      required: [name]
      properties:
        name: { type: string, pattern: '^[a-z]+$', ui:autofocus: true }
        size: &size { type: string, enum: [s, m], enumNames: [Small, Medium] }
        other: *size
      dependencies:
        size: { oneOf: [{ properties: { size: { enum: [s] } } }, { properties: { size: { enum: [m] }, n: { type: integer } } }] }
      allOf: [{ if: { properties: { name: { const: x } } }, then: { required: [size] } }]
  steps:
    - id: fetch
      each: ${{ parameters.list }}
      if: "${{ parameters.name === 'x' }}"
      action: fetch:template
      input:
        url: ./skeleton
        values: { name: "${{ parameters.name | upper }}", text: >-
          folded
          text }
  output:
    links: [{ title: It, url: "${{ steps.fetch.output.url }}" }]
"#;

/// JSON of any shape, with texts that YAML finds hard.
fn json_value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[ -~\n]{0,12}",
        "[-?:,\\[\\]{}#&*!|>'\"%@` \n\ta0]{0,8}",
        "([a-z]{1,12} ){0,30}[a-z]?",
        "[a-z\"\\\\' ]{70,200}",
        "([a-z ]{0,100}\n){0,4}[a-z]{0,3}",
        "\\PC{0,6}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[ -~]{1,8}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_as_yaml_is_read_the_same(value in json_value()) {
        let whole = json!({ "value": value, "list": [value] });
        let text = to_yaml(&whole);
        // A folded text may grow longer lines than 80 only where it has no spaces.
        let read = Document::read_all(&text, &NoFiles).remove(0);
        prop_assert_eq!(read.map(|document| document.value()), Ok(whole), "{}", text);
    }

    #[test]
    fn patterns_end(pattern in "[a-c.*?!{},\\[\\]()@+|/\\\\-]{0,16}", path in "[a-c./]{0,12}") {
        let mut tree = Tree::default();
        let _ = tree.insert(&path, File::text(""));
        if let Ok(globs) = Globs::new(&[&pattern], &tree, pattern.len() % 2 == 0) {
            let _ = globs.matches(&path);
        }
    }

    #[test]
    fn a_child_never_leaves(path in "[./a\\\\-]{0,16}") {
        if let Ok(child) = child_path(&path) {
            prop_assert!(!child.starts_with('/') && child.split('/').all(|part| !matches!(part, "." | "..")));
        }
    }

    #[test]
    fn an_address_stays_on_its_host(relative in "[./a]{0,20}") {
        prop_assert!(resolve("https://host/a/b/tree/main/t/", &relative).starts_with("https://host/"));
    }

    #[test]
    fn schemas_and_values_of_any_shape_are_compared(schema in json_value(), value in json_value()) {
        let _ = validate(&schema, &value);
        let schema = json!({ "properties": { "a": schema }, "allOf": [schema], "if": value, "then": schema });
        let _ = validate(&schema, &value);
        if let Value::Object(values) = &value {
            let _ = with_defaults(&[schema], values);
        }
    }

    /// Whatever stands where a template's parts belong, it is read or refused with a place in the file.
    #[test]
    fn templates_with_any_parts_are_read_or_refused(
        parameters in json_value(), steps in json_value(), output in json_value(), more in json_value(), at in 0..8_usize,
    ) {
        let mut document = json!({
            "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": { "name": "t", "annotations": more },
            "spec": {
                "type": "service", "parameters": { "properties": { "a": parameters, "b": { "ui:field": more } }, "required": more },
                "steps": [{ "action": "a", "input": steps, "if": more }], "output": { "links": output, "text": output },
                "secrets": { "schema": parameters }, "presentation": more,
            },
        });
        let places = ["/spec", "/spec/parameters", "/spec/steps", "/spec/output", "/metadata", "/spec/steps/0", "/spec/parameters/properties/a", "/kind"];
        if let Some(place) = document.pointer_mut(places[at]) {
            *place = more;
        }
        let engine = backstage::engine(backstage::public_hosts());
        for text in [document.to_string(), to_yaml(&document)] {
            match Template::read(&text, "t.yaml", &NoFiles) {
                Ok((template, _)) => {
                    let context = RunContext::new(engine.clone(), json!({ "a": 1 }).as_object().unwrap(), &Value::Null, "run");
                    let _ = context.output(&template.output);
                }
                Err(error) => prop_assert!(error.to_string().starts_with("t.yaml"), "{error}"),
            }
            let _ = Template::lint_expressions(&text, "t.yaml", &engine);
        }
    }

    /// A file that is cut off anywhere, or has any letter in it.
    #[test]
    fn a_spoilt_file_is_read_or_refused(at in 0..TEMPLATE.len(), letter in any::<char>(), cut in any::<bool>()) {
        let (before, after) = TEMPLATE.split_at(at);
        let spoilt = if cut { before.to_owned() } else { format!("{before}{letter}{after}") };
        if let Err(error) = Template::read(&spoilt, "t.yaml", &NoFiles) {
            prop_assert!(error.to_string().starts_with("t.yaml"), "{error}");
        }
    }

    #[test]
    fn steps_of_any_text_are_evaluated_or_refused(text in "[${}% |().'a-z\\[\\]#-]{0,40}") {
        let document = json!({
            "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": { "name": "t" },
            "spec": { "type": "service", "steps": [{ "action": "a", "if": text, "each": text, "input": { "x": text } }], "output": { "y": text } }
        });
        let template = Template::parse(&document.to_string(), "t.yaml").unwrap();
        let engine = backstage::engine(backstage::public_hosts());
        let context = RunContext::new(engine, json!({ "a": 1 }).as_object().unwrap(), &Value::Null, "run");
        let _ = context.runs(&template.steps[0], None);
        let _ = context.each(&template.steps[0]);
        let _ = context.input(&template.steps[0], None);
        let _ = context.output(&template.output);
    }
}
