//! Deployment hooks.

use slipway_dora::{Deployment, Status};

use super::{export::tier, project, subject};
use crate::fields::At;
use crate::text::is_hotfix_branch;
use crate::{Fact, Invalid, Told};

pub(super) fn read(root: &At<'_>) -> Result<Option<Told>, Invalid> {
    let state = root.get("status");
    let status = match state.text()? {
        "created" | "blocked" => Status::Queued,
        "running" => Status::InProgress,
        "success" => Status::Success,
        "failed" => Status::Failure,
        "canceled" | "skipped" => Status::Cancelled,
        other => return Err(state.wrong(format!("\"{other}\" is not a status of a deployment"))),
    };
    let key = format!("gitlab:deployment:{}:{}", project(root)?, root.get("deployment_id").id()?);
    let at = root.get("status_changed_at").instant()?;
    let environment = root.get("environment").text()?;
    let tier = root.get("environment_tier").maybe_text().map(tier);
    // There is no field with the full name, only an abbreviated one; the URL ends with it.
    let url = root.get("commit_url");
    let sha = url.text()?.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if sha.len() < 40 || !sha.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(url.wrong("does not end with a full commit SHA"));
    }
    let ended = !matches!(status, Status::Queued | Status::InProgress);
    let record = Deployment {
        environment: Some(environment.into()),
        tier,
        started_at: (status == Status::InProgress).then_some(at),
        finished_at: ended.then_some(at),
        hotfix: root.get("ref").maybe_text().is_some_and(is_hotfix_branch),
        ..Deployment::new(key.as_str(), sha, at, status)
    };
    let subject = subject(root, Some(environment));
    Ok(Some(Told { key, at, subject, fact: Fact::Deployment(record), lookups: Vec::new() }))
}
