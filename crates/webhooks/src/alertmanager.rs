//! Alertmanager (`notify/webhook/webhook.go`, version 4), and Grafana Alerting, whose body has the same fields and more.
//! One incident is one alert: its fingerprint and the instant it began. Groups are repeated while they last.

use slipway_dora::Incident;

use crate::fields::At;
use crate::text::title;
use crate::{Delivery, Fact, IncidentTold, Invalid, Options, Request, Source, Subject, Told, body, signature, time};

pub(crate) fn read(source: Source, options: &Options, request: &Request<'_>) -> Result<Delivery, Invalid> {
    let value = body::json(request)?;
    let root = At::root(&value);
    let version = root.get("version");
    // Grafana writes "1" into the same fields.
    if source == Source::Alertmanager && version.maybe_text() != Some("4") {
        return Err(version.wrong("is not \"4\""));
    }
    let alerts = root.get("alerts");
    if !alerts.value().is_array() {
        return Err(alerts.wrong("missing; a list is needed"));
    }
    let told: Result<Vec<Told>, Invalid> = alerts.items().map(|alert| told(source, options, &alert)).collect();
    let status = root.get("status").maybe_text().unwrap_or("unknown");
    Ok(Delivery { key: signature::digest(request.body), event: format!("alerts.{status}"), told: told? })
}

fn told(source: Source, options: &Options, alert: &At<'_>) -> Result<Told, Invalid> {
    let started = alert.get("startsAt").instant()?;
    let status = alert.get("status");
    let ended = match status.text()? {
        "firing" => None,
        // While it fires, `endsAt` is Go's zero time, or a guess.
        "resolved" => Some(time::not_go_zero(alert.get("endsAt").instant()?).unwrap_or(started)),
        other => return Err(status.wrong(format!("\"{other}\" is neither firing nor resolved"))),
    };
    let key = format!("{}:{}:{}", source.as_str(), alert.get("fingerprint").text()?, started.ms());
    let at = ended.unwrap_or(started);
    let record = Incident { resolved_at: ended, updated_at: Some(at), ..Incident::new(key.as_str(), started) };
    let labels = alert.get("labels");
    let label = |name: &str| labels.get(name).maybe_text().map(str::to_owned);
    let subject = Subject {
        service: options.service_labels.iter().find_map(|name| label(name)),
        environment: label("environment").or_else(|| label("env")),
        ..Subject::default()
    };
    let notes = alert.get("annotations");
    let title = title([notes.get("summary"), notes.get("message"), notes.get("description"), labels.get("alertname")]);
    let fact = Fact::Incident(IncidentTold { incident: record, title });
    Ok(Told { key, at, subject, fact, lookups: Vec::new() })
}
