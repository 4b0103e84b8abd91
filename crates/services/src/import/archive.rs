//! Takes what GitHub's public archive kept of repositories that are services here: lines of JSON as <https://www.gharchive.org> has them.
//!
//! The same reading as webhooks, under the same names: what a webhook told already is not counted again. The archive knows no deployments;
//! published releases are taken for such where that is asked for.

use super::AT_ONCE;
use crate::{Caller, Result, Slipway, errors::store, ingest, sources::setup::Setup};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use slipway_api_types::AppError;
use slipway_domain::access::Permission;
use slipway_ports::store::{delivery::DeliveryEvent, services::Service};
use slipway_webhooks::{Fact, Invalid, Request, Source, Subject, Told};
use std::collections::{BTreeSet, HashMap};

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArchiveReport {
    /// Lines that were given.
    pub lines: usize,
    /// Lines of repositories that are services here.
    pub matched: usize,
    /// Services that they speak of, by name.
    pub services: BTreeSet<String>,
    /// Events that were new; 0 when all of it was imported before.
    pub new_events: u64,
}

/// Imports lines. `releases_deploy`: a published release is a deployment to production. `branch` is the one that counts: the archive does not
/// say which is the default.
pub async fn github_archive(
    slipway: &Slipway,
    caller: &Caller,
    lines: impl Iterator<Item = std::io::Result<String>> + Send,
    branch: &str,
    releases_deploy: bool,
) -> Result<ArchiveReport> {
    let said_by = ingest::said_by(Source::GitHub.as_str());
    let setup = Setup { releases_deploy, ..Setup::default() };
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    let mut report = ArchiveReport::default();
    let mut known: HashMap<String, Vec<Service>> = HashMap::new();
    let mut events: Vec<DeliveryEvent> = Vec::new();
    for (number, line) in lines.enumerate() {
        let wrong = |what: String| AppError::invalid("line", format!("Line {}: {what}.", number + 1));
        let line = line.map_err(|error| wrong(error.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        report.lines += 1;
        let archived: Value = serde_json::from_str(&line).map_err(|error| wrong(format!("not JSON: {error}")))?;
        let repository = archived["repo"]["name"].as_str().unwrap_or_default().to_owned();
        if !known.contains_key(&repository) {
            let subject = Subject { repository: Some(repository.clone()), ..Subject::default() };
            let found = ingest::services_of(slipway, &mut *tx, None, &setup, &subject).await?;
            for service in &found {
                caller.require(Permission::Manage, Some(&service.owner))?;
            }
            known.insert(repository.clone(), found);
        }
        let services = &known[&repository];
        if services.is_empty() {
            continue;
        }
        report.matched += 1;
        for told in read(&archived, branch, &setup).map_err(|invalid| wrong(invalid.to_string()))? {
            // A deployment is of one service; which of several, the archive does not say.
            let shared = matches!(told.fact, Fact::Push(_) | Fact::Change(_));
            for service in services.iter().filter(|_| services.len() == 1 || shared) {
                events.extend(ingest::events(&said_by, service.id, &told));
                ingest::hear(slipway, &mut *tx, Source::GitHub.as_str(), service, &told).await?;
                report.services.insert(service.name.clone());
            }
        }
        if events.len() >= AT_ONCE {
            report.new_events += tx.add_delivery(&events).await.map_err(store)?;
            events.clear();
        }
    }
    report.new_events += tx.add_delivery(&events).await.map_err(store)?;
    for name in &report.services {
        let detail = json!({"archive": "github", "lines": report.matched, "new": report.new_events});
        tx.add_audit(&caller.audit(&*slipway.entropy, now, "delivery.import", name, None, detail))
            .await
            .map_err(store)?;
        tx.publish("delivery", name, 0, now).await.map_err(store)?;
    }
    tx.commit().await.map_err(store)?;
    Ok(report)
}

/// A line in the words of the webhook of the same event.
fn read(archived: &Value, branch: &str, setup: &Setup) -> Result<Vec<Told>, Invalid> {
    let event = match archived["type"].as_str() {
        Some("PushEvent") => "push",
        Some("PullRequestEvent") => "pull_request",
        Some("ReleaseEvent") => "release",
        Some("IssuesEvent") => "issues",
        _ => return Ok(Vec::new()),
    };
    let mut body = archived["payload"].clone();
    if event == "push" {
        let at = &archived["created_at"];
        // Commits have neither their date nor their paths here: the push's is the nearest.
        let commits = body["commits"].as_array().into_iter().flatten();
        let commits: Vec<Value> = commits.map(|commit| json!({"id": commit["sha"], "timestamp": at})).collect();
        body["commits"] = json!(commits);
        body["after"] = body["head"].clone();
        body["head_commit"] = json!({"id": body["head"], "timestamp": at});
    }
    let repository = &archived["repo"];
    body["repository"] = json!({"id": repository["id"], "full_name": repository["name"], "default_branch": branch});
    let body = body.to_string();
    let mut headers = HeaderMap::new();
    headers.insert("x-github-event", HeaderValue::from_static(event));
    headers.insert("x-github-delivery", HeaderValue::from_static("archive"));
    let request = Request { headers: &headers, body: body.as_bytes() };
    let deliveries = slipway_webhooks::read(Source::GitHub, &setup.options(), &request)?;
    Ok(deliveries.into_iter().flat_map(|delivery| delivery.told).collect())
}
