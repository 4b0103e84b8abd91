//! The demo: a whole year of a company that does not exist, on a real database.

mod common;

use common::TestWorld;
use slipway_api_types::insights::{InsightsPage, InsightsQuery, ServiceDora};
use slipway_domain::{
    access::Role,
    deployment::Deployment,
    time::{DAY, HOUR, Timestamp},
};
use slipway_ports::store::{deployments::DeploymentFilter, services::ServiceFilter};
use slipway_services::{Caller, accounts, demo, insights};
use std::collections::BTreeSet;

async fn seeded() -> (TestWorld, demo::DemoReport) {
    let world = TestWorld::new().await;
    let report = demo::seed(&world.slipway).await.unwrap().expect("an empty database takes the demo");
    (world, report)
}

async fn page(world: &TestWorld, caller: &Caller, owner: &str, days: &str) -> InsightsPage {
    let query = InsightsQuery { owner: owner.to_owned(), days: days.to_owned(), ..InsightsQuery::default() };
    insights::page(&world.slipway, caller, &query).await.unwrap()
}

/// `35 min`, `2.4 h`, `1.2 d` in hours; `None` for words such as "no failures".
fn hours(words: &str) -> Option<f64> {
    let (number, unit) = words.split_once(' ')?;
    let factor = match unit {
        "s" => 1.0 / 3_600.0,
        "min" => 1.0 / 60.0,
        "h" => 1.0,
        "d" => 24.0,
        _ => return None,
    };
    Some(number.parse::<f64>().unwrap() * factor)
}

/// `8 % (2 of 25)` as 8.
fn percent(words: &str) -> f64 {
    words.split_once(" %").unwrap().0.parse().unwrap()
}

fn share(services: &[ServiceDora], holds: impl Fn(&ServiceDora) -> bool) -> f64 {
    services.iter().filter(|service| holds(service)).count() as f64 / services.len() as f64
}

fn find<'p>(page: &'p InsightsPage, name: &str) -> &'p ServiceDora {
    page.beside.services.iter().find(|service| service.name == name).unwrap()
}

async fn history(world: &TestWorld) -> Vec<Deployment> {
    let mut tx = world.store.begin_read().await.unwrap();
    let mut all = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = tx.list_deployments(&DeploymentFilter::default(), cursor.as_deref(), 500).await.unwrap();
        all.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn a_year_of_the_demo_is_believable() {
    let (world, report) = seeded().await;
    let viewer = world.person("somebody", Role::Viewer, None).await;
    assert_eq!(report.services, 40);
    let year = page(&world, &viewer, "", "365").await;
    assert!(year.demo);
    assert_eq!(year.beside.without_data, ["feature-store", "pick-planner"]);
    assert_eq!(year.beside.services.len(), 38);
    let within = |low: f64, high: f64| move |value: f64| (low..=high).contains(&value);
    let weekly = |s: &ServiceDora| s.frequency.parse::<f64>().unwrap();
    assert!(share(&year.beside.services, |s| within(1.0, 20.0)(weekly(s))) > 0.9);
    assert!(share(&year.beside.services, |s| within(2.0, 25.0)(percent(&s.fail_rate))) > 0.9);
    assert!(share(&year.beside.services, |s| hours(&s.lead_time).is_some_and(within(4.0, 10.0 * 24.0))) > 0.99);
    assert!(share(&year.beside.services, |s| hours(&s.recovery).is_some_and(within(0.1, 12.0))) > 0.9);
    assert!(share(&year.beside.services, |s| within(1.0, 30.0)(percent(&s.rework))) > 0.9);
    // Teams differ, and the organisation says so in all five tiles.
    assert_eq!(year.panel.tiles.len(), 5);
    assert!(year.panel.tiles.iter().all(|tile| tile.value.is_some() && !tile.interval.is_empty()));
    let payments = page(&world, &viewer, "group:default/payments", "").await;
    let data = page(&world, &viewer, "group:default/data", "").await;
    let lead = |page: &InsightsPage| hours(page.panel.tiles[1].value.as_deref().unwrap()).unwrap();
    assert!(lead(&data) > 1.5 * lead(&payments), "{} {}", lead(&data), lead(&payments));
    assert_eq!((payments.scope.title.as_str(), payments.beside.services.len()), ("Payments", 8));
    // One service has been getting worse lately.
    let quarter = page(&world, &viewer, "", "90").await;
    let (before, lately) = (find(&year, "returns-portal"), find(&quarter, "returns-portal"));
    assert!(percent(&lately.fail_rate) > 1.3 * percent(&before.fail_rate), "{} {}", before.fail_rate, lately.fail_rate);
    assert!(
        hours(&lately.lead_time).unwrap() > 1.1 * hours(&before.lead_time).unwrap(),
        "{} {}",
        before.lead_time,
        lately.lead_time
    );
}

#[tokio::test]
async fn the_demo_is_put_there_once() {
    let (world, report) = seeded().await;
    assert_eq!(history(&world).await.len(), report.deployments);
    assert_eq!(demo::seed(&world.slipway).await.unwrap(), None);
    assert_eq!(history(&world).await.len(), report.deployments);
    // What another process makes of the same day is the same.
    let (other, _) = seeded().await;
    let run = demo::placements_to_run(&world.slipway).await.unwrap();
    let again = demo::placements_to_run(&other.slipway).await.unwrap();
    let names = |run: &[demo::RunningPlacement]| {
        run.iter()
            .map(|r| (r.desired.target.resource_name(), r.desired.deployment, r.desired.image.clone()))
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(names(&run), names(&again));
}

#[tokio::test]
async fn its_history_is_over_counted_and_has_a_freeze() {
    let (world, _) = seeded().await;
    let (all, now) = (history(&world).await, Timestamp::from_millis(world.slipway.clock.now().as_millis()));
    let mut tx = world.store.begin_read().await.unwrap();
    let services = tx.list_services(&ServiceFilter::default(), None, 100).await.unwrap().items;
    assert!(services.iter().all(|service| service.demo));
    for service in &services {
        let mut own: Vec<&Deployment> = all.iter().filter(|deployment| deployment.service == service.id).collect();
        own.sort_by_key(|deployment| deployment.number);
        for (number, deployment) in (1..).zip(&own) {
            assert_eq!(deployment.number, number, "{}", service.name);
            assert!(deployment.state.is_final());
            let (asked, ended) = (deployment.requested_at, deployment.finished_at.unwrap());
            assert!(service.created_at <= asked && asked < ended && ended <= now, "{} v{number}", service.name);
        }
        assert!(own.windows(2).all(|pair| pair[0].requested_at <= pair[1].requested_at));
    }
    let frozen = |at: Timestamp| {
        let text = at.to_rfc3339();
        ("12-22".."12-32").contains(&&text[5..10])
    };
    let production: Vec<_> = all.iter().filter(|deployment| deployment.environment == "production").collect();
    assert!(production.iter().all(|deployment| !frozen(deployment.requested_at)));
    let oldest = production.iter().map(|deployment| deployment.requested_at).min().unwrap();
    assert!(now.since(oldest) > 365 * DAY, "a year and its baseline");
    let newest = all.iter().map(|deployment| deployment.requested_at).max().unwrap();
    assert!(now.since(newest) < 4 * DAY + HOUR, "something happened lately");
}

#[tokio::test]
async fn what_runs_is_told_with_one_trial_that_is_ill() {
    let (world, _) = seeded().await;
    let run = demo::placements_to_run(&world.slipway).await.unwrap();
    // Thirty-eight in three environments, two in two.
    assert_eq!(run.len(), 118);
    let ill: Vec<_> = run.iter().filter(|r| r.desired.image.contains("unhealthy")).collect();
    assert_eq!(ill.len(), 1);
    assert_eq!(ill[0].desired.target.resource_name(), "gift-cards-staging");
    for placement in &run {
        assert!(placement.desired.image.starts_with("123456789012.dkr.ecr.eu-west-1.amazonaws.com/tarnfell/"));
        assert!(placement.desired.image.contains("@sha256:"));
        assert_eq!(placement.desired.revision.len(), 40);
        placement.desired.workload.check().unwrap();
    }
    for (runtime, least) in [("ecs", 40), ("kubernetes", 40), ("app-runner", 20)] {
        assert!(run.iter().filter(|r| r.runtime == runtime).count() >= least, "{runtime}");
    }
}

#[tokio::test]
async fn its_people_sign_in_with_the_passwords_that_are_told() {
    let (world, _) = seeded().await;
    let session = accounts::sign_in(&world.slipway, "lena", "demo-team-lead", "127.0.0.1").await.unwrap();
    let lena = accounts::caller_of_session(&world.slipway, &session.secret).await.unwrap().unwrap();
    let home = slipway_services::home::page(&world.slipway, &lena).await.unwrap();
    assert_eq!(home.dora_scope, "Payments");
    assert_eq!(home.dora.tiles.len(), 5);
    assert_eq!(home.services.len(), 8);
}
