use anyhow::Context as _;
use serde_json::{Map, Value, json};
use slipway_nunjucks::{Dialect, Engine, Syntax};
use std::{
    io::{BufRead as _, BufReader, Read, Write as _},
    path::PathBuf,
    process::ExitCode,
};

/// `slipway template eval`
#[derive(clap::Args)]
pub struct Options {
    /// The cases, one JSON object a line: source, context, mode (render or value), opts. `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    cases: PathBuf,
    /// Give the text itself where a value cannot be evaluated, as Backstage goes on with it.
    #[arg(long)]
    keep_errors: bool,
    /// What expressions mean: current, or legacy for what was written for older Backstages.
    #[arg(long, value_name = "ENGINE", default_value = "current", value_parser = super::dialect)]
    engine: Dialect,
}

impl Options {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let input: Box<dyn Read> = if self.cases.as_os_str() == "-" {
            Box::new(std::io::stdin())
        } else {
            let file = std::fs::File::open(&self.cases);
            Box::new(file.with_context(|| format!("{} cannot be read", self.cases.display()))?)
        };
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        let mut fine = true;
        let engine = super::engine(&[])?.with_dialect(self.engine);
        for (index, line) in BufReader::new(input).lines().enumerate() {
            let line = line.context("the cases cannot be read")?;
            let line = if index == 0 { line.trim_start_matches('\u{feff}') } else { &line };
            let outcome = match serde_json::from_str::<Value>(line) {
                Ok(case) => evaluate(&engine, &case, self.keep_errors),
                Err(error) => {
                    fine = false;
                    let (number, column) = (index + 1, error.column());
                    eprintln!("{}:{number}:{column}: this line is not JSON: {error}", self.cases.display());
                    json!({ "error": format!("line {number} is not JSON: {error}") })
                }
            };
            writeln!(out, "{outcome}")?;
        }
        out.flush()?;
        Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// One case: `{"value":…}`, `{"undefined":true}` or `{"error":"…"}`.
pub fn evaluate(engine: &Engine, case: &Value, keep_errors: bool) -> Value {
    let on = |name: &str| case["opts"][name].as_bool().unwrap_or(false);
    let syntax = if on("cookiecutterCompat") { Syntax::Cookiecutter } else { Syntax::Backstage };
    let engine = engine.clone().with_blocks(on("trimBlocks"), on("lstripBlocks")).with_syntax(syntax);
    let Some(source) = case["source"].as_str() else { return json!({ "error": "source: a text is needed" }) };
    let empty = Map::new();
    let context = case["context"].as_object().unwrap_or(&empty);
    let is_value = case["mode"] == "value";
    let result = if is_value {
        engine.evaluate(source, context)
    } else {
        engine.render(source, context).map(|text| Some(text.into()))
    };
    match result {
        Ok(Some(value)) => json!({ "value": value }),
        Ok(None) => json!({ "undefined": true }),
        Err(_) if is_value && keep_errors => json!({ "value": source }),
        Err(error) => {
            let place = error.position.map(|at| format!(" at line {}, column {}", at.line, at.column));
            json!({ "error": format!("Template error{}: {}", place.unwrap_or_default(), error.message) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every case of the conformance suite, through the code of the command.
    #[test]
    fn expressions_come_out_as_in_backstage() {
        let cases = include_str!("../../../../crates/nunjucks/tests/fixtures/expressions.jsonl");
        let engine = super::super::engine(&[]).unwrap();
        let mut wrong = Vec::new();
        for line in cases.lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            let fits = |outcome: &Value| match (case["error"].as_str(), case["undefined"] == true) {
                (Some(error), _) => {
                    let place = error.split_once(':').map_or(error, |(place, _)| place);
                    outcome["error"].as_str().is_some_and(|message| message.starts_with(place))
                }
                (None, true) => *outcome == json!({ "undefined": true }),
                (None, false) => *outcome == json!({ "value": case["expected"] }),
            };
            // What Backstage swallows is an error here, unless its habit is asked for.
            let strict = evaluate(&engine, &case, false);
            let swallowed = case["swallowed"].is_string() && strict["error"].is_string();
            if !(fits(&strict) || swallowed) || !fits(&evaluate(&engine, &case, true)) {
                wrong.push(format!("{}: {strict}", case["source"]));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(cases.lines().count(), 241);
    }
}
