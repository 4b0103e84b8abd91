//! Deliveries as they might have been: each deployment brings one commit, which is a change; one in fifty breaks something.

use anyhow::Result;
use serde_json::json;
use slipway_domain::{ids::ServiceId, time::Timestamp};
use slipway_ports::{
    Store,
    store::{
        delivery::{DeliveryEvent, DeliveryKind},
        rollups::DirtyService,
        services::Service,
    },
};
use uuid::Uuid;

/// Two years, milliseconds.
const SPAN: i64 = 730 * 86_400_000;
const MINUTE: i64 = 60_000;
/// Services of one team.
const A_TEAM: usize = 25;

/// The name of a service.
pub fn name(number: usize) -> String {
    format!("load-{number:05}")
}

pub struct Fill {
    services: usize,
    each: usize,
    now: i64,
    /// Statements that were made besides the history.
    later: usize,
    random: u64,
}

impl Fill {
    /// So many services with so many deployments each, up to `now`.
    pub fn new(services: usize, each: usize, now: Timestamp) -> Self {
        Self { services, each, now: now.as_millis(), later: 0, random: 1 }
    }

    fn below(&mut self, bound: i64) -> i64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.random >> 33).unwrap_or(0) % bound
    }

    /// Makes the services and their histories; gives how many events they are.
    pub async fn everything(&mut self, store: &dyn Store) -> Result<usize> {
        let mut count = 0;
        for number in 0..self.services {
            let mut tx = store.begin_write().await?;
            tx.add_service(&Service {
                id: id(number),
                name: name(number),
                entity: format!("component:default/{}", name(number)).parse()?,
                owner: format!("group:default/team-{}", number / A_TEAM),
                repository: None,
                created_at: Timestamp::from_millis(self.now - SPAN),
                demo: false,
            })
            .await?;
            let events: Vec<DeliveryEvent> = (0..self.each).flat_map(|at| self.deployment(number, at)).collect();
            count += events.len();
            tx.add_delivery(&events).await?;
            tx.commit().await?;
        }
        Ok(count)
    }

    /// A deployment with what it brings.
    fn deployment(&mut self, service: usize, at: usize) -> Vec<DeliveryEvent> {
        let step = SPAN / i64::try_from(self.each).unwrap_or(1);
        let finished = self.now - SPAN + step * i64::try_from(at).unwrap_or(0) + self.below(step);
        let first = finished - 30 * MINUTE - self.below(3 * 24 * 60) * MINUTE;
        let sha = |number: usize| format!("{service:010x}{number:030x}");
        let parents: Vec<String> = at.checked_sub(1).map(sha).into_iter().collect();
        let (revision, deployment) = (sha(at), format!("{}-{at}", name(service)));
        let mut told = vec![
            event(
                service,
                DeliveryKind::Commit,
                first,
                &format!("commit:{revision}"),
                json!({"sha": revision, "parents": parents}),
            ),
            event(
                service,
                DeliveryKind::Change,
                first,
                &format!("change:{revision}"),
                json!({"id": revision, "landed": revision, "first_commit_at": text(first), "kind": "commit"}),
            ),
            event(
                service,
                DeliveryKind::Deployment,
                finished,
                &format!("deployment:{deployment}"),
                json!({
                    "id": deployment, "revision": revision, "environment": "production", "tier": "production",
                    "started_at": text(finished - 5 * MINUTE), "finished_at": text(finished), "status": "success",
                }),
            ),
        ];
        if self.below(50) == 0 {
            let (detected, resolved) = (finished + 10 * MINUTE, finished + self.below(600) * MINUTE + 11 * MINUTE);
            let incident = format!("incident:{deployment}");
            let payload = json!({"id": incident, "detected_at": text(detected), "resolved_at": text(resolved)});
            told.push(event(service, DeliveryKind::Incident, detected, &incident, payload));
        }
        told
    }

    /// A person's word on a deployment of a year ago.
    pub async fn correct(&mut self, store: &dyn Store) -> Result<()> {
        self.later += 1;
        let deployment = format!("{}-{}", name(0), self.each / 2);
        let key = format!("verdict:{}", self.later);
        let verdict = event(
            0,
            DeliveryKind::Verdict,
            self.now,
            &key,
            json!({"deployment": deployment, "failed": self.later % 2 == 1}),
        );
        let mut tx = store.begin_write().await?;
        tx.add_delivery(&[verdict]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The name of a service that is not the one that is corrected, and a number that was not given yet.
    pub fn next(&mut self) -> (String, usize) {
        self.later += 1;
        let others = i64::try_from(self.services - 1).unwrap_or(1);
        (name(usize::try_from(self.below(others)).unwrap_or(0) + 1), self.later)
    }

    /// What one delivery of a source may bring: a deployment with its commit, of any service but the one that is corrected.
    pub fn more(&mut self) -> Vec<DeliveryEvent> {
        self.later += 1;
        let others = i64::try_from(self.services - 1).unwrap_or(1);
        let service = usize::try_from(self.below(others)).unwrap_or(0) + 1;
        self.deployment(service, self.each + self.later)
    }
}

/// Appends them, as one delivery; gives how many were new.
pub async fn append(store: &dyn Store, events: &[DeliveryEvent]) -> Result<u64> {
    let mut tx = store.begin_write().await?;
    let added = tx.add_delivery(events).await?;
    tx.commit().await?;
    Ok(added)
}

/// Whether it is the service that a person's word is about.
pub fn is_corrected(dirty: &DirtyService) -> bool {
    dirty.service == id(0)
}

fn id(number: usize) -> ServiceId {
    ServiceId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number as u128))
}

fn text(millis: i64) -> String {
    Timestamp::from_millis(millis).to_rfc3339()
}

fn event(service: usize, kind: DeliveryKind, at: i64, key: &str, payload: serde_json::Value) -> DeliveryEvent {
    DeliveryEvent {
        service: id(service),
        kind,
        at: Timestamp::from_millis(at),
        source: "load".to_owned(),
        key: key.to_owned(),
        payload,
    }
}
