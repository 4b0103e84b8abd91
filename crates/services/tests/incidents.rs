//! Incidents and verdicts: what people decide moves the numbers, and what sources tell late changes nothing that is newer.

mod common;

use common::{TestWorld, engines::on_each};
use serde_json::json;
use slipway_api_types::{
    ErrorCode,
    incidents::{IncidentRow, LinkedBy},
    insights::Metric,
    sources::NewSource,
};
use slipway_domain::{
    access::Role,
    time::{DAY, HOUR, MINUTE},
};
use slipway_ports::store::delivery::{DeliveryEvent, DeliveryKind};
use slipway_services::{
    Caller,
    import::{self, Tag},
    incidents::{self, Decision},
    ingest, insights, reconcile, sources,
};

const TEAM: &str = "group:default/payments";

struct World {
    world: TestWorld,
    dev: Caller,
    source: String,
    token: String,
}

impl World {
    /// A service `parser` with three deployments, the last one yesterday, and a source of its own.
    async fn new() -> Self {
        Self::of(TestWorld::new().await).await
    }

    async fn of(world: TestWorld) -> Self {
        let now = world.slipway.clock.now();
        let tag = |n: i64| Tag { name: format!("v{n}"), sha: format!("{n:040x}"), at: now.plus(-n * 5 * DAY - DAY) };
        let tags = vec![tag(2), tag(1), tag(0)];
        import::git(&world.slipway, &import::operator(), "parser", Some(TEAM), Vec::new(), tags).await.unwrap();
        let lead = world.person("lea", Role::TeamLead, Some(TEAM)).await;
        let new = NewSource {
            name: "Alarms".to_owned(),
            kind: "generic".to_owned(),
            service: "parser".to_owned(),
            ..NewSource::default()
        };
        let made = sources::make(&world.slipway, &lead, &new).await.unwrap();
        let source = made.href.trim_start_matches("/settings/sources/").to_owned();
        let dev = world.developer().await;
        Self { world, dev, source, token: made.lines[1].1.clone() }
    }

    async fn tell(&self, event: serde_json::Value) {
        let mut headers = http::HeaderMap::new();
        headers.insert("authorization", format!("Bearer {}", self.token).parse().unwrap());
        ingest::receive(&self.world.slipway, &self.source, &headers, event.to_string().as_bytes()).await.unwrap();
    }

    /// Instants as hours before now.
    async fn incident(&self, id: &str, detected: i64, resolved: Option<i64>, said: i64) {
        let at = |hours: i64| self.world.slipway.clock.now().plus(-hours * HOUR).to_rfc3339();
        self.tell(json!({"event": "incident", "id": id, "detected_at": at(detected), "resolved_at": resolved.map(at), "at": at(said)})).await;
    }

    async fn rows(&self, all: &str) -> Vec<IncidentRow> {
        incidents::page(&self.world.slipway, &self.dev, all, "").await.unwrap().items
    }

    async fn failed(&self) -> String {
        let panel = insights::panel_of(&self.world.slipway, &self.dev, "parser").await.unwrap();
        let tile = panel.tiles.into_iter().find(|tile| tile.metric == Metric::ChangeFailRate).unwrap();
        format!("{} {}", tile.sample, tile.note)
    }
}

#[tokio::test]
async fn an_incident_is_proposed_a_deployment_and_people_decide() {
    let world = World::new().await;
    world.incident("a", 23, None, 23).await;
    let before = world.failed().await;
    let row = world.rows("").await.remove(0);
    assert_eq!((row.linked_by, row.blamed.len(), row.candidates.len()), (LinkedBy::Window, 1, 3));
    assert!(row.blamed[0].title.starts_with("000000000000 · "), "{:?}", row.blamed);
    let slipway = &world.world.slipway;

    let undecided = incidents::decide(slipway, &world.dev, &row.id, Decision::External).await.unwrap();
    let external = world.rows("").await.remove(0);
    assert_eq!((external.linked_by, external.blamed.len()), (LinkedBy::Person, 0));
    assert_ne!(world.failed().await, before, "what lies outside is no failure of a deployment");

    // Taken back, the rules propose as before.
    let undo = Decision::read(undecided.decision, &undecided.deployment).unwrap();
    let external = incidents::decide(slipway, &world.dev, &row.id, undo).await.unwrap();
    assert_eq!(external.decision, "external");
    assert_eq!(world.rows("").await.remove(0).linked_by, LinkedBy::Window);
    assert_eq!(world.failed().await, before);

    let other = Decision::Deployment(&row.candidates[1].0);
    incidents::decide(slipway, &world.dev, &row.id, other).await.unwrap();
    let linked = world.rows("").await.remove(0);
    assert!(linked.blamed[0].title.starts_with(&format!("{:012} · ", 0)[..12]), "{:?}", linked.blamed);
    assert_eq!(linked.blamed[0].title, row.candidates[1].1);
    assert_eq!(world.failed().await, before, "one failed again");

    incidents::decide(slipway, &world.dev, &row.id, Decision::Nothing).await.unwrap();
    assert!(world.rows("").await[0].why.contains("no deployment"), "{}", world.rows("").await[0].why);
    // The source resolves it after all that: the decision stays, and it is over.
    world.incident("a", 23, Some(1), 1).await;
    assert_eq!(world.rows("").await.len(), 0);
    let over = world.rows("yes").await.remove(0);
    assert!(over.resolved_at.is_some() && over.linked_by == LinkedBy::Person);
}

#[tokio::test]
async fn an_older_word_never_overwrites_a_newer_one() {
    let world = World::new().await;
    world.incident("a", 10, Some(2), 2).await;
    world.incident("a", 10, None, 10).await;
    assert_eq!(world.rows("").await.len(), 0, "it is over, although its beginning came later");
    let first = world.rows("yes").await;
    assert_eq!(first.len(), 1);
    world.incident("a", 10, None, 1).await;
    assert_eq!(world.rows("").await.len(), 1, "opened again");
}

#[tokio::test]
async fn people_open_and_resolve_and_it_is_refused_to_others() {
    let world = World::new().await;
    let slipway = &world.world.slipway;
    let other = world.world.person("otto", Role::Developer, Some("group:default/platform")).await;
    for (caller, service, title, at, field) in [
        (&world.dev, "nobody", "Down", "", "service"),
        (&world.dev, "parser", " ", "", "title"),
        (&world.dev, "parser", "Down", "tomorrow", "detected_at"),
        (&world.dev, "parser", "Down", "2100-01-01T00:00:00Z", "detected_at"),
    ] {
        let error = incidents::open(slipway, caller, service, title, at).await.unwrap_err();
        assert_eq!(error.fields[0].field, field);
    }
    let refused = incidents::open(slipway, &other, "parser", "Down", "").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    assert_eq!(world.rows("yes").await.len(), 0);

    let id = incidents::open(slipway, &world.dev, "parser", "Down", "").await.unwrap();
    assert!(!incidents::page(slipway, &other, "", "").await.unwrap().items[0].may_decide);
    assert_eq!(incidents::resolve(slipway, &other, &id).await.unwrap_err().code, ErrorCode::Forbidden);
    assert_eq!(
        incidents::decide(slipway, &world.dev, &id, Decision::Deployment("gone")).await.unwrap_err().fields[0].field,
        "deployment"
    );
    world.world.clock.advance(5 * MINUTE);
    incidents::resolve(slipway, &world.dev, &id).await.unwrap();
    assert_eq!(incidents::resolve(slipway, &world.dev, &id).await.unwrap_err().code, ErrorCode::Conflict);
    let row = world.rows("yes").await.remove(0);
    assert_eq!(row.resolved_at.unwrap() - row.detected_at, 5 * MINUTE);
    let mut tx = world.world.store.begin_read().await.unwrap();
    let lines = tx.audit(None, 50).await.unwrap().items;
    let actions: Vec<&str> =
        lines.iter().map(|line| line.action.as_str()).filter(|a| a.starts_with("incident")).collect();
    assert_eq!(actions, ["incident.resolve", "incident.open"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_proposes_what_the_log_proposes() {
    on_each("what_is_kept_proposes_what_the_log_proposes", |world| async move {
        let world = World::of(world).await;
        world.incident("a", 23, Some(20), 20).await;
        world.incident("b", 23, None, 23).await;
        world.incident("c", 72, None, 72).await;
        let slipway = &world.world.slipway;
        let from_log = world.rows("yes").await;
        let by: Vec<LinkedBy> = from_log.iter().map(|row| row.linked_by).collect();
        assert_eq!(by, [LinkedBy::Window, LinkedBy::Window, LinkedBy::Nothing]);
        assert_eq!(
            (from_log[0].candidates.len(), from_log[2].candidates.len()),
            (3, 2),
            "what came later is no choice"
        );
        reconcile::pass_rollups(slipway.clone()).await.unwrap();
        assert_eq!(world.rows("yes").await, from_log);

        // What is decided counts at once, and is what is kept then.
        let open = world.rows("").await;
        let external = open.iter().find(|row| row.linked_by == LinkedBy::Window).unwrap();
        incidents::decide(slipway, &world.dev, &external.id, Decision::External).await.unwrap();
        let linked = open.iter().find(|row| row.linked_by == LinkedBy::Nothing).unwrap();
        incidents::decide(slipway, &world.dev, &linked.id, Decision::Deployment(&linked.candidates[1].0))
            .await
            .unwrap();
        let decided = world.rows("yes").await;
        assert_eq!(decided[2].blamed[0].title, linked.candidates[1].1);
        assert_eq!(decided.iter().map(|row| row.blamed.len()).sum::<usize>(), 2);
        reconcile::pass_rollups(slipway.clone()).await.unwrap();
        assert_eq!(world.rows("yes").await, decided);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_log_is_not_read_for_the_inbox() {
    on_each("a_long_log_is_not_read_for_the_inbox", |world| async move {
        let world = World::of(world).await;
        world.incident("a", 23, None, 23).await;
        let slipway = &world.world.slipway;
        reconcile::pass_rollups(slipway.clone()).await.unwrap();
        let kept = world.rows("").await.remove(0);
        let service = world.world.store.begin_read().await.unwrap().service_by_name("parser").await.unwrap().unwrap();
        let commit = |n: usize| DeliveryEvent {
            service: service.id,
            kind: DeliveryKind::Commit,
            at: slipway.clock.now(),
            source: "test".to_owned(),
            key: format!("c{n}"),
            payload: json!({"sha": format!("c{n}"), "parents": []}),
        };
        let commits: Vec<DeliveryEvent> = (0..100_000).map(commit).collect();
        let mut tx = world.world.store.begin_write().await.unwrap();
        tx.add_delivery(&commits).await.unwrap();
        tx.commit().await.unwrap();
        // What is known stays; what is new is not claimed to be nobody's fault.
        world.incident("b", 22, None, 22).await;
        let rows = world.rows("").await;
        assert_eq!(rows[1], kept);
        assert_eq!((rows[0].blamed.len(), rows[0].why.as_str()), (0, "The latest events are being worked on."));
        assert_eq!(rows[0].candidates, kept.candidates, "a person need not wait");
        reconcile::pass_rollups(slipway.clone()).await.unwrap();
        assert_eq!(world.rows("").await[0].blamed, kept.blamed);
    })
    .await;
}
