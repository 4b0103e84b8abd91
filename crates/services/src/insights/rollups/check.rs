//! The nightly self-check: some days chosen at random are made anew and compared with what is kept.

use super::{ALL_DAYS, Member, change, make, of_events, question, recipe, zone};
use crate::{
    Result, Slipway,
    errors::store,
    insights::blocking,
    reconcile::{acquire, release},
    zone as zones,
};
use slipway_domain::ids::ServiceId;
use slipway_dora::rollup::{Tally, day_of_number};
use slipway_ports::{
    Tx,
    store::{
        leases::Lease,
        rollups::{RollupScope, RollupService, RollupState},
    },
};
use std::collections::{BTreeMap, HashSet};

/// Services whose days are all compared with the log, each night.
const SERVICES: usize = 20;
/// Days of the organisation that are compared with the services' own, each night.
const DAYS: usize = 20;
/// Differences that are named.
const NAMED: usize = 10;

/// Checks once a local day. Gives how many days it compared.
pub(crate) async fn pass(slipway: &Slipway) -> Result<u64> {
    let zone_of = zones::named(zone(slipway));
    let today = |at| zones::day(at, &zone_of);
    let state = slipway.read().await?.rollup_state().await.map_err(store)?;
    let done = state.checked_at.is_some_and(|at| today(at) >= today(slipway.clock.now()));
    if done || state.recipe != recipe(zone(slipway)) {
        return Ok(0);
    }
    // Nobody makes days meanwhile.
    let Some(lease) = acquire(slipway, make::NAME).await? else { return Ok(0) };
    let checked = check(slipway, &lease).await;
    release(slipway, &lease).await?;
    checked
}

async fn check(slipway: &Slipway, lease: &Lease) -> Result<u64> {
    let (checked, differing) = {
        let mut tx = slipway.read().await?;
        compare(slipway, &mut *tx).await?
    };
    let Some(mut tx) = make::held(slipway, lease).await? else { return Ok(0) };
    let recipe = recipe(zone(slipway));
    let named = differing.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
    if !differing.is_empty() {
        tracing::error!(
            rollups.differing = differing.len(),
            rollups.checked = checked,
            "days that metrics are read from are not what the event log says, and all are made anew: {named}"
        );
        tx.reset_rollups(&recipe).await.map_err(store)?;
    }
    let count = i64::try_from(checked).unwrap_or(i64::MAX);
    let state = RollupState { recipe, checked_at: Some(slipway.clock.now()), checked: count, differing: named };
    tx.set_rollup_check(&state).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(checked)
}

/// How many days were compared, and those that differ in words.
async fn compare(slipway: &Slipway, tx: &mut dyn Tx) -> Result<(u64, Vec<String>)> {
    // What is marked is known to be behind.
    let dirty = tx.dirty_services(u32::MAX).await.map_err(store)?;
    let dirty: HashSet<ServiceId> = dirty.into_iter().map(|dirty| dirty.service).collect();
    let known = tx.rollup_services(None).await.map_err(store)?;
    let (mut checked, mut differing) = (0, Vec::new());
    let mut clean: Vec<&RollupService> = known.iter().filter(|known| !dirty.contains(&known.service)).collect();
    for _ in 0..SERVICES.min(clean.len()) {
        let service = clean.swap_remove(chosen(slipway, clean.len())).service;
        let Some(found) = tx.service(service).await.map_err(store)? else { continue };
        let events = tx.delivery_events(Some(&[service])).await.map_err(store)?;
        let (question, member) = (question(zone(slipway))?, Member::from(found));
        let name = member.name.clone();
        let rollup = blocking(move || of_events(&question, &member, events)).await?.unwrap_or_default();
        let kept = tx.rollup_days(&RollupScope::Service(service), ALL_DAYS.0, ALL_DAYS.1).await.map_err(store)?;
        let mut kept = kept.into_iter().collect::<BTreeMap<_, _>>();
        checked += kept.len() as u64;
        for (day, tally) in rollup.days().filter(|(_, tally)| !tally.is_empty()) {
            if kept.remove(&day) != Some(tally.to_bytes()) {
                differing.push(format!("{name} on {}", day_of_number(day)));
            }
        }
        differing.extend(kept.keys().map(|day| format!("{name} on {}", day_of_number(*day))));
    }
    let mut days = tx.rollup_days(&RollupScope::Organisation, ALL_DAYS.0, ALL_DAYS.1).await.map_err(store)?;
    let services: Vec<ServiceId> = known.iter().map(|known| known.service).collect();
    for _ in 0..DAYS.min(days.len()) {
        let (day, kept) = days.swap_remove(chosen(slipway, days.len()));
        let mut sum = Tally::default();
        for (_, _, body) in tx.rollup_days_of(&services, day, day.saturating_add(1)).await.map_err(store)? {
            sum.add(&change::tally(&body)?);
        }
        checked += 1;
        if kept != sum.to_bytes() {
            differing.push(format!("the organisation on {}", day_of_number(day)));
        }
    }
    Ok((checked, differing))
}

/// One of `among`, at random.
fn chosen(slipway: &Slipway, among: usize) -> usize {
    let random = slipway.entropy.secret().iter().take(7).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    usize::try_from(random % among.max(1) as u64).unwrap_or(0)
}
