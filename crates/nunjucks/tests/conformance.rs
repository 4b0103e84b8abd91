//! Expressions with the outcome Backstage itself gave for them.

use std::collections::BTreeSet;

use serde_json::Value;
use slipway_nunjucks::{Dialect, Engine, Syntax, backstage};

const CASES: &str = include_str!("fixtures/expressions.jsonl");

/// Line numbers of cases that come out differently, each with its reason. A case that starts to pass must leave the list.
const KNOWN_GAPS: &[usize] = &[];

fn engine(options: &Value) -> Engine {
    let on = |name: &str| options[name].as_bool().unwrap_or(false);
    let syntax = if on("cookiecutterCompat") { Syntax::Cookiecutter } else { Syntax::Backstage };
    backstage::engine(backstage::public_hosts()).with_blocks(on("trimBlocks"), on("lstripBlocks")).with_syntax(syntax)
}

/// `Ok` if the case comes out as Backstage says, else what came out.
fn run(case: &Value) -> Result<(), String> {
    let source = case["source"].as_str().unwrap();
    let context = case["context"].as_object().unwrap();
    let engine = engine(&case["opts"]);
    let result = match case["mode"].as_str() {
        Some("value") => engine.evaluate(source, context),
        _ => engine.render(source, context).map(|text| Some(text.into())),
    };
    // Backstage swallows errors in step inputs; here they stay errors.
    let expected_error = case["error"].as_str().or(case["swallowed"].as_str());
    let matches = match (&result, expected_error) {
        (Err(error), Some(expected)) => {
            let at = error.position.unwrap();
            expected.starts_with(&format!("Template error at line {}, column {}:", at.line, at.column))
        }
        (Ok(None), None) => case["undefined"] == true,
        (Ok(Some(value)), None) => case.get("expected") == Some(value),
        _ => false,
    };
    if matches {
        Ok(())
    } else {
        Err(format!("{source}\n  wanted {} {}\n  got {result:?}", case["expected"], case["error"]))
    }
}

#[test]
fn expressions_come_out_as_in_backstage() {
    let mut failed = BTreeSet::new();
    let mut report = String::new();
    let mut count = 0;
    for (index, line) in CASES.lines().enumerate() {
        count += 1;
        let case: Value = serde_json::from_str(line).unwrap();
        let outcome = run(&case);
        if let Err(difference) = outcome {
            failed.insert(index + 1);
            let short: String = difference.chars().filter(|c| *c != '\u{0}').take(900).collect();
            report += &format!("line {}: {short}\n", index + 1);
        }
    }
    assert_eq!(count, 241);
    let known: BTreeSet<usize> = KNOWN_GAPS.iter().copied().collect();
    assert_eq!(failed, known, "cases that differ from the known gaps:\n{report}");
}

/// Where the older engine differs, the case says what it gave. One difference stays: it shows the source of JavaScript's functions.
#[test]
fn the_older_engine_comes_out_as_in_backstage_of_its_time() {
    let mut report = String::new();
    let mut count = 0;
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let (source, context) = (case["source"].as_str().unwrap(), case["context"].as_object().unwrap());
        let legacy = &case["legacy"];
        if legacy.is_null() || source.contains("constructor") {
            continue;
        }
        count += 1;
        let engine = engine(&case["opts"]).with_dialect(Dialect::Legacy);
        let result = match case["mode"].as_str() {
            Some("value") => engine.evaluate(source, context),
            _ => engine.render(source, context).map(|text| Some(text.into())),
        };
        let fits = match &result {
            Ok(Some(value)) => legacy.get("ok") == Some(value),
            Ok(None) => legacy["undefined"] == true,
            Err(_) => legacy["err"].is_string(),
        };
        if !fits {
            report += &format!("{source}: wanted {legacy}, got {result:?}\n");
        }
    }
    assert!(count >= 14, "only {count} cases");
    assert_eq!(report, "");
}
