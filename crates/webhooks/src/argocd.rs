//! Argo CD notifications. The body is what our template for them says: the application's own fields, at the root or
//! under `app` (`argo-cd: docs/operator-manual/notifications/services/webhook.md`). No signature: a token in a header.

use slipway_dora::{Deployment, Status};

use crate::fields::At;
use crate::{Delivery, Fact, Invalid, Request, Subject, Told, body};

pub(crate) fn read(request: &Request<'_>) -> Result<Delivery, Invalid> {
    let value = body::json(request)?;
    let root = At::root(&value);
    let app = Some(root.get("app")).filter(|app| !app.is_null()).unwrap_or(root);
    let uid = app.at("metadata.uid").text()?;
    let operation = app.at("status.operationState");
    let phase = operation.get("phase").text()?;
    let started = operation.get("startedAt").instant()?;
    let health = app.at("status.health.status").maybe_text().unwrap_or_default();
    // Synced is not healthy: the pods may be crashing.
    let (status, waiting) = match (phase, health) {
        ("Succeeded", "Healthy") => (Status::Success, ""),
        ("Succeeded", "Degraded") => (Status::Failure, "/Degraded"),
        ("Succeeded", other) => (Status::InProgress, if other.is_empty() { "/Unknown" } else { "/Waiting" }),
        ("Failed", _) => (Status::Failure, ""),
        ("Error", _) => (Status::Error, ""),
        _ => (Status::InProgress, ""),
    };
    let finished = operation.get("finishedAt").maybe_instant()?;
    let at = finished.unwrap_or(started);
    // Not `status.sync.revision`: in a monorepo that moves with every commit.
    let result = operation.get("syncResult");
    let revision = result.get("revision").maybe_text().map(str::to_owned);
    let revision = revision.or_else(|| result.get("revisions").items().find_map(|r| r.maybe_text().map(str::to_owned)));
    let revision = revision.or_else(|| (status != Status::Success).then(String::new));
    let revision = revision.ok_or_else(|| result.get("revision").wrong("missing; a text is needed"))?;
    let mut images: Vec<&str> = Vec::new();
    let list = app.at("status.summary.images");
    for image in list.items() {
        images.push(image.value().as_str().ok_or_else(|| image.wrong("is not a text"))?);
    }
    images.sort_unstable();
    let ended = matches!(status, Status::Success | Status::Failure | Status::Error);
    let namespace = app.at("spec.destination.namespace").maybe_text();
    let key = format!("argocd:{uid}:{}", started.ms());
    let record = Deployment {
        version: (!images.is_empty()).then(|| images.join(",").into()),
        environment: namespace.map(Into::into),
        started_at: Some(started),
        finished_at: ended.then_some(at),
        ..Deployment::new(key.as_str(), revision, at, status)
    };
    let repository = app.at("spec.source.repoURL").maybe_text().map(str::to_owned);
    let first = || app.at("spec.sources").items().find_map(|s| s.get("repoURL").maybe_text().map(str::to_owned));
    let subject = Subject {
        repository: repository.or_else(first),
        service: Some(app.at("metadata.name").text()?.to_owned()),
        environment: namespace.map(str::to_owned),
        ..Subject::default()
    };
    let told = Told { key, at, subject, fact: Fact::Deployment(record), lookups: Vec::new() };
    Ok(Delivery {
        key: format!("{uid}/{}/{phase}{waiting}", started.ms()),
        event: format!("sync.{phase}"),
        told: vec![told],
    })
}
