//! A test event: a request such as the source's sender would make, through the same door. It tells nothing, so that no number moves.

use super::{
    managed,
    secret::{current, kind},
};
use crate::{
    Caller, Result, Slipway,
    errors::internal,
    ingest::{self, Receipt},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use sha2::Sha256;
use slipway_api_types::AppError;
use slipway_webhooks::Source as Kind;

/// Whether the kind has an event that tells nothing. Every one of Argo CD's tells of a deployment.
pub(super) const fn is_possible(kind: Kind) -> bool {
    !matches!(kind, Kind::ArgoCd)
}

/// Sends a test event, signed as the sender would.
pub async fn send_test(slipway: &Slipway, caller: &Caller, id: &str) -> Result<Receipt> {
    let source = {
        let mut tx = slipway.read().await?;
        managed(&mut *tx, caller, id).await?
    };
    let kind = kind(&source)?;
    if !is_possible(kind) {
        let message =
            "Each event of Argo CD tells of a deployment, so there is none for a test; sync an application instead.";
        return Err(AppError::conflict(message));
    }
    let secret = current(slipway, &source)?;
    if kind == Kind::GitLab && secret.expose().starts_with("whsec_") {
        let message = "A signing token signs with GitLab's own clock; use the button Test at GitLab.";
        return Err(AppError::conflict(message));
    }
    let name = slipway.entropy.uuid().to_string();
    let body = body(kind, &name, &slipway.clock.now().to_rfc3339()).to_string();
    let headers = headers(kind, &name, secret.expose(), body.as_bytes())?;
    ingest::receive(slipway, &source.id.to_string(), &headers, body.as_bytes()).await
}

fn body(kind: Kind, id: &str, at: &str) -> Value {
    match kind {
        Kind::GitHub => json!({"zen": "Practicality beats purity.", "hook_id": id}),
        Kind::GitLab => json!({"object_kind": "slipway_test", "id": id}),
        Kind::CdEvents => json!({"context": {
            "version": "0.4.1", "id": id, "source": "/slipway/test", "type": "dev.cdevents.testcaserun.finished.0.2.0", "timestamp": at,
        }}),
        Kind::EventBridge => json!({"id": id, "detail-type": "Slipway Test", "time": at, "detail": {}}),
        Kind::PagerDuty => json!({"event": {"id": id, "event_type": "pagey.ping", "occurred_at": at, "data": {}}}),
        Kind::Opsgenie => json!({"action": "AddNote", "alert": {"alertId": id, "createdAt": 0}}),
        Kind::Alertmanager => json!({"version": "4", "status": "resolved", "groupKey": id, "alerts": []}),
        Kind::Grafana => json!({"version": "1", "status": "resolved", "groupKey": id, "alerts": []}),
        Kind::Generic => json!({"events": [], "id": id}),
        Kind::DevLake => json!({"pullRequestKey": id, "createdDate": at}),
        Kind::ArgoCd => Value::Null,
    }
}

fn headers(kind: Kind, id: &str, secret: &str, body: &[u8]) -> Result<HeaderMap> {
    let signature = || {
        // HMAC takes keys of any length (RFC 2104).
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|error| internal(&error))?;
        mac.update(body);
        Ok::<_, AppError>(hex::encode(mac.finalize().into_bytes()))
    };
    let mut pairs = vec![("content-type", "application/json".to_owned())];
    match kind {
        Kind::GitHub => {
            pairs.push(("x-github-event", "ping".to_owned()));
            pairs.push(("x-github-delivery", id.to_owned()));
            pairs.push(("x-hub-signature-256", format!("sha256={}", signature()?)));
        }
        Kind::GitLab => pairs.push(("x-gitlab-token", secret.to_owned())),
        Kind::PagerDuty => pairs.push(("x-pagerduty-signature", format!("v1={}", signature()?))),
        Kind::Grafana => pairs.push(("x-grafana-alerting-signature", signature()?)),
        Kind::Generic => pairs.push(("x-slipway-signature-256", format!("sha256={}", signature()?))),
        Kind::EventBridge => pairs.push(("x-api-key", secret.to_owned())),
        Kind::CdEvents | Kind::ArgoCd | Kind::Opsgenie | Kind::Alertmanager | Kind::DevLake => {
            pairs.push(("authorization", format!("Bearer {secret}")));
        }
    }
    let pair = |(name, value): (&'static str, String)| {
        let value = HeaderValue::from_str(&value).map_err(|error| internal(&error))?;
        Ok((HeaderName::from_static(name), value))
    };
    pairs.into_iter().map(pair).collect()
}
