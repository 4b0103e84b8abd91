//! Our own form, for everything that has no module here: one event, a list of them, or `{"events": […]}`.
//!
//! ```json
//! {"event": "deployment", "id": "42", "service": "checkout", "repository": "acme/checkout", "environment": "production",
//!  "revision": "<sha>", "version": "sha256:…", "started_at": "2025-01-07T09:50Z", "finished_at": "2025-01-07T10:00Z",
//!  "status": "success", "group": "run-7", "rollback": false, "hotfix": false, "remediates": []}
//! {"event": "change", "id": "pr-7", "repository": "acme/checkout", "landed": "<sha>", "first_commit_at": "…",
//!  "opened_at": "…", "merged_at": "…", "commits": ["…"], "kind": "pr", "hotfix": false}
//! {"event": "incident", "id": "INC-9", "service": "checkout", "detected_at": "…", "resolved_at": null, "cause": "unknown",
//!  "links": ["42"], "root_cause_sha": "<sha>", "title": "Checkout is down"}
//! {"event": "verdict", "deployment": "42", "failed": true}
//! ```
//!
//! The fields are those that `slipway dora compute` reads, and `at` for when it was said. Signed with
//! `X-Slipway-Signature-256: sha256=<hex HMAC-SHA256 of the body>`, or a bearer token. `Idempotency-Key` names a delivery.

use serde::de::DeserializeOwned;
use slipway_dora::{Change, Deployment, Incident, Instant};

use crate::fields::At;
use crate::signature::{digest, hex_of_body, token};
use crate::text::title;
use crate::{Auth, ChangeTold, Delivery, Fact, IncidentTold, Invalid, Refused, Request, Subject, Told, body};

const SIGNATURE: &str = "x-slipway-signature-256";

pub(crate) fn verify(auth: &Auth, request: &Request<'_>) -> Result<(), Refused> {
    let name = auth.signature_header.as_deref().unwrap_or(SIGNATURE);
    if auth.signature_header.is_some() || request.header(name).is_some() {
        return hex_of_body(auth, request, name, "sha256=");
    }
    token(auth, request)
}

pub(crate) fn read(request: &Request<'_>) -> Result<Delivery, Invalid> {
    let value = body::json(request)?;
    let root = At::root(&value);
    let events: Vec<At<'_>> = match () {
        () if value.is_array() => root.items().collect(),
        () if root.get("events").value().is_array() => root.get("events").items().collect(),
        () => vec![root],
    };
    let told: Result<Vec<Told>, Invalid> = events.iter().map(told).collect();
    let told = told?;
    let event = match events.as_slice() {
        [only] => only.get("event").text()?.to_owned(),
        several => format!("{} events", several.len()),
    };
    let key = request.header("idempotency-key").map_or_else(|| digest(request.body), str::to_owned);
    Ok(Delivery { key, event, told })
}

fn told(event: &At<'_>) -> Result<Told, Invalid> {
    let kind = event.get("event");
    let said = event.get("at").maybe_instant()?;
    let (name, at, fact) = match kind.text()? {
        "deployment" => {
            let record: Deployment = record(event)?;
            let ended = record.finished_at.or(record.started_at).or(said);
            let at = ended.ok_or_else(|| event.get("finished_at").wrong("missing; an instant is needed"))?;
            (record.id.to_string(), at, Fact::Deployment(record))
        }
        "change" => {
            let change: Change = record(event)?;
            let at = change.merged_at.or(said).unwrap_or(change.first_commit_at);
            let (hotfix, branch) = (event.get("hotfix").is_true(), event.get("branch").maybe_text().map(str::to_owned));
            (change.id.to_string(), at, Fact::Change(ChangeTold { change, hotfix, branch, commits: Vec::new() }))
        }
        "incident" => {
            let mut incident: Incident = record(event)?;
            let at = said.or(incident.updated_at).or(incident.resolved_at).unwrap_or(incident.detected_at);
            incident.updated_at = Some(at);
            let title = title([event.get("title")]);
            (incident.id.to_string(), at, Fact::Incident(IncidentTold { incident, title }))
        }
        "verdict" => {
            let deployment = event.get("deployment").id()?;
            let failed = event.get("failed");
            let failed = failed.value().as_bool().ok_or_else(|| failed.wrong("is neither true nor false"))?;
            let at: Instant = said.ok_or_else(|| event.get("at").wrong("missing; an instant is needed"))?;
            (deployment.clone(), at, Fact::Verdict { deployment, failed })
        }
        other => return Err(kind.wrong(format!("\"{other}\" is not deployment, change, incident or verdict"))),
    };
    let text = |name: &str| event.get(name).maybe_text().map(str::to_owned);
    let subject = Subject {
        repository: text("repository"),
        service: text("service"),
        environment: text("environment"),
        account: None,
    };
    Ok(Told { key: format!("generic:{}:{name}", kind.text()?), at, subject, fact, lookups: Vec::new() })
}

/// The event in the form that the engine reads; an error names the field.
fn record<T: DeserializeOwned>(event: &At<'_>) -> Result<T, Invalid> {
    serde_path_to_error::deserialize(event.value()).map_err(|error| {
        let message = error.inner().to_string();
        let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        let inner = missing.map_or_else(|| error.path().to_string(), str::to_owned);
        let field = if event.path() == "." { inner } else { format!("{}.{inner}", event.path()) };
        Invalid::new(field, message)
    })
}
