//! What pipelines send to the webhook plugin of Apache DevLake (`docs/Plugins/webhook.md`), so that they need only
//! another address: deployments, pull requests and issues of type INCIDENT. A bearer token.

use serde_json::json;
use slipway_dora::{Change, ChangeKind, Deployment, Incident, Instant, Status, Tier};

use crate::fields::At;
use crate::signature::digest;
use crate::text::{is_hotfix_branch, title};
use crate::{ChangeTold, Delivery, Fact, IncidentTold, Invalid, Request, Subject, Told, body};

/// The member that only [`close`] writes.
const CLOSED: &str = "closedAt";

pub(crate) fn read(request: &Request<'_>) -> Result<Delivery, Invalid> {
    let value = body::json(request)?;
    let root = At::root(&value);
    let key = request.header("idempotency-key").map_or_else(|| digest(request.body), str::to_owned);
    let given = |name: &str| !root.get(name).is_null();
    let (event, told) = if given(CLOSED) {
        ("issue.close", vec![closed(&root)?])
    } else if given("issueKey") {
        ("issue", incident(&root)?.into_iter().collect())
    } else if given("pullRequestKey") {
        ("pull_request", pull_request(&root)?.into_iter().collect())
    } else if given("deploymentCommits") {
        ("deployment", deployments(&root)?)
    } else {
        return Err(Invalid::new("deploymentCommits", "missing; so are issueKey and pullRequestKey"));
    };
    Ok(Delivery { key, event: event.to_owned(), told })
}

/// `POST …/issue/{key}/close` as a body: it has none of its own, and says when by coming.
#[must_use]
pub fn close(issue: &str, at: Instant) -> Vec<u8> {
    json!({ "issueKey": issue, CLOSED: at }).to_string().into_bytes()
}

fn closed(root: &At<'_>) -> Result<Told, Invalid> {
    let key = issue_key(&root.get("issueKey").id()?);
    let at = root.get(CLOSED).instant()?;
    Ok(Told { key, at, subject: Subject::default(), fact: Fact::Resolved, lookups: Vec::new() })
}

fn issue_key(issue: &str) -> String {
    format!("devlake:issue:{issue}")
}

/// One record for each commit deployed, of the deployment that groups them.
fn deployments(root: &At<'_>) -> Result<Vec<Told>, Invalid> {
    let id = root.get("id").id()?;
    let commits = root.get("deploymentCommits");
    let told: Result<Vec<Told>, Invalid> = commits.items().map(|commit| deployment(root, &id, &commit)).collect();
    let told = told?;
    if told.is_empty() {
        return Err(commits.wrong("a deployment has at least one commit"));
    }
    Ok(told)
}

fn deployment(root: &At<'_>, id: &str, commit: &At<'_>) -> Result<Told, Invalid> {
    // What the commit does not say, its deployment does.
    let either = |name: &str| Some(commit.get(name)).filter(|at| !at.is_null()).unwrap_or_else(|| root.get(name));
    let result = either("result");
    let status = match result.maybe_text().unwrap_or("SUCCESS").to_ascii_uppercase().as_str() {
        "SUCCESS" => Status::Success,
        "FAILURE" | "FAILED" => Status::Failure,
        "ABORT" | "CANCELLED" | "CANCELED" => Status::Cancelled,
        other => return Err(result.wrong(format!("\"{other}\" is not a result"))),
    };
    let environment = either("environment").maybe_text();
    let tier = match environment.map(str::to_ascii_uppercase).as_deref() {
        None | Some("PRODUCTION") => Tier::Production,
        Some("STAGING") => Tier::Staging,
        Some("TESTING") => Tier::Testing,
        Some("DEVELOPMENT") => Tier::Development,
        Some(_) => Tier::Other,
    };
    let at = either("finishedDate").instant()?;
    let sha = commit.get("commitSha").text()?;
    let repository = commit.get("repoUrl").maybe_text().or_else(|| commit.get("repoId").maybe_text());
    let repository = repository.ok_or_else(|| commit.get("repoUrl").wrong("missing; a text is needed"))?;
    let key = format!("devlake:deployment:{id}:{repository}");
    let record = Deployment {
        environment: environment.map(Into::into),
        tier: Some(tier),
        started_at: either("startedDate").maybe_instant()?,
        ..Deployment::new(key.as_str(), sha, at, status)
    };
    let subject = Subject {
        repository: Some(repository.to_owned()),
        service: either("name").maybe_text().map(str::to_owned),
        environment: environment.map(str::to_owned),
        account: None,
    };
    Ok(Told { key, at, subject, fact: Fact::Deployment(record), lookups: Vec::new() })
}

fn pull_request(root: &At<'_>) -> Result<Option<Told>, Invalid> {
    // One that is open, or closed without a merge, is no change.
    let Some(merged) = root.get("mergedDate").maybe_instant()? else { return Ok(None) };
    let opened = root.get("createdDate").instant()?;
    let repository = root.get("baseRepoId").maybe_text().map(str::to_owned);
    let name = root.get("pullRequestKey").id()?;
    let key = format!("devlake:pull:{}:{name}", repository.as_deref().unwrap_or_default());
    let change = Change {
        opened_at: Some(opened),
        merged_at: Some(merged),
        kind: Some(ChangeKind::Pr),
        ..Change::new(key.as_str(), root.get("mergeCommitSha").text()?, opened)
    };
    let hotfix = root.get("headRef").maybe_text().is_some_and(is_hotfix_branch);
    let branch = root.get("baseRef").maybe_text().map(str::to_owned);
    let subject = Subject { repository, ..Subject::default() };
    let fact = Fact::Change(ChangeTold { change, hotfix, branch, commits: Vec::new() });
    Ok(Some(Told { key, at: merged, subject, fact, lookups: Vec::new() }))
}

fn incident(root: &At<'_>) -> Result<Option<Told>, Invalid> {
    if !root.get("type").maybe_text().is_none_or(|kind| kind.eq_ignore_ascii_case("incident")) {
        return Ok(None);
    }
    let key = issue_key(&root.get("issueKey").id()?);
    let created = root.get("createdDate").instant()?;
    let resolved = root.get("resolutionDate").maybe_instant()?;
    let updated = root.get("updatedDate").maybe_instant()?;
    let done = root.get("status").maybe_text().is_some_and(|status| status.eq_ignore_ascii_case("done"));
    let resolved = resolved.or(updated.filter(|_| done));
    let at = updated.max(resolved).unwrap_or(created);
    let record = Incident { resolved_at: resolved, updated_at: Some(at), ..Incident::new(key.as_str(), created) };
    let service = root.get("component").maybe_text().map(str::to_owned);
    let subject = Subject { service, ..Subject::default() };
    let fact = Fact::Incident(IncidentTold { incident: record, title: title([root.get("title")]) });
    Ok(Some(Told { key, at, subject, fact, lookups: Vec::new() }))
}
