//! What the log adds up to, by local day, kept in the database so that pages need not read the log.
//!
//! A service is marked with every event that is new (`ports::store::rollups`). The worker makes all its days anew with the engine and
//! replaces those that differ: which days an event touches is found by comparing, never guessed. A late commit can change a kind years
//! later, and a verdict is about a deployment of any age. The days of the team and the organisation are changed by the difference in the
//! same transaction.

mod change;
pub(crate) mod check;
pub(crate) mod make;
pub(super) mod read;

use super::{
    blame, judgements,
    log::{self, Member},
};
use crate::{
    Result, Slipway,
    errors::{internal, store},
};
use jiff::civil::date;
use slipway_domain::ids::{DeploymentId, ServiceId};
use slipway_dora::{Config, DEFINITION, rollup::Rollup};
use slipway_ports::{Tx, store::delivery::DeliveryEvent};
use std::collections::{BTreeMap, BTreeSet};

/// Grows when days, judgements or blame are kept in another form, or when the engine decides otherwise under the same definition.
const FORM: u32 = 3;

/// By what days are made: days of another recipe are of no use.
pub(super) fn recipe(zone: &str) -> String {
    format!("{DEFINITION} {zone} {FORM}")
}

/// Tallies depend on the zone and on events, not on the days asked about: any will do.
pub(super) fn question(zone: &str) -> Result<Config> {
    Config::new(zone, date(2000, 1, 1), date(2000, 1, 2)).map_err(|error| internal(&error))
}

/// A service's days as its events say; `None` when it was never deployed to production.
pub(super) fn of_events(question: &Config, member: &Member, events: Vec<DeliveryEvent>) -> Option<Rollup> {
    log::read(member, events).map(|input| Rollup::of(question, &input))
}

/// Those of some services of which the log says more than what is kept of them.
pub(super) async fn behind(slipway: &Slipway, tx: &mut dyn Tx, of: BTreeSet<ServiceId>) -> Result<Vec<ServiceId>> {
    let marks = tx.rollup_marks().await.map_err(store)?;
    if marks.recipe != recipe(zone(slipway)) {
        return Ok(of.into_iter().collect());
    }
    Ok(marks.dirty.into_iter().map(|dirty| dirty.service).filter(|service| of.contains(service)).collect())
}

/// What is kept of a service.
struct Made {
    /// The team that its days are counted for.
    owner: String,
    rollup: Rollup,
    /// What was decided of its deployments, as it is stored.
    judged: BTreeMap<DeploymentId, String>,
    /// What its incidents are blamed on, as it is stored.
    blame: BTreeMap<String, String>,
}

/// As [`of_events`], with everything that is kept.
fn made(question: &Config, member: &Member, events: Vec<DeliveryEvent>) -> Option<Made> {
    let (input, each) = log::read_both(member, events)?;
    let judged = judgements::to_keep(question, &input);
    let blame = blame::to_keep(question, each.as_ref().unwrap_or(&input));
    Some(Made { owner: member.owner.clone(), rollup: Rollup::of(question, &input), judged, blame })
}

/// The first and the day after the last that can be asked for.
const ALL_DAYS: (i32, i32) = (i32::MIN, i32::MAX);

fn zone(slipway: &Slipway) -> &str {
    &slipway.settings.zone
}
