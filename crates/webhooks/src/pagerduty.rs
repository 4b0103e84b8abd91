//! PagerDuty webhooks v3. Fields from `PagerDuty/developer-docs: docs/webhooks/`.

use slipway_dora::Incident;

use crate::fields::At;
use crate::signature::{any, header, signed};
use crate::text::title;
use crate::{Auth, Delivery, Fact, IncidentTold, Invalid, Refused, Request, Subject, Told, body};

const SIGNATURE: &str = "x-pagerduty-signature";

/// `v1=<hex HMAC-SHA256 of the body>`, several while a secret is replaced: any that fits will do.
pub(crate) fn verify(auth: &Auth, request: &Request<'_>) -> Result<(), Refused> {
    let given: Vec<Vec<u8>> = header(request, SIGNATURE)?
        .split(',')
        .filter_map(|part| hex::decode(part.trim().strip_prefix("v1=")?).ok())
        .collect();
    if given.is_empty() {
        return Err(Refused::Malformed(SIGNATURE.to_owned()));
    }
    any(auth, SIGNATURE, |secret| {
        let key = secret.expose().as_bytes();
        given.iter().fold(false, |known, this| known | signed(key, &[request.body], this))
    })
}

pub(crate) fn read(request: &Request<'_>) -> Result<Delivery, Invalid> {
    let value = body::json(request)?;
    let event = At::root(&value).get("event");
    let kind = event.get("event_type").text()?;
    // The same over all retries of a delivery.
    let key = request.header("x-webhook-id").map_or_else(|| event.get("id").id(), |id| Ok(id.to_owned()))?;
    let told = match kind {
        "incident.triggered" | "incident.resolved" | "incident.reopened" => Some(incident(&event, kind)?),
        _ => None,
    };
    Ok(Delivery { key, event: kind.to_owned(), told: told.into_iter().collect() })
}

fn incident(event: &At<'_>, kind: &str) -> Result<Told, Invalid> {
    let data = event.get("data");
    let at = event.get("occurred_at").instant()?;
    let key = format!("pagerduty:{}", data.get("id").text()?);
    let record = Incident {
        // Every event has `occurred_at`; only this one's is an end.
        resolved_at: (kind == "incident.resolved").then_some(at),
        updated_at: Some(at),
        reopened: kind == "incident.reopened",
        ..Incident::new(key.as_str(), data.get("created_at").instant()?)
    };
    let subject = Subject { service: data.at("service.id").maybe_text().map(str::to_owned), ..Subject::default() };
    let fact = Fact::Incident(IncidentTold { incident: record, title: title([data.get("title")]) });
    Ok(Told { key, at, subject, fact, lookups: Vec::new() })
}
