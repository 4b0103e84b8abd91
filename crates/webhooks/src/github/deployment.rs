//! Deployments and their statuses. The deployment's id is its identity: statuses come and go.

use slipway_dora::{Deployment, Instant, Status, Tier};

use super::subject;
use crate::fields::At;
use crate::text::is_hotfix_branch;
use crate::{Fact, Invalid, Told};

pub(super) fn created(root: &At<'_>) -> Result<Option<Told>, Invalid> {
    if root.get("action").maybe_text().is_some_and(|action| action != "created") {
        return Ok(None);
    }
    let at = root.at("deployment.created_at").instant()?;
    told(root, at, Status::Queued).map(Some)
}

pub(super) fn status(root: &At<'_>) -> Result<Option<Told>, Invalid> {
    let state = root.at("deployment_status.state");
    let status = match state.text()? {
        "queued" | "pending" | "waiting" => Status::Queued,
        "in_progress" => Status::InProgress,
        "success" => Status::Success,
        "failure" => Status::Failure,
        "error" => Status::Error,
        // Another deployment took its place; that changes nothing of what it was.
        "inactive" => return Ok(None),
        other => return Err(state.wrong(format!("\"{other}\" is not a state of a deployment"))),
    };
    // Not `updated_at`: that moves.
    let at = root.at("deployment_status.created_at").instant()?;
    told(root, at, status).map(Some)
}

fn told(root: &At<'_>, at: Instant, status: Status) -> Result<Told, Invalid> {
    let deployment = root.get("deployment");
    let environment = deployment
        .get("environment")
        .maybe_text()
        .or_else(|| root.at("deployment_status.environment").maybe_text())
        .ok_or_else(|| deployment.get("environment").wrong("missing; a text is needed"))?;
    let key = format!("github:deployment:{}", deployment.get("id").id()?);
    let payload = payload(&deployment);
    let payload = payload.as_ref().map(At::root);
    let flag = |name: &str| payload.as_ref().is_some_and(|payload| payload.get(name).is_true());
    let named = |name: &str| payload.as_ref().and_then(|payload| payload.get(name).maybe_id());
    let run = root.at("workflow_run.id").maybe_id().map(|id| format!("github:run:{id}"));
    let ended = matches!(status, Status::Success | Status::Failure | Status::Error);
    let record = Deployment {
        version: named("version").or_else(|| named("digest")).map(Into::into),
        group: named("group").or(run).map(Into::into),
        environment: Some(environment.into()),
        // `false` is what GitHub writes where nobody said; then the name decides.
        tier: deployment.get("production_environment").is_true().then_some(Tier::Production),
        started_at: if status == Status::InProgress {
            Some(at)
        } else {
            deployment.get("created_at").maybe_instant()?
        },
        finished_at: ended.then_some(at),
        rollback: flag("rollback") || deployment.get("task").maybe_text().is_some_and(|task| task.contains("rollback")),
        hotfix: flag("hotfix") || deployment.get("ref").maybe_text().is_some_and(is_hotfix_branch),
        ..Deployment::new(key.as_str(), deployment.get("sha").text()?, at, status)
    };
    Ok(Told { key, at, subject: subject(root, Some(environment)), fact: Fact::Deployment(record), lookups: Vec::new() })
}

/// What the maker of the deployment wrote into it: an object, or a text that holds one.
fn payload(deployment: &At<'_>) -> Option<serde_json::Value> {
    let payload = deployment.get("payload");
    match payload.maybe_text() {
        Some(text) => serde_json::from_str(text).ok(),
        None => Some(payload.value().clone()),
    }
}
