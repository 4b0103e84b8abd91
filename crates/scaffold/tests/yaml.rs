//! YAML 1.2 with its core schema, as templates and catalogue files are written in it.

use serde_json::{Value, json};
use slipway_scaffold::{Document, NoFiles};

fn read(text: &str) -> Result<Value, String> {
    let mut documents = Document::read_all(text, &NoFiles);
    documents.remove(0).map(|document| document.value()).map_err(|error| error.to_string())
}

#[test]
fn scalars_are_of_the_core_schema() {
    let mut wrong = Vec::new();
    for (text, value) in [
        ("yes", json!("yes")),
        ("on", json!("on")),
        ("Off", json!("Off")),
        ("y", json!("y")),
        ("true", json!(true)),
        ("True", json!(true)),
        ("TRUE", json!(true)),
        ("tRUE", json!("tRUE")),
        ("null", Value::Null),
        ("~", Value::Null),
        ("", Value::Null),
        ("NULL", Value::Null),
        ("12", json!(12)),
        ("+12", json!(12)),
        ("-3", json!(-3)),
        ("0x1F", json!(31)),
        ("0o14", json!(12)),
        ("014", json!(14)),
        ("1_000", json!("1_000")),
        ("0b11", json!("0b11")),
        ("12:30", json!("12:30")),
        ("2024-01-31", json!("2024-01-31")),
        ("1.5", json!(1.5)),
        (".5", json!(0.5)),
        ("1e3", json!(1000)),
        ("2.0", json!(2)),
        ("1.2.3", json!("1.2.3")),
        ("v1", json!("v1")),
        ("\"12\"", json!("12")),
        ("'true'", json!("true")),
        ("!!str 12", json!("12")),
        ("12345678901234567890", json!(12345678901234567890_u64)),
        ("<<", json!("<<")),
        ("=", json!("=")),
    ] {
        let got = read(&format!("k: {text}\n"));
        if got != Ok(json!({ "k": value })) {
            wrong.push(format!("{text}: {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn structure_is_kept() {
    assert_eq!(read("a: &x {b: 1}\nc: *x\n").unwrap(), json!({ "a": { "b": 1 }, "c": { "b": 1 } }));
    assert_eq!(read("a: &x {b: 1}\nd:\n  <<: *x\n").unwrap()["d"], json!({ "<<": { "b": 1 } }));
    assert_eq!(read("a: |\n  x\n   y\n\nb: >-\n  x\n  y\n").unwrap(), json!({ "a": "x\n y\n", "b": "x y" }));
    assert_eq!(read("1: a\ntrue: b\n").unwrap(), json!({ "1": "a", "true": "b" }));
    assert!(read("a: 1\na: 2\n").is_err());
    assert!(read("a: [1\n").unwrap_err().starts_with('2') || read("a: [1\n").unwrap_err().starts_with('1'));
}

#[test]
fn documents_keep_their_lines() {
    let text = "# head\n---\na: 1\n---\n\nb: [\n--- # third\nmetadata:\n  name: x\n";
    let documents = Document::read_all(text, &NoFiles);
    assert_eq!(documents.len(), 3);
    let error = documents[1].as_ref().unwrap_err();
    assert_eq!(error.document, 2);
    assert!(error.line >= 6, "{error}");
    assert_eq!(documents[2].as_ref().unwrap().place_of("metadata.name"), (9, 9));
}
