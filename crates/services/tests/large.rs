//! An organisation whose log is too long to be read for a page: what is asked of days is there, and what is left out is said.

mod common;

use common::{TestWorld, engines::on_each};
use serde_json::json;
use slipway_api_types::{
    ErrorCode,
    digest::DigestQuery,
    insights::{InsightsPage, InsightsQuery},
};
use slipway_domain::{
    access::Role,
    ids::ServiceId,
    time::{DAY, HOUR, Timestamp},
};
use slipway_ports::store::{
    delivery::{DeliveryEvent, DeliveryKind},
    services::Service,
};
use slipway_services::{
    Caller, home,
    insights::{self, digest},
    reconcile,
};

/// With the deployments just more than what is read for a page.
const COMMITS: usize = 99_900;
const OWNER: &str = "group:default/payments";
/// Services beside the one with the long log.
const OTHERS: usize = 60;

fn event(service: &Service, kind: DeliveryKind, at: Timestamp, key: &str, payload: serde_json::Value) -> DeliveryEvent {
    let key = format!("{}:{}:{key}", service.name, kind.as_str());
    DeliveryEvent { service: service.id, kind, at, source: "test".to_owned(), key, payload }
}

/// A deployment each day, each of a commit of its own.
fn deployments(service: &Service, now: Timestamp, days: i64) -> Vec<DeliveryEvent> {
    let mut told = Vec::new();
    for day in 1..=days {
        let at = now.plus(-day * DAY);
        let sha = format!("{}-{day}", service.name);
        let first = at.plus(-3 * HOUR).to_rfc3339();
        let change = json!({"id": sha, "landed": sha, "first_commit_at": first, "kind": "commit"});
        let deployment = json!({
            "id": format!("deployment-{sha}"), "revision": sha, "tier": "production", "status": "success",
            "finished_at": at.to_rfc3339(),
        });
        told.push(event(service, DeliveryKind::Commit, at, &sha, json!({"sha": sha, "parents": []})));
        told.push(event(service, DeliveryKind::Change, at, &sha, change));
        told.push(event(service, DeliveryKind::Deployment, at, &sha, deployment));
    }
    told
}

async fn fill(world: &TestWorld) {
    let now = world.slipway.clock.now();
    let mut tx = world.store.begin_write().await.unwrap();
    for number in 0..=OTHERS {
        let name = if number == 0 { "busy".to_owned() } else { format!("other-{number:02}") };
        let service = Service {
            id: ServiceId::from_uuid(world.slipway.entropy.uuid()),
            entity: format!("component:default/{name}").parse().unwrap(),
            name,
            owner: OWNER.to_owned(),
            repository: None,
            created_at: now.plus(-200 * DAY),
            demo: false,
        };
        tx.add_service(&service).await.unwrap();
        let mut told = deployments(&service, now, if number == 0 { 80 } else { 1 });
        if number == 0 {
            let commits = (0..COMMITS).map(|n| json!({"sha": format!("c{n}"), "parents": []}));
            let commits = commits.enumerate();
            told.extend(commits.map(|(n, c)| event(&service, DeliveryKind::Commit, now, &n.to_string(), c)));
        }
        tx.add_delivery(&told).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn page(world: &TestWorld, caller: &Caller, query: InsightsQuery) -> InsightsPage {
    insights::page(&world.slipway, caller, &query).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_log_is_not_read_for_a_page() {
    on_each("a_long_log_is_not_read_for_a_page", |world| async move {
        fill(&world).await;
        let caller = world.person("viewer", Role::Viewer, None).await;
        let query = InsightsQuery::default;
        // Before the worker came, nothing is claimed.
        let before = page(&world, &caller, query()).await;
        assert!(before.panel.tiles.is_empty());
        assert!(before.hints[0].contains("61 services are not counted yet"), "{:?}", before.hints);
        reconcile::pass_rollups(world.slipway.clone()).await.unwrap();

        let whole = page(&world, &caller, InsightsQuery { explain: "lead-time".into(), ..query() }).await;
        // What the first deployment of a service brought was there before.
        assert_eq!(whole.panel.tiles[1].sample, "n = 79 changes");
        assert_eq!(whole.drawings.len(), 1, "the calendar, which is made of days");
        assert!(whole.hints.iter().any(|hint| hint.contains("not drawn one by one")), "{:?}", whole.hints);
        let apart = whole.apart.unwrap();
        assert!(apart.not_listed.contains("Choose a team or a service") && apart.events.is_empty(), "{apart:?}");
        assert!(apart.facts.contains(&("Value".to_owned(), "3 h".to_owned())), "{:?}", apart.facts);
        let file = InsightsQuery { explain: "lead-time".into(), ..query() };
        let refused = insights::table(&world.slipway, &caller, "events", &file).await.unwrap_err();
        assert_eq!((refused.code, refused.fields[0].field.as_str()), (ErrorCode::Invalid, "owner"));
        let elsewhere = InsightsQuery { zone: "Asia/Tokyo".into(), ..query() };
        let refused = insights::page(&world.slipway, &caller, &elsewhere).await.unwrap_err();
        assert_eq!((refused.code, refused.fields[0].field.as_str()), (ErrorCode::Invalid, "zone"));

        // A single service is taken apart whatever it takes.
        let one = InsightsQuery { service: "busy".into(), explain: "lead-time".into(), ..query() };
        let one = page(&world, &caller, one).await.apart.unwrap();
        assert_eq!((one.counted, one.not_listed.as_str()), (79, ""));

        let home = home::page(&world.slipway, &caller).await.unwrap();
        assert_eq!(home.dora.tiles[1].sample, "n = 79 changes");
        let digest = digest::page(&world.slipway, &caller, &DigestQuery::default()).await.unwrap().digest;
        assert_eq!(digest.figures[1], ("Change lead time".to_owned(), "3 h".to_owned()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_beside_a_roll_up_come_in_parts() {
    let world = TestWorld::new().await;
    fill(&world).await;
    reconcile::pass_rollups(world.slipway.clone()).await.unwrap();
    let caller = world.person("viewer", Role::Viewer, None).await;
    let first = page(&world, &caller, InsightsQuery::default()).await.beside;
    assert_eq!((first.services.len(), first.found, first.of), (50, 61, 61));
    let on = InsightsQuery { beyond: first.next.clone(), ..InsightsQuery::default() };
    let second = page(&world, &caller, on).await.beside;
    assert_eq!((second.services.len(), second.next.as_str()), (11, ""));
    let mut names: Vec<_> = first.services.iter().chain(&second.services).map(|s| s.name.clone()).collect();
    names.dedup();
    assert_eq!(names.len(), 61, "none twice, none left out");
    let found = page(&world, &caller, InsightsQuery { q: "R-1".into(), ..InsightsQuery::default() }).await.beside;
    assert_eq!((found.services.len(), found.found, found.services[0].name.as_str()), (10, 10, "other-10"));
    let sheet = insights::table(&world.slipway, &caller, "services", &InsightsQuery::default()).await.unwrap();
    assert_eq!(sheet.rows.len(), 61, "a file has all of them");
}
