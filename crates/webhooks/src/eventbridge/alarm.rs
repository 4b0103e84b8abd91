//! CloudWatch alarms. An incident is one stay in ALARM: its key is the alarm and the instant it went there.

use slipway_dora::{Incident, Instant};

use super::Envelope;
use crate::{Fact, Invalid, Told};

pub(super) fn read(envelope: &Envelope<'_>) -> Result<Option<Told>, Invalid> {
    let detail = &envelope.detail;
    let value = detail.at("state.value").text()?;
    let at = detail.at("state.timestamp").instant()?;
    let before = detail.at("previousState.value").maybe_text();
    let (onset, end): (Instant, Option<Instant>) = match (value, before) {
        ("ALARM", _) => (at, None),
        ("OK", Some("ALARM")) => (detail.at("previousState.timestamp").instant()?, Some(at)),
        // Too little data says nothing either way.
        _ => return Ok(None),
    };
    let arn = envelope.arn()?;
    let key = format!("aws:alarm:{arn}:{}", onset.ms());
    let record = Incident { resolved_at: end, updated_at: Some(at), ..Incident::new(key.as_str(), onset) };
    let tag = detail.get("alarmTags").get_ignoring_case("service").maybe_text();
    let subject = envelope.subject(tag.map_or_else(|| detail.get("alarmName").text(), Ok)?);
    Ok(Some(Told { key, at, subject, fact: Fact::Incident(record), lookups: Vec::new() }))
}
