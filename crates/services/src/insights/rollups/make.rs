//! Makes the days of marked services anew. Safe to kill and to double: what is written follows from a snapshot of the log alone, in one
//! transaction that holds the lease, and takes a mark off only if the snapshot saw it as it is.

use super::{Member, change, made, question, recipe, zone};
use crate::{
    Result, Slipway,
    errors::{internal, store},
    insights::blocking,
    reconcile::{LEASE, acquire, overtaken, release},
};
use slipway_domain::{ids::ServiceId, time::SECOND};
use slipway_ports::{Tx, store::leases::Lease, store::rollups::DirtyService};
use std::{collections::HashMap, time::Duration};

/// One process makes days at a time.
pub(super) const NAME: &str = "rollups";
/// Services of one transaction, as long as making them takes no longer than [`A_TURN`]: whoever is urgent waits for those that have their turn.
const AT_ONCE: u32 = 8;
/// Milliseconds.
const A_TURN: i64 = 250;
/// Milliseconds between two times that pages are told: each has all who look ask again.
const A_PAUSE: i64 = SECOND;

/// Makes days until no service is marked any more. Gives how many services it made.
pub(crate) async fn pass(slipway: &Slipway) -> Result<u64> {
    // Nearly always there is nothing to do, and then nothing is written.
    {
        let mut tx = slipway.read().await?;
        let current = tx.rollup_state().await.map_err(store)?.recipe == recipe(zone(slipway));
        if !current && slipway.insights.renewed() {
            // A process that was started later makes them by a recipe of its own; pages of this one read the log.
            return Ok(0);
        }
        if current && tx.dirty_services(1).await.map_err(store)?.is_empty() {
            return Ok(0);
        }
    }
    let Some(lease) = acquire(slipway, NAME).await? else { return Ok(0) };
    let made = all(slipway, &lease).await;
    release(slipway, &lease).await?;
    made
}

async fn all(slipway: &Slipway, lease: &Lease) -> Result<u64> {
    if !renew_recipe(slipway, lease).await? {
        return Ok(0);
    }
    let (mut made, mut told, mut told_at) = (0, 0, slipway.clock.now());
    let mut began = told_at;
    while let Some(Turn { services: services @ 1.., urgent }) = some(slipway, lease).await? {
        made += services;
        let now = slipway.clock.now();
        // A person looks at what comes of their word.
        if urgent || now.since(told_at) >= A_PAUSE {
            announce(slipway).await?;
            (told, told_at) = (made, now);
        }
        if slipway.wake.stopping.is_cancelled() {
            break;
        }
        // As long again: where events come faster than days are made, half of the time is for those who bring them and for pages.
        if !urgent {
            tokio::time::sleep(Duration::from_millis(now.since(began).unsigned_abs().min(A_PAUSE.unsigned_abs())))
                .await;
        }
        began = slipway.clock.now();
    }
    if told < made {
        announce(slipway).await?;
    }
    Ok(made)
}

/// What one transaction made.
struct Turn {
    services: u64,
    /// Whether somebody waited for it.
    urgent: bool,
}

/// Panels beside something else show what is kept, and ask again. Said once for many transactions that made days.
async fn announce(slipway: &Slipway) -> Result<()> {
    let mut tx = slipway.write().await?;
    let now = slipway.clock.now();
    tx.publish("delivery", NAME, now.as_millis(), now).await.map_err(store)?;
    tx.commit().await.map_err(store)
}

/// Begins a transaction that holds the lease; `None` when another process took it.
pub(super) async fn held(slipway: &Slipway, lease: &Lease) -> Result<Option<Box<dyn Tx>>> {
    let mut tx = slipway.write().await?;
    match tx.hold_lease(lease, slipway.clock.now(), LEASE).await {
        Ok(()) => Ok(Some(tx)),
        Err(error) if overtaken(&error) => Ok(None),
        Err(error) => Err(store(error)),
    }
}

/// Forgets days of another recipe. False when the lease is lost.
async fn renew_recipe(slipway: &Slipway, lease: &Lease) -> Result<bool> {
    let Some(mut tx) = held(slipway, lease).await? else { return Ok(false) };
    let recipe = recipe(zone(slipway));
    let before = tx.rollup_state().await.map_err(store)?.recipe;
    if before != recipe {
        tracing::info!(recipe.before = %before, recipe.now = %recipe, "the days that metrics are read from are made anew");
        tx.reset_rollups(&recipe).await.map_err(store)?;
    }
    tx.commit().await.map_err(store)?;
    slipway.insights.set_renewed();
    Ok(true)
}

/// Makes the days of some marked services; `None` when the lease is lost.
async fn some(slipway: &Slipway, lease: &Lease) -> Result<Option<Turn>> {
    let (mut dirty, urgent, changes) = {
        let mut tx = slipway.read().await?;
        let mut dirty = tx.dirty_services(AT_ONCE).await.map_err(store)?;
        let Some(DirtyService { urgent, .. }) = dirty.first().copied() else {
            return Ok(Some(Turn { services: 0, urgent: false }));
        };
        // Whoever waits does not wait for what nobody waits for.
        dirty.retain(|dirty| dirty.urgent == urgent);
        let wanted = wanted(slipway, &mut *tx, &dirty).await?;
        dirty.truncate(wanted.len());
        (dirty, urgent, change::changes(&mut *tx, &wanted).await?)
    };
    let Some(mut tx) = held(slipway, lease).await? else { return Ok(None) };
    let now = slipway.clock.now();
    tx.put_rollup_days(&changes.days).await.map_err(store)?;
    for (service, known) in changes.services {
        match known {
            Some((owner, standing)) => {
                let standing = serde_json::to_value(standing).map_err(|error| internal(&error))?;
                tx.put_rollup_service(service, &owner, &standing, now).await.map_err(store)?;
            }
            None => tx.delete_rollup_service(service).await.map_err(store)?,
        }
    }
    for (service, judgements) in changes.judgements {
        tx.put_rollup_judgements(service, &judgements).await.map_err(store)?;
    }
    for (service, blame) in changes.blame {
        tx.put_rollup_blame(service, &blame).await.map_err(store)?;
    }
    // Last, and in the order in which whoever appends marks them: appenders of these services wait from here to the commit.
    dirty.sort_unstable_by_key(|dirty| dirty.service);
    for dirty in &dirty {
        tx.clean_service(*dirty).await.map_err(store)?;
    }
    tx.commit().await.map_err(store)?;
    Ok(Some(Turn { services: dirty.len() as u64, urgent }))
}

/// What the first of some marked services are to look like, as many as there is time for: one after another, so that the events of one
/// are in memory at a time.
async fn wanted(slipway: &Slipway, tx: &mut dyn Tx, dirty: &[DirtyService]) -> Result<Vec<change::Wanted>> {
    let ids: Vec<ServiceId> = dirty.iter().map(|dirty| dirty.service).collect();
    let services = tx.services_by_ids(&ids).await.map_err(store)?;
    let mut members: HashMap<ServiceId, Member> =
        services.into_iter().map(|service| (service.id, Member::from(service))).collect();
    let mut wanted = Vec::with_capacity(ids.len());
    let began = slipway.clock.now();
    for id in ids {
        if !wanted.is_empty() && slipway.clock.now().since(began) >= A_TURN {
            break;
        }
        let now = match members.remove(&id) {
            Some(member) => {
                let events = tx.delivery_events(Some(&[id])).await.map_err(store)?;
                let question = question(zone(slipway))?;
                blocking(move || made(&question, &member, events)).await?
            }
            None => None,
        };
        wanted.push((id, now));
    }
    Ok(wanted)
}
