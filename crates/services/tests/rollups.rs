//! Days that are kept give the numbers that the engine gives of the same events, on both databases: whatever comes late, twice, corrected,
//! decided on or linked anew, and however many processes make them.

mod common;

use common::{TestWorld, engines::on_each};
use jiff::civil::{Date, date};
use serde_json::json;
use slipway_api_types::insights::InsightsQuery;
use slipway_domain::{
    access::Role,
    ids::ServiceId,
    time::{DAY, HOUR, Timestamp},
};
use slipway_dora::{
    Change, CommitGraphBuilder, Config, Deployment, Events, Id, Incident, Instant, Metrics, ScopeAnalysis,
    ServiceInput, Sources, Status, Tier, Verdict,
    rollup::{Rollup, Standing, Tally},
};
use slipway_ports::{
    Store,
    store::{
        delivery::{DeliveryEvent, DeliveryKind},
        rollups::{RollupDay, RollupScope},
        services::Service,
    },
};
use slipway_services::{insights, reconcile};
use std::{collections::HashSet, sync::Arc};

const TEAMS: [&str; 2] = ["group:default/payments", "group:default/platform"];
/// Where histories begin, milliseconds: 2026-09-01.
const START: i64 = 1_788_220_800_000;
const DAYS: i64 = 75;

/// A fixed sequence of random numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % bound
    }

    fn one_in(&mut self, n: i64) -> bool {
        self.below(n) == 0
    }

    fn instant(&mut self) -> Instant {
        Instant::from_ms(START + self.below(DAYS * 48) * HOUR / 2)
    }
}

/// What was told of one service, as the engine takes it.
struct Told {
    service: Service,
    events: Events,
    /// Commits in a line, each with its parent.
    commits: i64,
    statements: i64,
}

impl Told {
    fn id(&self, kind: &str, number: i64) -> String {
        format!("{}-{kind}-{number}", self.service.name)
    }

    /// One more statement about something: often about what is known already.
    fn tell(&mut self, random: &mut Random) -> DeliveryEvent {
        self.statements += 1;
        let mut at = random.instant();
        // Later statements count more.
        let said = at.plus_seconds(self.statements);
        let commit = self.id("commit", random.below(self.commits + 1));
        let deployment = Id::from(self.id("deployment", random.below(40)));
        let (kind, payload) = match random.below(10) {
            0..=3 => {
                let status = if random.one_in(6) { Status::Failure } else { Status::Success };
                let deployment = Deployment {
                    tier: Some(if random.one_in(8) { Tier::Staging } else { Tier::Production }),
                    started_at: Some(at.plus_seconds(-600)),
                    rollback: random.one_in(12),
                    hotfix: random.one_in(12),
                    exposed: random.one_in(20),
                    ..Deployment::new(deployment, commit, at, status)
                };
                self.events.deployments.push(deployment.clone());
                (DeliveryKind::Deployment, serde_json::to_value(deployment).unwrap())
            }
            4..=6 => {
                self.commits += 1;
                let (sha, parent) = (self.id("commit", self.commits), self.id("commit", self.commits - 1));
                (DeliveryKind::Commit, json!({"sha": sha, "parents": [parent]}))
            }
            7 => {
                let change = Change {
                    opened_at: random.one_in(2).then(|| at.plus_seconds(600)),
                    merged_at: random.one_in(2).then(|| at.plus_seconds(1_200)),
                    bot: random.one_in(6),
                    ..Change::new(format!("change-{commit}"), commit, at)
                };
                self.events.changes.push(change.clone());
                (DeliveryKind::Change, serde_json::to_value(change).unwrap())
            }
            8 => {
                let incident = Incident {
                    resolved_at: (!random.one_in(3)).then(|| at.plus_seconds(random.below(90_000))),
                    manual_links: random.one_in(3).then(|| vec![deployment.clone()]),
                    links: if random.one_in(4) { vec![deployment] } else { Vec::new() },
                    reopened: random.one_in(8),
                    retracted: random.one_in(10),
                    updated_at: Some(said),
                    ..Incident::new(self.id("incident", random.below(8)), at)
                };
                self.events.incidents.push(incident.clone());
                (DeliveryKind::Incident, serde_json::to_value(incident).unwrap())
            }
            _ => {
                at = said;
                let failed = random.one_in(2);
                self.events.verdicts.push(Verdict { deployment: deployment.clone(), at: Some(at), failed });
                (DeliveryKind::Verdict, json!({"deployment": deployment, "failed": failed}))
            }
        };
        DeliveryEvent {
            service: self.service.id,
            kind,
            at: Timestamp::from_millis(at.ms()),
            source: "test".to_owned(),
            key: self.id("statement", self.statements),
            payload,
        }
    }

    /// `None` before it was ever deployed.
    fn input(&self) -> Option<ServiceInput> {
        let mut events = self.events.clone();
        let mut history = CommitGraphBuilder::default();
        for number in 1..=self.commits {
            let parent = self.id("commit", number - 1);
            history.add(&self.id("commit", number), [parent.as_str()]);
        }
        events.history = Arc::new(history.build().unwrap());
        let told = events.deployments.iter().any(|deployment| deployment.rollback || deployment.hotfix);
        let incidents = told || !events.incidents.is_empty() || !events.verdicts.is_empty();
        events.sources = Sources { deployments: true, incidents };
        let first = events.deployments.iter().filter_map(|deployment| deployment.finished_at).min()?;
        let mut input = ServiceInput::new(self.service.name.as_str(), events);
        input.observed_since = Some(Instant::from_ms(self.service.created_at.as_millis()).min(first));
        Some(input)
    }
}

async fn services(world: &TestWorld, count: usize) -> Vec<Told> {
    let mut tx = world.store.begin_write().await.unwrap();
    let mut told = Vec::new();
    for number in 0..count {
        let name = format!("service-{number}");
        let service = Service {
            id: ServiceId::from_uuid(world.slipway.entropy.uuid()),
            entity: format!("component:default/{name}").parse().unwrap(),
            name,
            owner: TEAMS[number % 2].to_owned(),
            repository: None,
            created_at: Timestamp::from_millis(START + 20 * DAY),
            demo: false,
        };
        tx.add_service(&service).await.unwrap();
        told.push(Told { service, events: Events::default(), commits: 0, statements: 0 });
    }
    tx.commit().await.unwrap();
    told
}

async fn append(world: &TestWorld, events: &[DeliveryEvent]) {
    let mut tx = world.store.begin_write().await.unwrap();
    tx.add_delivery(events).await.unwrap();
    tx.commit().await.unwrap();
}

/// So many statements about each service, appended.
async fn news(world: &TestWorld, told: &mut [Told], random: &mut Random, each: usize) {
    let mut events = Vec::new();
    for told in told {
        events.extend((0..each).map(|_| told.tell(random)));
    }
    append(world, &events).await;
}

/// Without what days do not know.
fn without_names(mut metrics: Metrics) -> Metrics {
    (metrics.kinds, metrics.links, metrics.cfr.failed_ids) = (Vec::new(), Vec::new(), Vec::new());
    metrics.fdrt_s.unknown_recovery = Vec::new();
    metrics.df.median_hours_between = None;
    let lead = &mut metrics.lead_time_s;
    (lead.per_commit_p50, lead.merge_to_deploy_p50) = (None, None);
    (lead.stages.review_p50, lead.stages.waiting_p50) = (None, None);
    (lead.first_deployed_by, lead.duplicate_patch, lead.invalid_clock) = (Vec::new(), Vec::new(), Vec::new());
    metrics
}

async fn kept(store: &Arc<dyn Store>, scope: &RollupScope, ids: &[ServiceId]) -> Rollup {
    let mut tx = store.begin_read().await.unwrap();
    let mut standing = Standing::default();
    for known in tx.rollup_services(Some(ids)).await.unwrap() {
        standing.add(&serde_json::from_value(known.standing).unwrap());
    }
    let days = tx.rollup_days(scope, i32::MIN, i32::MAX).await.unwrap();
    Rollup::new(standing, days.into_iter().map(|(day, body)| (day, Tally::from_bytes(&body).unwrap())))
}

/// Every scope, through a day, a week and longer.
async fn agrees(world: &TestWorld, told: &[Told]) {
    let windows: [(Date, Date); 4] = [
        (date(2026, 10, 2), date(2026, 10, 3)),
        (date(2026, 10, 12), date(2026, 10, 19)),
        (date(2026, 9, 7), date(2026, 11, 9)),
        (date(2026, 8, 1), date(2026, 12, 1)),
    ];
    let mut scopes: Vec<(RollupScope, Vec<&Told>)> = vec![(RollupScope::Organisation, told.iter().collect())];
    for team in TEAMS {
        let of_team = told.iter().filter(|told| told.service.owner == team).collect();
        scopes.push((RollupScope::Team(team.to_owned()), of_team));
    }
    scopes.extend(told.iter().map(|told| (RollupScope::Service(told.service.id), vec![told])));
    for (scope, told) in scopes {
        let ids: Vec<ServiceId> = told.iter().map(|told| told.service.id).collect();
        let inputs: Vec<ServiceInput> = told.iter().filter_map(|told| told.input()).collect();
        let rollup = kept(&world.store, &scope, &ids).await;
        if inputs.is_empty() {
            assert_eq!(rollup, Rollup::default());
            continue;
        }
        for (from, to) in windows {
            let as_of = Instant::from_ms(START + 60 * DAY);
            let config = Config::new("UTC", from, to).unwrap().as_of(Some(as_of));
            let analysis = ScopeAnalysis::new(&config, &inputs);
            assert_eq!(without_names(analysis.pooled()), rollup.metrics(&config), "{scope} {from} {to}");
            assert_eq!(analysis.weekly(8), rollup.weekly(&config, 8), "{scope} {from} {to}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_are_what_the_engine_says() {
    on_each("days_are_what_the_engine_says", |world| async move {
        let mut told = services(&world, 5).await;
        let mut random = Random(20);
        for _ in 0..14 {
            let mut events = Vec::new();
            for told in &mut told {
                // Not every service has news every time.
                let count = if random.one_in(3) { 0 } else { random.below(30) };
                events.extend((0..count).map(|_| told.tell(&mut random)));
            }
            reconcile::pass_rollups(world.slipway.clone()).await.unwrap();
            append(&world, &events).await;
            // What is heard again says nothing new.
            append(&world, &events).await;
            let news: HashSet<ServiceId> = events.iter().map(|event| event.service).collect();
            assert_eq!(reconcile::pass_rollups(world.slipway.clone()).await.unwrap(), news.len() as u64);
            assert_eq!(reconcile::pass_rollups(world.slipway.clone()).await.unwrap(), 0);
            agrees(&world, &told).await;
        }
        // A service that is gone counts for nobody.
        let gone = told.remove(1).service.id;
        let mut tx = world.store.begin_write().await.unwrap();
        tx.delete_service(gone).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(reconcile::pass_rollups(world.slipway.clone()).await.unwrap(), 1);
        agrees(&world, &told).await;
        assert_eq!(kept(&world.store, &RollupScope::Service(gone), &[gone]).await, Rollup::default());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_say_the_same_before_and_after_the_worker_came() {
    on_each("pages_say_the_same_before_and_after_the_worker_came", |world| async move {
        let caller = world.person("viewer", Role::Viewer, None).await;
        let mut told = services(&world, 3).await;
        let mut random = Random(7);
        let query = |owner: &str, service: &str| InsightsQuery {
            owner: owner.to_owned(),
            service: service.to_owned(),
            from: "2026-09-03".to_owned(),
            to: "2026-11-10".to_owned(),
            compare: "previous".to_owned(),
            ..InsightsQuery::default()
        };
        let queries = [query("", ""), query(TEAMS[0], ""), query("", "service-1")];
        for _ in 0..4 {
            news(&world, &mut told, &mut random, 25).await;
            let mut before = Vec::new();
            for query in &queries {
                before.push(insights::page(&world.slipway, &caller, query).await.unwrap());
            }
            reconcile::pass_rollups(world.slipway.clone()).await.unwrap();
            // Another process, which computed nothing yet.
            let other = world.process("other", world.store.clone(), world.forge.clone());
            for (query, before) in queries.iter().zip(before) {
                assert_eq!(insights::page(&other, &caller, query).await.unwrap(), before);
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panel_looks_back_as_far_as_it_speaks_of() {
    on_each("a_panel_looks_back_as_far_as_it_speaks_of", |world| async move {
        let caller = world.person("viewer", Role::Viewer, None).await;
        let mut told = services(&world, 2).await;
        let deployed = |service: &Service, days_ago: i64| {
            let at = world.slipway.clock.now().plus(-days_ago * DAY);
            let id = format!("{}-before-{days_ago}", service.name);
            let deployment = Deployment {
                tier: Some(Tier::Production),
                ..Deployment::new(id.as_str(), id.as_str(), Instant::from_ms(at.as_millis()), Status::Success)
            };
            DeliveryEvent {
                service: service.id,
                kind: DeliveryKind::Deployment,
                at,
                source: "test".to_owned(),
                key: id,
                payload: serde_json::to_value(deployment).unwrap(),
            }
        };
        // The one is as usual, the other was deployed nothing but long ago.
        news(&world, &mut told[..1], &mut Random(5), 60).await;
        let mut events: Vec<DeliveryEvent> =
            [40, 100, 181, 190, 300, 500].iter().map(|days| deployed(&told[0].service, *days)).collect();
        events.extend([150, 185, 400].iter().map(|days| deployed(&told[1].service, *days)));
        append(&world, &events).await;
        reconcile::pass_rollups(world.slipway.clone()).await.unwrap();
        for told in &told {
            let name = &told.service.name;
            let query = InsightsQuery { service: name.clone(), ..InsightsQuery::default() };
            let whole = insights::page(&world.slipway, &caller, &query).await.unwrap().panel;
            assert_eq!(whole.tiles.len(), 5);
            // Another process, which computed nothing yet.
            let other = world.process("other", world.store.clone(), world.forge.clone());
            assert_eq!(insights::panel_of(&other, &caller, name).await.unwrap(), whole);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_self_check_reports_a_day_that_is_wrong_and_mends_it() {
    on_each("the_self_check_reports_a_day_that_is_wrong_and_mends_it", |world| async move {
        let mut told = services(&world, 3).await;
        news(&world, &mut told, &mut Random(3), 60).await;
        reconcile::pass_rollups(world.slipway.clone()).await.unwrap();
        assert!(reconcile::pass_rollups_check(world.slipway.clone()).await.unwrap() > 0);
        let state = world.store.begin_read().await.unwrap().rollup_state().await.unwrap();
        assert_eq!((state.differing.as_str(), state.checked > 0), ("", true));
        assert_eq!(reconcile::pass_rollups_check(world.slipway.clone()).await.unwrap(), 0, "once a day");

        let scope = RollupScope::Service(told[0].service.id);
        let mut tx = world.store.begin_write().await.unwrap();
        let day = tx.rollup_days(&scope, i32::MIN, i32::MAX).await.unwrap()[0].0;
        tx.put_rollup_days(&[RollupDay { scope, day, body: Tally::default().to_bytes() }]).await.unwrap();
        tx.commit().await.unwrap();
        world.clock.advance(DAY);
        reconcile::pass_rollups_check(world.slipway.clone()).await.unwrap();
        let state = world.store.begin_read().await.unwrap().rollup_state().await.unwrap();
        assert!(state.differing.contains("service-0 on 2026-"), "{state:?}");
        assert_eq!(reconcile::pass_rollups(world.slipway.clone()).await.unwrap(), 3);
        agrees(&world, &told).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_make_days_at_a_time() {
    on_each("two_processes_make_days_at_a_time", |world| async move {
        let mut told = services(&world, 4).await;
        let other = world.process("other", world.store.clone(), world.forge.clone());
        let mut random = Random(11);
        for _ in 0..8 {
            let (first, second) = tokio::join!(
                async {
                    news(&world, &mut told, &mut random, 15).await;
                    reconcile::pass_rollups(world.slipway.clone()).await
                },
                reconcile::pass_rollups(other.clone()),
            );
            first.unwrap();
            second.unwrap();
        }
        while reconcile::pass_rollups(other.clone()).await.unwrap() > 0 {}
        assert_eq!(world.store.begin_read().await.unwrap().dirty_services(10).await.unwrap(), []);
        agrees(&world, &told).await;
    })
    .await;
}
