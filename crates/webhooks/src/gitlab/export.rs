//! A project's export: one file of JSON lines a relation, below `tree/project` (`gitlabhq:
//! lib/gitlab/import_export/project/import_export.yml`, the attributes that it lists).
//!
//! What has an id of its own there has the key that its webhook tells it by. A deployment has none: an export knows pipelines and
//! their jobs, and a job that names an environment is one. An export does not say the name of its project.

use slipway_dora::{Change, ChangeKind, Deployment, Incident, Instant, Status, Tier};

use crate::fields::At;
use crate::text::{is_hotfix_branch, is_hotfix_label, root_cause, title};
use crate::{ChangeTold, Fact, IncidentTold, Invalid, Options, Subject, Told, body};

/// What of an export is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportRelation {
    MergeRequests,
    Issues,
    Pipelines,
}

impl ExportRelation {
    /// Every relation that is read.
    pub const ALL: [Self; 3] = [Self::MergeRequests, Self::Issues, Self::Pipelines];

    /// Its file: `merge_requests.ndjson`.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::MergeRequests => "merge_requests.ndjson",
            Self::Issues => "issues.ndjson",
            Self::Pipelines => "ci_pipelines.ndjson",
        }
    }
}

/// Reads one line of a relation's file.
///
/// # Errors
/// [`Invalid`] with the field, where something merged, deployed or failed lacks what it needs.
pub fn read(relation: ExportRelation, options: &Options, line: &[u8]) -> Result<Vec<Told>, Invalid> {
    let value = body::of_bytes(line)?;
    let root = At::root(&value);
    match relation {
        ExportRelation::MergeRequests => merge_request(&root).map(|told| told.into_iter().collect()),
        ExportRelation::Issues => issue(options, &root).map(|told| told.into_iter().collect()),
        ExportRelation::Pipelines => pipeline(&root),
    }
}

fn merge_request(root: &At<'_>) -> Result<Option<Told>, Invalid> {
    if root.get("state").maybe_text() != Some("merged") {
        return Ok(None);
    }
    let key = format!("gitlab:merge_request:{}:{}", root.get("target_project_id").id()?, root.get("iid").whole()?);
    let opened = root.get("created_at").instant()?;
    let merged = match root.at("metrics.merged_at").maybe_instant()? {
        Some(merged) => merged,
        None => root.get("updated_at").instant()?,
    };
    // Fast-forwarded: no merge commit, so the squashed one landed, or its last one.
    let own = ["merge_commit_sha", "squash_commit_sha"].iter().find_map(|name| root.get(name).maybe_text());
    let landed = own.map_or_else(|| root.get("diff_head_sha").text(), Ok)?;
    let list = root.at("merge_request_diff.merge_request_diff_commits");
    let mut dates: Vec<Instant> = Vec::new();
    let mut commits: Vec<String> = Vec::new();
    for commit in list.items() {
        dates.extend(commit.get("authored_date").maybe_instant()?);
        commits.extend(commit.get("sha").maybe_text().filter(|sha| *sha != landed).map(str::to_owned));
    }
    dates.sort_unstable();
    let change = Change {
        opened_at: Some(opened),
        merged_at: Some(merged),
        kind: Some(ChangeKind::Pr),
        commits: dates.clone(),
        ..Change::new(key.as_str(), landed, dates.first().map_or(opened, |first| opened.min(*first)))
    };
    let told = ChangeTold {
        change,
        hotfix: labelled(root, is_hotfix_label) || root.get("source_branch").maybe_text().is_some_and(is_hotfix_branch),
        branch: root.get("target_branch").maybe_text().map(str::to_owned),
        commits,
    };
    Ok(Some(told_at(key, merged, Subject::default(), Fact::Change(told))))
}

fn issue(options: &Options, root: &At<'_>) -> Result<Option<Told>, Invalid> {
    let typed = root.get("issue_type").maybe_text() == Some("incident");
    let base = root.at("work_item_type.base_type").maybe_text() == Some("incident");
    if !typed && !base && !labelled(root, |label| options.is_incident_label(label)) {
        return Ok(None);
    }
    let key = format!("gitlab:issue:{}:{}", root.get("project_id").id()?, root.get("iid").whole()?);
    let at = root.get("updated_at").instant()?;
    let closed = root.get("state").maybe_text() == Some("closed");
    let incident = Incident {
        resolved_at: if closed { root.get("closed_at").maybe_instant()?.or(Some(at)) } else { None },
        root_cause_sha: root.get("description").maybe_text().and_then(root_cause).map(Into::into),
        updated_at: Some(at),
        ..Incident::new(key.as_str(), root.get("created_at").instant()?)
    };
    let fact = Fact::Incident(IncidentTold { incident, title: title([root.get("title")]) });
    Ok(Some(told_at(key, at, Subject::default(), fact)))
}

/// The jobs of a pipeline that deployed, each to its environment.
fn pipeline(root: &At<'_>) -> Result<Vec<Told>, Invalid> {
    let mut told = Vec::new();
    for stage in root.get("stages").items() {
        // `statuses` before GitLab 15.
        for list in ["builds", "bridges", "statuses"] {
            for job in stage.get(list).items() {
                told.extend(deployment(root, &job)?);
            }
        }
    }
    Ok(told)
}

fn deployment(pipeline: &At<'_>, job: &At<'_>) -> Result<Option<Told>, Invalid> {
    let status = match job.get("status").maybe_text() {
        Some("success") => Status::Success,
        Some("failed") => Status::Failure,
        Some("canceled") => Status::Cancelled,
        // Nothing was tried, or it is under way: its webhook tells how that ends.
        _ => return Ok(None),
    };
    let Some(environment) = job.get("environment").maybe_text() else { return Ok(None) };
    let action = job.at("options.environment.action").maybe_text().unwrap_or("start");
    // A job that was tried again stands there twice; what it came to counts.
    if action != "start" || job.get("retried").is_true() {
        return Ok(None);
    }
    let project = pipeline.get("project_id").id()?;
    let number = pipeline.get("iid").maybe_id().map_or_else(|| pipeline.get("id").id(), Ok)?;
    let key = format!("gitlab:job:{project}:{number}:{}", job.get("name").text()?);
    let at = match job.get("finished_at").maybe_instant()? {
        Some(at) => at,
        None => job.get("updated_at").instant()?,
    };
    let record = Deployment {
        environment: Some(environment.into()),
        tier: job.at("options.environment.deployment_tier").maybe_text().map(tier),
        group: Some(format!("gitlab:pipeline:{project}:{number}").into()),
        started_at: job.get("started_at").maybe_instant()?,
        finished_at: Some(at),
        hotfix: pipeline.get("ref").maybe_text().is_some_and(is_hotfix_branch),
        ..Deployment::new(key.as_str(), pipeline.get("sha").text()?, at, status)
    };
    let subject = Subject { environment: Some(environment.to_owned()), ..Subject::default() };
    Ok(Some(told_at(key, at, subject, Fact::Deployment(record))))
}

/// GitLab's word for what an environment is for.
pub(super) fn tier(word: &str) -> Tier {
    match word {
        "production" => Tier::Production,
        "staging" => Tier::Staging,
        "testing" => Tier::Testing,
        "development" => Tier::Development,
        _ => Tier::Other,
    }
}

fn told_at(key: String, at: Instant, subject: Subject, fact: Fact) -> Told {
    Told { key, at, subject, fact, lookups: Vec::new() }
}

/// Whether any of the labels fits.
fn labelled(root: &At<'_>, fits: impl Fn(&str) -> bool) -> bool {
    root.get("label_links").items().any(|link| link.at("label.title").maybe_text().is_some_and(&fits))
}
