//! Looks at every placement now and then: what the runtime says, and what the service itself answers.

use super::{LEASE, acquire, overtaken, release};
use crate::{Result, Slipway, errors::store};
use futures::stream::{self, StreamExt as _};
use slipway_domain::{
    deployment::Placement,
    health::{Evidence, Health, HealthState},
    ids::ServiceId,
    runtime::{Observed, Rollout, Target},
    time::SECOND,
};
use std::{collections::HashMap, sync::Arc};

/// How often a placement is looked at, milliseconds. Well below the age at which a state counts as stale.
const PERIOD: i64 = 30 * SECOND;
/// How many are looked at together, and written in one transaction: few enough that the lease outlasts slow answers.
const BATCH: u32 = 24;
/// How many runtimes' and services' answers are waited for at a time.
const AT_ONCE: usize = 16;

/// One look at everything that is due.
pub(super) async fn pass(slipway: Arc<Slipway>) -> Result<u64> {
    let mut count = 0;
    loop {
        let seen = batch(&slipway).await?;
        count += seen;
        if seen < u64::from(BATCH) {
            return Ok(count);
        }
    }
}

async fn batch(slipway: &Arc<Slipway>) -> Result<u64> {
    let now = slipway.clock.now();
    let (due, names) = {
        let mut tx = slipway.read().await?;
        let due = tx.placements_due(now, BATCH).await.map_err(store)?;
        let ids: Vec<ServiceId> = due.iter().map(|p| p.service).collect();
        let services = tx.services_by_ids(&ids).await.map_err(store)?;
        (due, services.into_iter().map(|s| (s.id, s.name)).collect::<HashMap<_, _>>())
    };
    if due.is_empty() {
        return Ok(0);
    }
    let Some(lease) = acquire(slipway, "observer").await? else { return Ok(0) };
    let looks = due.into_iter().filter_map(|placement| {
        let name = names.get(&placement.service)?.clone();
        Some(look(slipway.clone(), placement, name))
    });
    let seen: Vec<Seen> = stream::iter(looks).buffer_unordered(AT_ONCE).collect().await;
    let count = seen.len() as u64;
    write(slipway, &lease, seen).await?;
    release(slipway, &lease).await?;
    Ok(count)
}

/// What one look saw.
struct Seen {
    placement: Placement,
    observed: Option<Observed>,
    health: Health,
}

async fn look(slipway: Arc<Slipway>, placement: Placement, service: String) -> Seen {
    let target = Target { service, environment: placement.environment.clone() };
    let Some(runtime) = slipway.runtimes.get(&placement.runtime) else {
        let message = format!("the runtime `{}` is not configured any more", placement.runtime);
        let evidence = evidence(&slipway, "Slipway's configuration", message, HealthState::Unknown);
        return Seen { placement, observed: None, health: Health::from_evidence(vec![evidence]) };
    };
    let source = format!("{} {}", runtime.kind().title(), placement.runtime);
    let observed = match runtime.observe(&target, None).await {
        Ok(observed) => observed,
        Err(error) => {
            let evidence = evidence(&slipway, &source, error.to_string(), HealthState::Unknown);
            return Seen { placement, observed: None, health: Health::from_evidence(vec![evidence]) };
        }
    };
    if placement.current.is_none() && !observed.exists {
        // Nothing was ever deployed here: nothing to be healthy or ill.
        return Seen { placement, observed: Some(observed), health: Health::default() };
    }
    let mut found = vec![judge(&slipway, &source, &observed)];
    if let Some(url) = observed.url.as_deref().filter(|_| observed.exists) {
        let path = &placement.workload.health_path;
        let answer = slipway.prober.get(&format!("{url}{path}")).await;
        let state = if answer.ok { HealthState::Healthy } else { HealthState::Failing };
        found.push(Evidence { source: format!("HTTP GET {path}"), message: answer.message, state, at: answer.at });
    }
    Seen { placement, observed: Some(observed), health: Health::from_evidence(found) }
}

fn evidence(slipway: &Slipway, source: &str, message: String, state: HealthState) -> Evidence {
    Evidence { source: source.to_owned(), message, state, at: slipway.clock.now() }
}

/// What the runtime's own word means.
fn judge(slipway: &Slipway, source: &str, observed: &Observed) -> Evidence {
    let running = format!("{} of {} instances ready", observed.ready, observed.desired);
    let (state, message) = match (&observed.rollout, observed.exists) {
        (_, false) => (HealthState::Failing, "it is not there".to_owned()),
        _ if observed.ready == 0 && observed.desired > 0 => (HealthState::Failing, running),
        (Rollout::Failed { cause } | Rollout::RollingBack { cause }, _) => {
            (HealthState::Degraded, format!("{running}; the last roll-out failed: {}", cause.message))
        }
        _ if observed.ready < observed.desired => (HealthState::Degraded, running),
        _ => (HealthState::Healthy, running),
    };
    evidence(slipway, source, message, state)
}

async fn write(slipway: &Slipway, lease: &slipway_ports::store::leases::Lease, seen: Vec<Seen>) -> Result<()> {
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    tx.hold_lease(lease, now, LEASE).await.map_err(store)?;
    let mut written = 0;
    for seen in seen {
        // Read again: a deployment may have ended meanwhile, and what it wrote must stand.
        let Some(mut placement) = tx.placement(seen.placement.id).await.map_err(store)? else { continue };
        placement.observed = seen.observed.or(placement.observed);
        placement.health = seen.health;
        placement.observe_at = now.plus(PERIOD);
        match tx.set_placement(&placement).await {
            Ok(()) => written += 1,
            Err(error) if overtaken(&error) => {}
            Err(error) => return Err(store(error)),
        }
    }
    if written > 0 {
        // One entry for the whole look: pages ask anew once, not once a placement.
        tx.publish("placement", "*", now.as_millis(), now).await.map_err(store)?;
    }
    tx.commit().await.map_err(store)
}
