//! The worked examples of the specification come out exactly.

use serde_json::Value;
use slipway_dora::compute_examples;

const FIXTURES: &str = include_str!("fixtures/dora-examples.json");

/// Every key of `expected` is in `actual` with the same value; numbers to 1e-6.
fn compare(path: &str, expected: &Value, actual: &Value, wrong: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (key, value) in expected {
                compare(&format!("{path}.{key}"), value, actual.get(key).unwrap_or(&Value::Null), wrong);
            }
        }
        (Value::Array(e), Value::Array(a)) if e.len() == a.len() => {
            for (index, (e, a)) in e.iter().zip(a).enumerate() {
                compare(&format!("{path}[{index}]"), e, a, wrong);
            }
        }
        (Value::Number(e), Value::Number(a)) if (e.as_f64().unwrap() - a.as_f64().unwrap()).abs() <= 1e-6 => {}
        (expected, actual) if expected == actual => {}
        _ => wrong.push(format!("{path}: expected {expected}, got {actual}")),
    }
}

#[test]
fn every_worked_example_comes_out_exactly() {
    let fixtures: Value = serde_json::from_str(FIXTURES).unwrap();
    let computed = compute_examples(FIXTURES).unwrap();
    let (fixtures, computed) = (fixtures["examples"].as_array().unwrap(), computed["examples"].as_array().unwrap());
    assert_eq!(fixtures.len(), computed.len());
    let mut wrong = Vec::new();
    for (fixture, result) in fixtures.iter().zip(computed) {
        assert_eq!(fixture["id"], result["id"]);
        compare(fixture["id"].as_str().unwrap(), &fixture["expected"], &result["result"], &mut wrong);
        // Links are complete: a deployment that is not named has none.
        if let Some(links) = fixture["expected"].get("links") {
            assert_eq!(links, &result["result"]["links"]);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn error_path(json: &str) -> String {
    compute_examples(json).unwrap_err().path
}

fn example(config: &str, rest: &str) -> String {
    let sep = if rest.is_empty() { "" } else { "," };
    format!(r#"{{"examples":[{{"id":"x","config":{{{config}}}{sep}{rest}}}]}}"#)
}

const CONFIG: &str = r#""tz":"UTC","from":"2025-01-06","to":"2025-01-20""#;

#[test]
fn bad_input_names_the_field() {
    let with = |rest: &str| error_path(&example(CONFIG, rest));
    assert_eq!(error_path("{"), ".");
    assert_eq!(error_path("{}"), "examples");
    assert_eq!(error_path(&example(r#""tz":"UTC","from":"2025-01-06""#, "")), "examples[0].config.to");
    assert_eq!(
        error_path(&example(r#""tz":"Mars/Base","from":"2025-01-06","to":"2025-01-20""#, "")),
        "examples[0].config.tz"
    );
    assert_eq!(
        error_path(&example(r#""tz":"UTC","from":"2025-01-06","to":"2025-01-06""#, "")),
        "examples[0].config.to"
    );
    assert_eq!(error_path(&example(&format!(r#"{CONFIG},"as_of":"soon""#), "")), "examples[0].config.as_of");
    assert_eq!(with(r#""histories":[["a","b"],["b","a"]]"#), "examples[0].histories[1][1]");
    assert_eq!(
        error_path(&example(r#""tz":"UTC","from":"2025-01-06T10:00:00","to":"2025-01-20""#, "")),
        "examples[0].config.from"
    );
    let deployment = |fields: &str| with(&format!(r#""deployments":[{{"id":"d","revision":"a"{fields}}}]"#));
    assert_eq!(deployment(""), "examples[0].deployments[0].status");
    assert_eq!(deployment(r#","status":"great""#), "examples[0].deployments[0].status");
    assert_eq!(deployment(r#","status":"success""#), "examples[0].deployments[0].finished_at");
    assert_eq!(
        deployment(r#","status":"success","finished_at":"2025-01-07""#),
        "examples[0].deployments[0].finished_at"
    );
    assert_eq!(with(r#""incidents":[{"id":"i","detected_at":7}]"#), "examples[0].incidents[0].detected_at");
}

#[test]
fn what_has_no_name_and_what_no_calendar_knows_is_bad_input() {
    let with = |rest: &str| error_path(&example(CONFIG, rest));
    let ended = r#""revision":"a","status":"success","finished_at":"2025-01-07T10:00Z""#;
    assert_eq!(with(&format!(r#""deployments":[{{"id":"",{ended}}}]"#)), "examples[0].deployments[0].id");
    for field in ["group", "service"] {
        let deployments = format!(r#""deployments":[{{"id":"d",{ended},"{field}":""}}]"#);
        assert_eq!(with(&deployments), format!("examples[0].deployments[0].{field}"));
    }
    let change = r#"{"id":"c","landed":"a","first_commit_at":"2025-01-06T10:00Z"}"#;
    let changes = format!(r#""changes":[{change},{}]"#, change.replacen("\"c\"", "\"\"", 1));
    assert_eq!(with(&changes), "examples[0].changes[1].id");
    assert_eq!(with(r#""incidents":[{"id":"","detected_at":"2025-01-07T10:00Z"}]"#), "examples[0].incidents[0].id");
    for zone in ["UTC", "Pacific/Pago_Pago"] {
        let config = format!(r#""tz":"{zone}","from":"2025-01-06","to":"9999-12-31""#);
        assert_eq!(error_path(&example(&config, "")), "examples[0].config.to");
    }
    // Words of people, not of the program.
    for wrong in ["5", r#"{"examples":[5]}"#, r#"{"examples":[{"id":"x","config":5}]}"#] {
        let error = compute_examples(wrong).unwrap_err().to_string();
        assert!(error.contains("expected an object") && !error.contains("struct"), "{error}");
    }
}

#[test]
fn nothing_observed_is_null_and_nothing_deployed_is_zero() {
    let df = |rest: &str| compute_examples(&example(CONFIG, rest)).unwrap()["examples"][0]["result"].clone();
    let none = df(r#""deployments":[]"#);
    assert_eq!(none["df"]["count"], 0);
    assert_eq!(none["df"]["weeks"], serde_json::json!([0, 0]));
    assert_eq!(none["cfr"]["rate"], Value::Null);
    assert_eq!(none["rework"]["rate"], Value::Null);
    assert_eq!(none["fdrt_s"]["median"], Value::Null);
    let unknown = df(r#""deployments":null,"incidents":null"#);
    assert_eq!(unknown["df"]["count"], Value::Null);
    assert_eq!(unknown["df"]["bucket"], Value::Null);
    assert_eq!(unknown["cfr"]["measured"], false);
}

#[test]
fn services_are_computed_apart_and_pooled() {
    let json = example(
        CONFIG,
        r#""histories":[["a0","a1","a2"]],
        "deployments":[
          {"id":"A0","service":"a","revision":"a0","finished_at":"2025-01-06T08:00Z","status":"success"},
          {"id":"A1","service":"a","revision":"a1","finished_at":"2025-01-07T08:00Z","status":"success"},
          {"id":"B0","service":"b","revision":"a0","finished_at":"2025-01-06T09:00Z","status":"success"},
          {"id":"B1","service":"b","revision":"a2","finished_at":"2025-01-08T09:00Z","status":"success"}],
        "changes":[
          {"id":"both","landed":"a1","first_commit_at":"2025-01-07T07:00Z"},
          {"id":"only-b","landed":"a2","first_commit_at":"2025-01-08T07:00Z","services":["b"]}],
        "incidents":[{"id":"I","detected_at":"2025-01-08T10:00Z","services":["b"],"resolved_at":"2025-01-08T11:00Z"}]"#,
    );
    let computed = compute_examples(&json).unwrap();
    let result = &computed["examples"][0]["result"];
    let samples = |value: &Value| value["lead_time_s"]["samples"].clone();
    assert_eq!(samples(&result["by_service"]["a"]), serde_json::json!([3600]));
    assert_eq!(samples(&result["by_service"]["b"]), serde_json::json!([7200, 93_600]));
    assert_eq!(samples(&result["pooled"]), serde_json::json!([3600, 7200, 93_600]));
    assert_eq!(result["pooled"]["df"]["count"], 4);
    assert_eq!(result["by_service"]["a"]["cfr"]["failed"], 0);
    assert_eq!(result["by_service"]["b"]["cfr"]["failed_ids"], serde_json::json!(["B1"]));
    assert_eq!(result["pooled"]["cfr"]["rate"], 0.25);
    assert_eq!(result["df"], result["pooled"]["df"]);
    assert_eq!(result["spread"]["fail_rate"]["p50"], 0.25);
}
