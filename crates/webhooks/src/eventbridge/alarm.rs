//! CloudWatch alarms. An incident is one stay in ALARM: its key is the alarm and the instant it went there.

use slipway_dora::{Incident, Instant};

use super::Envelope;
use crate::text::title;
use crate::{Fact, IncidentTold, Invalid, Told};

pub(super) fn read(envelope: &Envelope<'_>) -> Result<Option<Told>, Invalid> {
    let detail = &envelope.detail;
    let value = detail.at("state.value").text()?;
    let at = detail.at("state.timestamp").instant()?;
    let before = detail.at("previousState.value").maybe_text();
    let arn = envelope.arn()?;
    let tag = detail.get("alarmTags").get_ignoring_case("service").maybe_text();
    let subject = envelope.subject(tag.map_or_else(|| detail.get("alarmName").text(), Ok)?);
    let (onset, end): (Instant, Option<Instant>) = match (value, before) {
        ("ALARM", _) => (at, None),
        ("OK", Some("ALARM")) => (detail.at("previousState.timestamp").instant()?, Some(at)),
        // It was in ALARM before it had too little data, or it was not: then there is nothing to end.
        ("OK", _) => {
            let key = format!("aws:alarm:{arn}:");
            return Ok(Some(Told { key, at, subject, fact: Fact::Resolved, lookups: Vec::new() }));
        }
        // Too little data says nothing either way.
        _ => return Ok(None),
    };
    let key = format!("aws:alarm:{arn}:{}", onset.ms());
    let record = Incident { resolved_at: end, updated_at: Some(at), ..Incident::new(key.as_str(), onset) };
    let title = title([detail.at("configuration.description"), detail.get("alarmName")]);
    let fact = Fact::Incident(IncidentTold { incident: record, title });
    Ok(Some(Told { key, at, subject, fact, lookups: Vec::new() }))
}
