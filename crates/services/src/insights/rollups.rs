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

use super::log::{self, Member};
use crate::{Result, Slipway, errors::internal};
use jiff::civil::date;
use slipway_dora::{Config, DEFINITION, rollup::Rollup};
use slipway_ports::store::delivery::DeliveryEvent;

/// Grows when days are kept in another form, or when the engine decides otherwise under the same definition.
const FORM: u32 = 1;

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

/// The first and the day after the last that can be asked for.
const ALL_DAYS: (i32, i32) = (i32::MIN, i32::MAX);

fn zone(slipway: &Slipway) -> &str {
    &slipway.settings.zone
}
