//! What differs for a template that was written for the older engine.

use serde_json::{Map, Value, json};
use slipway_nunjucks::{Dialect, backstage};
use slipway_scaffold::{ActionRegistry, RunContext, Template};

fn template(annotation: &str, step: &str) -> Result<Template, String> {
    let text = format!(
        "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {{name: t, annotations: {{slipway.dev/template-engine: \
         {annotation}}}}}\nspec: {{type: service, steps: [{step}]}}\n"
    );
    Template::parse(&text, "t.yaml").map_err(|error| error.to_string())
}

fn context(dialect: Option<Dialect>) -> RunContext {
    let parameters = json!({ "on": true, "word": "abc" });
    let engine = backstage::engine(backstage::public_hosts()).with_dialect(dialect.unwrap_or_default());
    RunContext::new(engine, parameters.as_object().unwrap(), &Value::Null, "run")
}

#[test]
fn a_template_says_which_engine_it_was_written_for() {
    let step = "{action: 'debug:log'}";
    assert_eq!(template("legacy", step).unwrap().dialect, Some(Dialect::Legacy));
    assert_eq!(template("current", step).unwrap().dialect, Some(Dialect::Current));
    let refused = template("other", step).unwrap_err();
    assert!(refused.ends_with("slipway.dev/template-engine is current or legacy"), "{refused}");
}

#[test]
fn values_are_read_as_json_and_empty_ones_are_gone() {
    let step = r#"{action: x, input: {flag: "{% if parameters.on %}true{% endif %}", none: "", all: "${{ parameters.word.replaceAll('b', '-') }}"}}"#;
    let legacy = template("legacy", step).unwrap();
    let input = context(legacy.dialect).input(&legacy.steps[0], None).unwrap();
    assert_eq!(input, json!({ "flag": true, "all": "a-c" }));
    let mut current = legacy.steps[0].clone();
    current.input.as_object_mut().unwrap().shift_remove("all");
    assert_eq!(context(None).input(&current, None).unwrap(), json!({ "flag": "true", "none": "" }));
}

#[test]
fn the_letters_of_a_text_are_rounds_and_a_failure_is_the_end() {
    let step = r#"{action: x, each: "${{ parameters.word }}", if: "${{ each.value != 'b' }}", input: {of: "${{ each.value }}"}}"#;
    let legacy = template("legacy", step).unwrap();
    let rounds = context(legacy.dialect).plan(&legacy.steps[0], &ActionRegistry::default()).unwrap().unwrap();
    let inputs: Vec<&Value> = rounds.iter().map(|round| &round.input["of"]).collect();
    assert_eq!(inputs, ["a", "c"]);
    assert!(context(None).plan(&legacy.steps[0], &ActionRegistry::default()).is_err());

    let always = template("legacy", r#"{action: x, if: "${{ always() }}"}"#).unwrap();
    for (dialect, expected) in [(Dialect::Legacy, None), (Dialect::Current, Some(1))] {
        let mut context = context(Some(dialect));
        context.record_output("before", Map::new().into());
        context.record_failure();
        let rounds = context.plan(&always.steps[0], &ActionRegistry::default()).unwrap();
        assert_eq!(rounds.map(|rounds| rounds.len()), expected, "{dialect:?}");
    }
}
