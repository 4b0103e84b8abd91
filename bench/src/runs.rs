//! Scaffolding under load: a large skeleton, and ten runs at a time of a template of twenty files.

use crate::table::{Table, Unit};
use anyhow::{Context as _, Result, ensure};
use slipway_tests::{Client, Options, Server, client::ADMINISTRATOR, needs};
use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// Files of the large skeleton.
const LARGE: usize = 200;
/// Files of the template that runs.
const FILES: usize = 20;
/// How often the large one is rendered; the median counts.
const RENDERS: usize = 9;
/// How many runs are under way.
const AT_ONCE: usize = 10;
/// How long runs are counted.
const TIME: Duration = Duration::from_secs(15);
/// How often a run is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// The steps that are measured, and what a minute should hold; of Backstage 1.55 the first is known.
const FETCH: &str = "    - {id: tell, action: \"debug:log\", input: {message: \"made ${{ parameters.name }}\"}}\n";
const PUBLISH: &str = "    - {id: publish, action: \"slipway:repository:create\", input: {name: \"${{ parameters.name }}\", \
                       owner: \"${{ parameters.owner }}\"}}\n";

pub async fn measure(table: &mut Table) -> Result<()> {
    println!("Scaffolding under load");
    let folder = tempfile::tempdir()?;
    render(table, folder.path())?;
    for (name, steps) in [("bench-fetch", FETCH.to_owned()), ("bench-publish", [FETCH, PUBLISH].concat())] {
        write_template(&folder.path().join(name), name, FILES, &steps)?;
    }
    let data = tempfile::tempdir()?;
    let server = Server::start(&Options::demo(data.path())).await;
    let person = Client::sign_in(&server, ADMINISTRATOR).await;
    let platform = person.with_new_token(&["read", "administer"]).await;
    for name in ["bench-fetch", "bench-publish"] {
        let target = serde_json::json!({"target": folder.path().join(name).join("template.yaml")});
        let report = platform.post("/api/v1/catalog/locations", &target).await;
        ensure!(report["problems"].as_array().is_some_and(Vec::is_empty), "{report}");
    }
    let fetched = per_minute(&person, "bench-fetch").await?;
    let what = format!("{AT_ONCE} runs at a time, {FILES} files, fetch and log");
    table.add(what, Unit::PerMinute, fetched, 3_000.0, 377.0);
    let published = per_minute(&person, "bench-publish").await?;
    table.budgeted("the same, each with a repository", Unit::PerMinute, published, 600.0);
    Ok(())
}

/// The whole command, from its start to the files on the disk.
fn render(table: &mut Table, folder: &Path) -> Result<()> {
    let place = folder.join("large");
    write_template(&place, "large", LARGE, "")?;
    let values = folder.join("values.json");
    fs::write(&values, r#"{"name": "order-intake", "owner": "group:default/payments"}"#)?;
    let program = needs::path(needs::PROGRAM).context("the program was asked for before")?;
    let mut took = Vec::new();
    for round in 0..RENDERS {
        let out = folder.join(format!("out-{round}"));
        let began = Instant::now();
        let done = Command::new(&program)
            .args(["template", "run"])
            .arg(place.join("template.yaml"))
            .arg("--values")
            .arg(&values)
            .arg("--out")
            .arg(&out)
            .output()?;
        took.push(began.elapsed().as_secs_f64() * 1_000.0);
        ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        ensure!(fs::read_dir(out.join("src"))?.count() == LARGE, "not every file was made");
    }
    took.sort_by(f64::total_cmp);
    table.budgeted(
        format!("`template run` of {LARGE} files, onto the disk"),
        Unit::Milliseconds,
        took[RENDERS / 2],
        50.0,
    );
    Ok(())
}

/// A template whose files are as large as those of a real service, and have as many expressions.
fn write_template(folder: &Path, name: &str, files: usize, steps: &str) -> Result<()> {
    let skeleton = folder.join("skeleton/src");
    fs::create_dir_all(&skeleton)?;
    let text = format!(
        "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {{name: {name}, title: {name}}}\nspec:\n  owner: \
         group:default/platform\n  type: service\n  parameters:\n    required: [name, owner]\n    properties:\n      name: {{type: \
         string}}\n      owner: {{type: string, ui:field: OwnerPicker}}\n  steps:\n    - {{id: fetch, action: \"fetch:template\", \
         input: {{url: ./skeleton, values: {{name: \"${{{{ parameters.name }}}}\", ports: [8080, 9090]}}}}}}\n{steps}"
    );
    fs::write(folder.join("template.yaml"), text)?;
    let plain = "    let plain = compute(input, 42); // nothing to see here\n".repeat(64);
    for file in 0..files {
        let text = format!(
            "// ${{{{ values.name }}}} {file}\n{{% for port in values.ports %}}const PORT_${{{{ loop.index }}}}: u16 = ${{{{ port \
             }}}};\n{{% endfor %}}\npub const NAME: &str = \"${{{{ values.name | upper }}}}\";\n{plain}"
        );
        fs::write(skeleton.join(format!("part_{file}.rs")), text)?;
    }
    Ok(())
}

/// Runs that end in a minute, with so many under way.
async fn per_minute(person: &Client, template: &'static str) -> Result<f64> {
    // Everything is warm before the clock starts.
    one(person, template, &format!("{template}-warm")).await?;
    let (began, mut working, mut count) = (Instant::now(), JoinSet::new(), 0_u32);
    for worker in 0..AT_ONCE {
        let person = person.clone();
        working.spawn(async move {
            let mut done = 0_u32;
            while began.elapsed() < TIME {
                one(&person, template, &format!("{template}-{worker}-{done}")).await?;
                done += 1;
            }
            anyhow::Ok(done)
        });
    }
    while let Some(done) = working.join_next().await {
        count += done??;
    }
    Ok(f64::from(count) * 60.0 / began.elapsed().as_secs_f64())
}

/// One run, through the wizard as a person goes through it.
async fn one(person: &Client, template: &str, name: &str) -> Result<()> {
    let page = [
        ("namespace", "default"),
        ("name", template),
        ("draft", ""),
        ("page", "0"),
        ("values[name]", name),
        ("values[owner]", "group:default/payments"),
    ];
    let sent = person.call("send-page", &page).await;
    let next = sent["next"].as_str().unwrap_or_default();
    let draft = next.split(['?', '&']).find_map(|part| part.strip_prefix("draft=")).context("a draft")?.to_owned();
    person.call("choose-runtime", &[("draft", draft.as_str()), ("runtime", "ecs-sandbox")]).await;
    let sent = person.call("start-run", &[("draft", draft)]).await;
    let run = sent["next"].as_str().and_then(|next| next.strip_prefix("/runs/")).context("a run")?.to_owned();
    loop {
        let page = person.read("run", &[("id", &run)]).await;
        if page["row"]["finished_at"].is_i64() {
            ensure!(page["row"]["state"] == "succeeded", "the run failed: {page}");
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}
