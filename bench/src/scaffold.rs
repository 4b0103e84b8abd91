//! One run of the golden path that ships with Slipway: from the order to a repository, a component and a service.

use crate::table::{Table, Unit};
use anyhow::{Context as _, Result, ensure};
use slipway_tests::{Client, Options, Server, client::ADMINISTRATOR};
use std::collections::BTreeMap;

/// How many runs; the median counts.
const RUNS: usize = 9;

pub async fn measure(table: &mut Table) -> Result<()> {
    println!("Scaffolding");
    let folder = tempfile::tempdir()?;
    let server = Server::start(&Options::demo(folder.path())).await;
    let person = Client::sign_in(&server, ADMINISTRATOR).await;
    let draft = person.draft("bench-preview", "ecs-sandbox").await;
    let place =
        [("namespace", "default"), ("name", "rust-axum-service"), ("draft", draft.as_str()), ("step", "review")];
    let preview = person.read("wizard", &place).await;
    let mut whole = Vec::new();
    let mut parts: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for run in 0..RUNS {
        let id = person.create(&format!("bench-run-{run}"), "ecs-sandbox").await;
        let page = person.run_ended(&id).await;
        ensure!(page["row"]["state"] == "succeeded", "the run failed: {page}");
        let row = &page["row"];
        whole.push(millis(&row["finished_at"])? - millis(&row["created_at"])?);
        let steps = page["steps"].as_array().context("a run has steps")?;
        for step in steps {
            let action = step["action"].as_str().context("a step has an action")?;
            let took = millis(&step["finished_at"])? - millis(&step["started_at"])?;
            parts.entry(action.to_owned()).or_default().push(took);
        }
    }
    whole.sort_by(f64::total_cmp);
    let files = preview["files"].as_array().map_or(0, Vec::len);
    let what = format!("scaffolding a template of {files} files, all its steps");
    table.add(what, Unit::Milliseconds, whole[RUNS / 2], 50.0, 200.0);
    for (action, mut took) in parts {
        took.sort_by(f64::total_cmp);
        table.add_alone(format!("of these, {action}"), Unit::Milliseconds, took[took.len() / 2]);
    }
    Ok(())
}

fn millis(value: &serde_json::Value) -> Result<f64> {
    value.as_f64().context("an instant")
}
