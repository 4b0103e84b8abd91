//! The days that metrics are read from: a server that dies while it makes them leaves nothing that is wrong, and goes on.

use serde_json::{Value, json};
use slipway_domain::{
    ids::ServiceId,
    time::{DAY, HOUR, Timestamp},
};
use slipway_dora::{
    Change, CommitGraphBuilder, Config, Deployment, Events, Incident, Instant, ServiceInput, Sources, Status, Tier,
    rollup::{Rollup, Tally},
};
use slipway_ports::{
    Store,
    store::{
        delivery::{DeliveryEvent, DeliveryKind},
        rollups::RollupScope,
        services::Service,
    },
};
use slipway_tests::{Database, Dice, Options, Server, wait};
use std::{path::Path, sync::Arc};
use tokio::time::timeout;

/// So many that the worker needs several transactions.
const SERVICES: usize = 150;
/// How often everything is told something new, and the server killed in the middle of it.
const ROUNDS: usize = 4;
/// Deployments of a service in each round.
const DEPLOYMENTS: usize = 12;
const TEAM: &str = "group:default/killed";

/// One service, and what was told of it, as the engine takes it.
struct Told {
    service: Service,
    events: Events,
    deployments: usize,
}

pub async fn killed_while_days_are_made(folder: &Path, database: &Database) {
    let options = Options { database, ..Options::empty(folder.join("data")) };
    let mut server = Server::start(&options).await;
    let store = database.open(&options.data).await;
    let mut dice = Dice::announced("killed while days are made");
    let mut told = services(&*store).await;
    let mut in_the_middle = 0;
    for _ in 0..ROUNDS {
        news(&*store, &mut told, &mut dice).await;
        let left = timeout(wait::PATIENCE, begun(&*store)).await.expect("the worker makes days");
        in_the_middle += usize::from(left > 0);
        server.kill();
        println!("killed it with {} of {SERVICES} services left", marked(&*store).await);
        // What was told meanwhile is in no day yet.
        news(&*store, &mut told[..5], &mut dice).await;
        server = Server::start(&options).await;
        wait::until("all days are made", || async { (marked(&*store).await == 0).then_some(()) }).await;
        agrees(&store, &told).await;
    }
    assert!(in_the_middle > 0, "it was never killed in the middle");
    assert!(server.stop(), "the server ends well when it is asked to");
}

async fn marked(store: &dyn Store) -> usize {
    let mut tx = store.begin_read().await.expect("the database can be read");
    tx.dirty_services(u32::MAX).await.expect("the database can be read").len()
}

/// How many services are left once the worker has begun. Looks all the time: it is soon done.
async fn begun(store: &dyn Store) -> usize {
    loop {
        let left = marked(store).await;
        if left < SERVICES {
            return left;
        }
        tokio::task::yield_now().await;
    }
}

async fn services(store: &dyn Store) -> Vec<Told> {
    let created_at = Timestamp::from_millis(store.now().await.expect("the database answers").as_millis() - 60 * DAY);
    let mut tx = store.begin_write().await.expect("the database can be written");
    let mut told = Vec::new();
    for number in 0..SERVICES {
        let name = format!("killed-{number:03}");
        let service = Service {
            id: ServiceId::from_uuid(uuid::Uuid::from_u128(number as u128 + 1)),
            entity: format!("component:default/{name}").parse().expect("a reference"),
            name,
            owner: TEAM.to_owned(),
            repository: None,
            created_at,
            demo: false,
        };
        tx.add_service(&service).await.expect("it is new");
        told.push(Told { service, events: Events::default(), deployments: 0 });
    }
    tx.commit().await.expect("the database can be written");
    told
}

/// Tells something new of each service, all in one transaction.
async fn news(store: &dyn Store, told: &mut [Told], dice: &mut Dice) {
    let mut events = Vec::new();
    for told in told {
        for _ in 0..DEPLOYMENTS {
            events.extend(told.deployment(dice));
        }
    }
    let mut tx = store.begin_write().await.expect("the database can be written");
    tx.add_delivery(&events).await.expect("events are appended");
    tx.commit().await.expect("the database can be written");
}

impl Told {
    /// A deployment of the last sixty days, with the commit it brings; one in eight breaks something.
    fn deployment(&mut self, dice: &mut Dice) -> Vec<DeliveryEvent> {
        let below = |dice: &mut Dice, bound: i64| i64::try_from(dice.throw() >> 1).unwrap_or(0) % bound;
        let number = self.deployments;
        self.deployments += 1;
        let finished = Instant::from_ms(self.service.created_at.as_millis() + below(dice, 59 * 24) * HOUR);
        let sha = |number: usize| format!("{}-{number}", self.service.name);
        let parents: Vec<String> = number.checked_sub(1).map(sha).into_iter().collect();
        let written = finished.plus_seconds(-600 - below(dice, 90_000));
        let change = Change::new(sha(number), sha(number), written);
        let deployment = Deployment {
            tier: Some(Tier::Production),
            ..Deployment::new(format!("d-{}", sha(number)), sha(number), finished, Status::Success)
        };
        let mut told = vec![
            self.event(DeliveryKind::Commit, written, &sha(number), json!({"sha": sha(number), "parents": parents})),
            self.event(DeliveryKind::Change, written, &sha(number), json(&change)),
            self.event(DeliveryKind::Deployment, finished, &sha(number), json(&deployment)),
        ];
        if below(dice, 8) == 0 {
            let detected = finished.plus_seconds(300);
            let incident = Incident {
                resolved_at: Some(detected.plus_seconds(60 + below(dice, 40_000))),
                updated_at: Some(detected),
                ..Incident::new(format!("i-{}", sha(number)), detected)
            };
            told.push(self.event(DeliveryKind::Incident, detected, &sha(number), json(&incident)));
            self.events.incidents.push(incident);
        }
        self.events.changes.push(change);
        self.events.deployments.push(deployment);
        told
    }

    fn event(&self, kind: DeliveryKind, at: Instant, key: &str, payload: Value) -> DeliveryEvent {
        DeliveryEvent {
            service: self.service.id,
            kind,
            at: Timestamp::from_millis(at.ms()),
            source: "test".to_owned(),
            key: format!("{}:{key}", kind.as_str()),
            payload,
        }
    }

    /// What the engine says of the same events.
    fn rollup(&self, question: &Config) -> Rollup {
        let mut events = self.events.clone();
        let mut history = CommitGraphBuilder::default();
        let sha = |number: usize| format!("{}-{number}", self.service.name);
        for number in 0..self.deployments {
            let parent = number.checked_sub(1).map(sha);
            history.add(&sha(number), parent.as_deref());
        }
        events.history = Arc::new(history.build().expect("parents come first"));
        events.sources = Sources { deployments: true, incidents: !events.incidents.is_empty() };
        let first = events.deployments.iter().filter_map(|deployment| deployment.finished_at).min();
        let created = Instant::from_ms(self.service.created_at.as_millis());
        let mut input = ServiceInput::new(self.service.name.as_str(), events);
        input.observed_since = first.map(|first| first.min(created));
        Rollup::of(question, &input)
    }
}

fn json(told: &impl serde::Serialize) -> Value {
    serde_json::to_value(told).expect("events are JSON")
}

/// Every day of every service, of their team and of the organisation is the engine's, to the byte.
async fn agrees(store: &Arc<dyn Store>, told: &[Told]) {
    let day = jiff::civil::date(2026, 1, 1);
    let question = Config::new("UTC", day, day.tomorrow().expect("there is one")).expect("a window");
    let rollups: Vec<Rollup> = told.iter().map(|told| told.rollup(&question)).collect();
    for (told, rollup) in told.iter().zip(&rollups) {
        assert_eq!(kept(store, &RollupScope::Service(told.service.id)).await, days(rollup), "{}", told.service.name);
    }
    let pooled = days(&Rollup::pooled(&rollups));
    assert_eq!(kept(store, &RollupScope::Team(TEAM.to_owned())).await, pooled, "the team");
    assert_eq!(kept(store, &RollupScope::Organisation).await, pooled, "the organisation");
}

fn days(rollup: &Rollup) -> Vec<(i32, Vec<u8>)> {
    let some = |(_, tally): &(i32, &Tally)| !tally.is_empty();
    rollup.days().filter(some).map(|(day, tally)| (day, tally.to_bytes())).collect()
}

async fn kept(store: &Arc<dyn Store>, scope: &RollupScope) -> Vec<(i32, Vec<u8>)> {
    let mut tx = store.begin_read().await.expect("the database can be read");
    tx.rollup_days(scope, i32::MIN, i32::MAX).await.expect("the database can be read")
}
