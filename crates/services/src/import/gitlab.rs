//! Takes a GitLab project's export: what was merged, deployed and declared an incident before its webhook was set up.
//!
//! Merge requests and incidents are told under the names that their webhooks use. A deployment's id is not exported, so it is told under
//! its job's, as a source of its own that gives way to the webhook's word (`insights/once.rs`).

use super::AT_ONCE;
use crate::{
    Caller, Result, Slipway, errors::store, fleet::find, ingest, insights::events::commits_told, sources::setup::Setup,
};
use serde_json::json;
use slipway_api_types::AppError;
use slipway_domain::access::Permission;
use slipway_ports::{forge::Commit, store::delivery::DeliveryEvent};
use slipway_webhooks::{ExportRelation, Fact, Source, Told};

/// One line of one of an export's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportLine {
    /// Whose file it is.
    pub relation: ExportRelation,
    /// Counted from one.
    pub number: usize,
    /// The line as it stands there.
    pub text: Vec<u8>,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportReport {
    /// Lines that were given, and commits.
    pub lines: usize,
    /// Commits that were given.
    pub commits: usize,
    /// Merge requests that were merged.
    pub changes: usize,
    /// Jobs that deployed.
    pub deployments: usize,
    /// Incidents.
    pub incidents: usize,
    /// Events that were new; 0 when all of it was imported before.
    pub new_events: u64,
}

/// Imports the lines of a project's export, and its history as far as it is given, as the service's. One wrong line, and nothing is
/// written; the error says which.
pub async fn gitlab_export(
    slipway: &Slipway,
    caller: &Caller,
    service: &str,
    commits: &[Commit],
    lines: impl Iterator<Item = std::io::Result<ExportLine>> + Send,
) -> Result<ExportReport> {
    let options = Setup::default().options();
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    let service = find(&mut *tx, service).await.map_err(|error| AppError::invalid("service", error.message))?;
    caller.require(Permission::Manage, Some(&service.owner))?;
    let (hooks, jobs) = (ingest::said_by(Source::GitLab.as_str()), format!("gitlab-export:{}", service.name));
    let mut report = ExportReport { commits: commits.len(), ..ExportReport::default() };
    for commits in commits.chunks(AT_ONCE) {
        let told = commits_told(&format!("import:{}", service.name), service.id, commits);
        report.new_events += tx.add_delivery(&told).await.map_err(store)?;
    }
    let mut events: Vec<DeliveryEvent> = Vec::new();
    for line in lines {
        let line = line.map_err(|error| AppError::invalid("file", error.to_string()))?;
        if line.text.trim_ascii().is_empty() {
            continue;
        }
        report.lines += 1;
        let read = slipway_webhooks::read_gitlab_export(line.relation, &options, &line.text);
        let wrong = |invalid| {
            let place = format!("{}, line {}", line.relation.file(), line.number);
            AppError::invalid("file", format!("{place}: {invalid}."))
        };
        for told in read.map_err(wrong)? {
            let source = if matches!(told.fact, Fact::Deployment(_)) { &jobs } else { &hooks };
            report.count(&told);
            events.extend(ingest::events(source, service.id, &told));
            ingest::hear(slipway, &mut *tx, Source::GitLab.as_str(), &service, &told).await?;
        }
        if events.len() >= AT_ONCE {
            report.new_events += tx.add_delivery(&std::mem::take(&mut events)).await.map_err(store)?;
        }
    }
    report.new_events += tx.add_delivery(&events).await.map_err(store)?;
    let detail = json!({"archive": "gitlab", "lines": report.lines, "new": report.new_events});
    let line = caller.audit(&*slipway.entropy, now, "delivery.import", &service.name, Some(&service.owner), detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("delivery", &service.name, 0, now).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(report)
}

impl ExportReport {
    fn count(&mut self, told: &Told) {
        match &told.fact {
            Fact::Change(_) => self.changes += 1,
            Fact::Deployment(_) => self.deployments += 1,
            Fact::Incident(_) => self.incidents += 1,
            Fact::Resolved | Fact::Push(_) | Fact::Verdict { .. } => {}
        }
    }
}
