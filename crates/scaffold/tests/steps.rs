//! Steps as Backstage evaluates them, and what differs on purpose.

use std::path::Path;

use serde_json::{Map, Value, json};
use slipway_nunjucks::backstage;
use slipway_scaffold::{ErrorHabit, RunContext, Step, Template, calls_status_function};

fn case(id: &str) -> (Value, Template) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/synthetic/{id}.json"));
    let case: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let template = Template::parse(&case["entity"].to_string(), "template.yaml").unwrap();
    (case, template)
}

fn context(case: &Value) -> RunContext {
    let engine = backstage::engine(backstage::public_hosts());
    let parameters = case["values"].as_object().unwrap();
    RunContext::new(engine, parameters, &case["user"], "00000000-0000-4000-8000-000000000001")
        .with_secrets(case["secrets"].as_object().unwrap().clone())
}

fn step(value: Value) -> Step {
    let text = json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": { "name": "t" },
        "spec": { "type": "service", "steps": [value] }
    });
    Template::parse(&text.to_string(), "template.yaml").unwrap().steps.remove(0)
}

fn plain(parameters: Value) -> RunContext {
    RunContext::new(backstage::engine(backstage::public_hosts()), parameters.as_object().unwrap(), &Value::Null, "run")
}

#[test]
fn inputs_keep_their_types() {
    let (case, template) = case("flow-typed");
    let wanted = &case["steps"][0]["inputs"][0];
    let as_backstage = context(&case).with_habit(ErrorHabit::KeepText);
    assert_eq!(&as_backstage.input(&template.steps[0], None).unwrap(), wanted);

    let mut finished = as_backstage;
    finished.record_output("s", json!({}));
    assert_eq!(finished.output(&template.output).unwrap(), case["output"]);
}

#[test]
fn a_mistake_in_an_input_is_an_error_with_its_place() {
    let (case, template) = case("flow-typed");
    let error = context(&case).input(&template.steps[0], None).unwrap_err();
    assert_eq!(error.to_string(), "Step \"s\", input.n: line 1, column 22: Unknown filter \"nofilter\"");
}

#[test]
fn each_runs_over_lists_and_objects() {
    let (case, template) = case("flow-each");
    let context = context(&case);
    for (step, outcome) in template.steps.iter().zip(case["steps"].as_array().unwrap()) {
        let rounds = context.each(step).unwrap().unwrap();
        let inputs: Vec<Value> = rounds
            .iter()
            .filter(|round| context.runs(step, Some(round)).unwrap())
            .map(|round| context.input(step, Some(round)).unwrap())
            .collect();
        assert_eq!(Value::from(inputs), outcome["inputs"], "{}", step.id);
    }
}

#[test]
fn each_over_nothing_is_an_error() {
    let (case, template) = case("flow-each-missing");
    let error = context(&case).each(&template.steps[0]).unwrap_err();
    assert_eq!(error.to_string(), "Step \"e1\", each: This must come to a list or an object");
}

#[test]
fn after_a_failure_only_steps_that_ask_for_it_run() {
    for id in ["flow-fail", "flow-failure-no-fail"] {
        let (case, template) = case(id);
        let mut context = context(&case);
        for (step, outcome) in template.steps.iter().zip(case["steps"].as_array().unwrap()) {
            let runs = context.runs(step, None).unwrap();
            assert_eq!(runs, outcome["status"] != "skipped", "{id} {}", step.id);
            if outcome["status"] == "failed" {
                context.record_failure();
            }
        }
    }
}

#[test]
fn conditions_follow_javascript_but_for_the_empty_list() {
    for (condition, expected) in [
        (json!("${{ parameters.yes }}"), true),
        (json!("${{ parameters.nothing }}"), false),
        (json!("${{ parameters.zero }}"), false),
        (json!("${{ [] }}"), false),
        (json!("${{ {} }}"), true),
        (json!("false"), true),
        (json!(""), false),
        (json!(false), false),
        (json!(true), true),
    ] {
        let step = step(json!({ "action": "a", "if": condition }));
        assert_eq!(plain(json!({ "yes": true, "zero": 0 })).runs(&step, None).unwrap(), expected, "{condition}");
    }
}

#[test]
fn conditions_and_outputs_never_see_secrets() {
    let secrets: Map<String, Value> = json!({ "TOKEN": "x" }).as_object().unwrap().clone();
    let context = plain(json!({})).with_secrets(secrets);
    let step = step(json!({ "action": "a", "if": "${{ secrets.TOKEN }}", "input": { "t": "${{ secrets.TOKEN }}" } }));
    assert!(!context.runs(&step, None).unwrap());
    assert_eq!(context.input(&step, None).unwrap(), json!({ "t": "x" }));
    assert_eq!(context.output(&json!({ "t": "${{ secrets.TOKEN }}" })).unwrap(), json!({}));
}

#[test]
fn output_items_whose_condition_is_undefined_are_left_out() {
    let output = json!({ "links": [{ "title": "a", "if": "${{ parameters.none }}" }, { "title": "b" }] });
    assert_eq!(plain(json!({})).output(&output).unwrap(), json!({ "links": [{ "title": "b" }] }));
}

#[test]
fn status_functions_are_found_by_name() {
    assert!(calls_status_function("${{ always() }}"));
    assert!(calls_status_function("${{ not failure () }}"));
    assert!(!calls_status_function("${{ parameters.always }}"));
    assert!(!calls_status_function("${{ parameters.always() or xfailure() }}"));
}
