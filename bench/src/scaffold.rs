//! One run of the golden path that ships with Slipway: from the order to a repository, a component and a service.

use crate::table::{Table, Unit};
use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use slipway_nunjucks::backstage::{engine, public_hosts};
use slipway_scaffold::{FetchTemplateOptions, File, Tree, fetch_template};
use slipway_tests::{Client, Options, Server, client::ADMINISTRATOR};
use std::{collections::BTreeMap, time::Instant};

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
    table.add_alone(
        "the wizard's preview after a changed parameter",
        Unit::Milliseconds,
        changed(&person, &draft).await,
    );
    table.add_alone("a skeleton of 200 files, rendered", Unit::Milliseconds, skeleton()?);
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

/// How long the wizard's preview takes to answer a changed parameter, milliseconds; the median.
async fn changed(person: &Client, draft: &str) -> f64 {
    let mut took = Vec::new();
    for run in 0..RUNS {
        let name = format!("bench-changed-{run}");
        let asked = [
            ("namespace", "default"),
            ("name", "rust-axum-service"),
            ("draft", draft),
            ("page", "0"),
            ("values[name]", name.as_str()),
            ("file", "src/main.rs"),
        ];
        let begun = Instant::now();
        person.call("preview", &asked).await;
        took.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    took.sort_by(f64::total_cmp);
    took[RUNS / 2]
}

/// How long 200 files with names and texts of their own take to render, milliseconds; the median.
fn skeleton() -> Result<f64> {
    let mut source = Tree::default();
    for file in 0..200 {
        let text =
            "name: ${{ values.name }}\n{% for port in values.ports %}- port: ${{ port }}\n{% endfor %}".repeat(20);
        source.insert(&format!("${{{{ values.name }}}}/folder-{}/file-{file}.yaml", file % 20), File::text(text))?;
    }
    let values = json!({"name": "orders", "ports": [80, 443, 8080]});
    let engine = engine(public_hosts());
    let mut took = Vec::new();
    for _ in 0..RUNS {
        let mut workspace = Tree::default();
        let begun = Instant::now();
        fetch_template(&mut workspace, &source, &values, &FetchTemplateOptions::default(), &engine)?;
        took.push(begun.elapsed().as_secs_f64() * 1e3);
        ensure!(workspace.len() == 200, "{} files were rendered", workspace.len());
    }
    took.sort_by(f64::total_cmp);
    Ok(took[RUNS / 2])
}
