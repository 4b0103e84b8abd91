//! Ten thousand entities: registering them, then reading lists of them under load.

use crate::{
    load::{self, Proof},
    memory, start,
    table::{Table, Unit},
};
use anyhow::{Result, ensure};
use serde_json::json;
use slipway_tests::{Client, Database, Options, Server, client::ADMINISTRATOR, needs};
use std::{
    fmt::Write as _,
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// How many are registered.
const ENTITIES: usize = 10_000;
/// How many stand in one file.
const IN_A_FILE: usize = 500;
/// How many ask at a time.
const CONNECTIONS: usize = 16;
/// For how long.
const TIME: Duration = Duration::from_secs(5);
/// What their names and descriptions are made of.
const WORDS: [&str; 20] = [
    "checkout",
    "billing",
    "ledger",
    "search",
    "catalogue",
    "parcel",
    "carrier",
    "invoice",
    "refund",
    "basket",
    "voucher",
    "stock",
    "supplier",
    "pricing",
    "newsletter",
    "returns",
    "warehouse",
    "profile",
    "session",
    "gateway",
];

pub async fn measure(table: &mut Table) -> Result<()> {
    on(table, &Database::Sqlite, "SQLite").await?;
    if needs::path(needs::POSTGRES).is_none() {
        let why = format!("{} is not set", needs::POSTGRES);
        table.leave_out("catalogue on PostgreSQL", why);
        return Ok(());
    }
    if let Some(database) = Database::postgres("bench").await {
        on(table, &database, "PostgreSQL").await?;
        database.remove().await;
    }
    Ok(())
}

async fn on(table: &mut Table, database: &Database, engine: &str) -> Result<()> {
    println!("Catalogue on {engine}");
    let folder = tempfile::tempdir()?;
    let files = folder.path().join("many");
    write(&files)?;
    let server = Server::start(&Options { database, ..Options::demo(folder.path().join("data")) }).await;
    let person = Client::sign_in(&server, ADMINISTRATOR).await;
    let token = Proof::Token(person.new_token(&["read", "create", "administer"]).await);
    let machine = person.with_new_token(&["read", "create", "administer"]).await;

    let began = Instant::now();
    let report = machine.post("/api/v1/catalog/locations", &json!({"target": files})).await;
    let took = began.elapsed().as_secs_f64();
    ensure!(report["problems"].as_array().is_some_and(Vec::is_empty), "refused: {}", report["problems"]);
    let registered = report["registered"].as_array().map_or(0, Vec::len);
    ensure!(registered >= ENTITIES, "only {registered} were registered");
    table.add(format!("registering {ENTITIES} entities, {engine}"), Unit::Seconds, took, 10.0, 116.0);

    let address = server.url.trim_start_matches("http://");
    let list = ["/api/v1/catalog/entities?kind=component&limit=20".to_owned()];
    let found = load::run(address, &list, &token, CONNECTIONS, TIME).await?;
    table.add(format!("list of entities, {engine}"), Unit::PerSecond, found.per_second, 3_000.0, 101.0);
    table.add(format!("list of entities, p99, {engine}"), Unit::Milliseconds, found.p99, 15.0, 259.0);

    let searches: Vec<String> =
        WORDS.iter().map(|word| format!("/api/v1/catalog/entities?kind=component&limit=20&q={word}")).collect();
    let found = load::run(address, &searches, &token, CONNECTIONS, TIME).await?;
    table.add(format!("search, {engine}"), Unit::PerSecond, found.per_second, 2_000.0, 89.0);
    table.add_alone(format!("search, p99, {engine}"), Unit::Milliseconds, found.p99);
    // A word that no name begins with, but a quarter of all descriptions have.
    let within: Vec<String> =
        WORDS.iter().map(|word| format!("/api/v1/catalog/entities?kind=component&limit=20&q=keeps%20{word}")).collect();
    let found = load::run(address, &within, &token, CONNECTIONS, TIME).await?;
    table.add_alone(format!("search within descriptions, {engine}"), Unit::PerSecond, found.per_second);

    start::settled(&server).await;
    if let Some(megabytes) = memory::resident(server.id()) {
        table.add(format!("resident memory after the load, {engine}"), Unit::Megabytes, megabytes, 100.0, 772.0);
    }
    Ok(())
}

/// A folder whose `catalog-info.yaml` leads to all of them.
fn write(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let files: Vec<String> = (0..ENTITIES / IN_A_FILE).map(|file| format!("part-{file:03}.yaml")).collect();
    let mut root =
        "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: many\nspec:\n  targets:\n".to_owned();
    for file in &files {
        writeln!(root, "    - ./{file}")?;
    }
    fs::write(folder.join("catalog-info.yaml"), root)?;
    for (number, file) in files.iter().enumerate() {
        let mut text = String::new();
        for index in number * IN_A_FILE..(number + 1) * IN_A_FILE {
            let word = |offset: usize| WORDS[(index * 7 + offset * 3) % WORDS.len()];
            write!(
                text,
                "---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {0}-{1}-{index:05}\n  description: Keeps the {2} \
                 of every {3} and tells the {4}.\n  annotations:\n    github.com/project-slug: acme/{0}-{index:05}\n  tags: [{0}, {3}]\n\
                 spec:\n  type: service\n  lifecycle: {5}\n  owner: group:default/payments\n  system: {1}\n",
                word(0),
                word(1),
                word(2),
                word(3),
                word(4),
                ["production", "experimental", "deprecated"][index % 3],
            )?;
        }
        fs::write(folder.join(file), text)?;
    }
    Ok(())
}
