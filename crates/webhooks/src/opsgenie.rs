//! Opsgenie alert actions. Fields from docs.opsgenie.com, "alert action data". No signature: a header of our own.

use slipway_dora::Incident;

use crate::fields::At;
use crate::text::title;
use crate::{Delivery, Fact, IncidentTold, Invalid, Request, Subject, Told, body};

pub(crate) fn read(request: &Request<'_>) -> Result<Delivery, Invalid> {
    let value = body::json(request)?;
    let root = At::root(&value);
    let action = root.get("action").text()?;
    let alert = root.get("alert");
    let id = alert.get("alertId").text()?;
    // Milliseconds here, nanoseconds there.
    let created = alert.get("createdAt").instant()?;
    let at = alert.get("updatedAt").maybe_instant()?.unwrap_or(created);
    let stamp = alert.get("updatedAt").maybe_id().unwrap_or_default();
    let known = matches!(action, "Create" | "Close" | "Delete");
    let key = format!("opsgenie:{id}");
    let record = Incident {
        resolved_at: (action == "Close").then_some(at),
        updated_at: Some(at),
        retracted: action == "Delete",
        ..Incident::new(key.as_str(), created)
    };
    let service = alert.get("entity").maybe_text().or_else(|| alert.get("alias").maybe_text());
    let subject = Subject { service: service.map(str::to_owned), ..Subject::default() };
    let fact = Fact::Incident(IncidentTold { incident: record, title: title([alert.get("message")]) });
    let told = Told { key, at, subject, fact, lookups: Vec::new() };
    Ok(Delivery {
        key: format!("{id}/{action}/{stamp}"),
        event: format!("alert.{action}"),
        told: if known { vec![told] } else { Vec::new() },
    })
}
