//! Incidents: work items of that type, and issues with the label.

use slipway_dora::Incident;

use super::{labelled, project, subject};
use crate::fields::At;
use crate::text::{root_cause, title};
use crate::{Fact, IncidentTold, Invalid, Options, Told};

pub(super) fn read(options: &Options, root: &At<'_>) -> Result<Option<Told>, Invalid> {
    let item = root.get("object_attributes");
    let is_label = |label: &str| options.is_incident_label(label);
    let is_incident = item.get("type").maybe_text() == Some("Incident") || labelled(root, is_label);
    let had = root.at("changes.labels.previous").items().any(|l| l.get("title").maybe_text().is_some_and(is_label));
    if !is_incident && !had {
        return Ok(None);
    }
    let key = format!("gitlab:issue:{}:{}", project(root)?, item.get("iid").whole()?);
    let at = item.get("updated_at").instant()?;
    let action = item.get("action").maybe_text();
    let closed = item.get("state").maybe_text() == Some("closed") || action == Some("close");
    let record = Incident {
        resolved_at: if closed { item.get("closed_at").maybe_instant()?.or(Some(at)) } else { None },
        root_cause_sha: item.get("description").maybe_text().and_then(root_cause).map(Into::into),
        updated_at: Some(at),
        reopened: action == Some("reopen"),
        retracted: !is_incident,
        ..Incident::new(key.as_str(), item.get("created_at").instant()?)
    };
    let fact = Fact::Incident(IncidentTold { incident: record, title: title([item.get("title")]) });
    Ok(Some(Told { key, at, subject: subject(root, None), fact, lookups: Vec::new() }))
}
