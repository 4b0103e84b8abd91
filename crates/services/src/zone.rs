//! Instants in somebody's calendar.

use jiff::{Zoned, civil::Date, tz::TimeZone};
use slipway_domain::time::Timestamp;

/// The zone of an IANA name that was checked where it came in; UTC for one that this machine does not know any more.
pub(crate) fn named(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// An instant on the clocks of a zone.
pub(crate) fn local(at: Timestamp, zone: &TimeZone) -> Zoned {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.to_zoned(zone.clone())
}

/// The local day that an instant falls on.
pub(crate) fn day(at: Timestamp, zone: &TimeZone) -> Date {
    local(at, zone).date()
}

/// `20 Nov 2026, 10:02 UTC`: an instant where only text can stand.
pub(crate) fn minute(at: Timestamp, zone: &TimeZone) -> String {
    local(at, zone).strftime("%-d %b %Y, %H:%M %Z").to_string()
}
