//! Two years of deliveries: how fast pages of metrics are with them, how fast more come in, how soon a correction is seen.
//!
//! Everything is there on the scale of 1: ten million deployments of 5,000 services on PostgreSQL, a million of 500 on SQLite. `--scale 0.1`
//! makes a tenth of it, services and deployments alike.

mod fill;
mod raw;
mod webhooks;

use crate::{
    load::{self, Proof},
    table::{Table, Unit},
};
use anyhow::{Context as _, Result};
use slipway_ports::Store;
use slipway_tests::{Client, Database, Options, Server, client::ADMINISTRATOR, needs};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::Mutex, task::JoinSet};

/// For how long pages are asked for.
const TIME: Duration = Duration::from_secs(10);
/// How many ask for them at a time.
const CONNECTIONS: usize = 2;
/// The organisation's services, each with so many deployments.
const DEPLOYMENTS_A_SERVICE: usize = 2_000;
/// As [`TIME`], for pages without a budget.
const SHORT_TIME: Duration = Duration::from_secs(3);
/// For how long events are appended.
const INGEST: Duration = Duration::from_secs(10);

pub async fn measure(table: &mut Table, scale: f64) -> Result<()> {
    on(table, &Database::Sqlite, "SQLite", services(500, scale)).await?;
    if needs::path(needs::POSTGRES).is_none() {
        table.leave_out("metrics on PostgreSQL", format!("{} is not set", needs::POSTGRES));
        return Ok(());
    }
    if let Some(database) = Database::postgres("dora").await {
        on(table, &database, "PostgreSQL", services(5_000, scale)).await?;
        database.remove().await;
    }
    Ok(())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand, never negative")]
fn services(at_one: u32, scale: f64) -> usize {
    (f64::from(at_one) * scale).round().max(2.0) as usize
}

async fn on(table: &mut Table, database: &Database, engine: &str, services: usize) -> Result<()> {
    let deployments = services * DEPLOYMENTS_A_SERVICE;
    println!("Metrics of {deployments} deployments on {engine}");
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let server = Server::start(&Options { database, ..Options::demo(data.clone()) }).await;
    let person = Client::sign_in(&server, ADMINISTRATOR).await;
    let store = database.open(&data).await;

    let began = Instant::now();
    let mut fill = fill::Fill::new(services, DEPLOYMENTS_A_SERVICE, store.now().await?);
    let events = fill.everything(&*store).await?;
    let seconds = began.elapsed().as_secs_f64();
    table.add_alone(format!("events appended in bulk, {engine}"), Unit::PerSecond, events as f64 / seconds);
    let began = Instant::now();
    made(&store).await?;
    let label = format!("days of {deployments} deployments made, after the last of them came, {engine}");
    table.add_alone(label, Unit::Seconds, began.elapsed().as_secs_f64());

    let address = server.url.trim_start_matches("http://");
    let session = Proof::Cookie(person.cookie().context("signed in")?.to_owned());
    let began = Instant::now();
    person.page("/insights").await;
    table.add_alone(format!("organisation, first time, {engine}"), Unit::Milliseconds, millis(began));
    let organisation = ["/insights".to_owned()];
    let found = load::run(address, &organisation, &session, CONNECTIONS, TIME).await?;
    table.budgeted(format!("organisation, p99, {engine}"), Unit::Milliseconds, found.p99, 100.0);
    let pages: Vec<String> = (0..services.min(200)).map(|number| format!("/services/{}", fill::name(number))).collect();
    let found = load::run(address, &pages, &session, CONNECTIONS, TIME).await?;
    table.budgeted(format!("page of a service, p99, {engine}"), Unit::Milliseconds, found.p99, 30.0);
    for (what, page) in [
        ("home", "/"),
        ("team", "/insights?owner=group:default/team-0"),
        ("number of the organisation taken apart", "/insights?explain=lead-time"),
        ("digest of the organisation", "/insights/digest"),
        ("deployments", "/deployments"),
    ] {
        let found = load::run(address, &[page.to_owned()], &session, CONNECTIONS, SHORT_TIME).await?;
        table.add_alone(format!("{what}, p99, {engine}"), Unit::Milliseconds, found.p99);
    }

    let began = Instant::now();
    fill.correct(&*store).await?;
    made(&store).await?;
    let corrected = millis(began);
    person.page("/insights").await;
    table.add_alone(format!("late correction in the days, {engine}"), Unit::Milliseconds, corrected);
    let label = format!("late correction on the organisation's page, {engine}");
    table.budgeted(label, Unit::Seconds, began.elapsed().as_secs_f64(), 2.0);

    let fill = Arc::new(Mutex::new(fill));
    let under_load = under_load(&fill, &store).await?;
    let label = format!("events appended while days are made, {engine}");
    table.budgeted(label, Unit::PerSecond, under_load.per_second, 2_000.0);
    let label = format!("late correction in the days meanwhile, the longest of some, {engine}");
    table.budgeted(label, Unit::Seconds, under_load.correction.as_secs_f64(), 2.0);
    let behind = store.begin_read().await?.dirty_services(u32::MAX).await?.len();
    table.add_alone(format!("services behind at the end of that, {engine}"), Unit::Services, behind as f64);
    let began = Instant::now();
    made(&store).await?;
    table.add_alone(format!("until none is any more, {engine}"), Unit::Seconds, began.elapsed().as_secs_f64());
    let by_webhook = webhooks::measure(&person, &server, &fill).await?;
    table.add_alone(format!("events by webhook, while days are made, {engine}"), Unit::PerSecond, by_webhook);
    let label = format!("database for each deployment, {engine}");
    match raw::size(database, &data).await {
        Ok(bytes) => table.add_alone(label, Unit::Bytes, bytes / deployments as f64),
        Err(why) => table.leave_out(label, format!("{why:#}")),
    }

    match raw::dashboard(database).await {
        Ok(took) => table.add_alone(
            format!("the organisation's numbers by SQL over raw events, {engine}"),
            Unit::Milliseconds,
            took,
        ),
        Err(why) => {
            table.leave_out(format!("the organisation's numbers by SQL over raw events, {engine}"), format!("{why:#}"))
        }
    }
    Ok(())
}

/// What happened while events came as fast as they can.
struct UnderLoad {
    per_second: f64,
    /// The longest time from a person's word to the days that know it.
    correction: Duration,
}

/// Senders of events, each of which waits for its answer before it sends more, as webhooks do.
const SENDERS: usize = 4;

async fn under_load(fill: &Arc<Mutex<fill::Fill>>, store: &Arc<dyn Store>) -> Result<UnderLoad> {
    let began = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        let (fill, store) = (fill.clone(), store.clone());
        senders.spawn(async move {
            let mut appended = 0;
            while began.elapsed() < INGEST {
                let events = fill.lock().await.more();
                appended += fill::append(&*store, &events).await?;
            }
            anyhow::Ok(appended)
        });
    }
    let mut correction = Duration::ZERO;
    while began.elapsed() < INGEST {
        let since = Instant::now();
        fill.lock().await.correct(&**store).await?;
        // Nothing else comes of this service.
        while store.begin_read().await?.dirty_services(u32::MAX).await?.iter().any(fill::is_corrected) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        correction = correction.max(since.elapsed());
    }
    let mut appended = 0;
    while let Some(sender) = senders.join_next().await {
        appended += sender??;
    }
    Ok(UnderLoad { per_second: appended as f64 / INGEST.as_secs_f64(), correction })
}

/// Waits until no service is marked any more.
async fn made(store: &Arc<dyn Store>) -> Result<()> {
    while !store.begin_read().await?.dirty_services(1).await?.is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}
