//! What the metrics make of single deployments: the kind of each, whether it failed, and the lead times of what it brought.

use super::{
    blocking,
    log::{self, Log, fingerprint},
    window::Window,
    words,
};
use crate::{Result, Slipway, errors::store, views::short};
use slipway_api_types::deployments::{DeliveredChange, DeploymentKind, DeploymentRow, Judgement};
use slipway_dora::{Config, Delivered, FailedBy, Id, Judged, Kind, ScopeAnalysis, real};
use slipway_ports::{Tx, store::services::Service};
use std::collections::HashMap;

/// By the deployment's id as the log names it.
pub(super) type Judgements = HashMap<Id, Judgement>;

/// Fills in what was decided of each row that went to production. Three queries, and the log where it moved on since it was last read.
pub(crate) async fn judge(slipway: &Slipway, tx: &mut dyn Tx, rows: &mut [DeploymentRow]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let version = tx.delivery_version().await.map_err(store)?;
    let everybody = log::members(tx, None).await?;
    let print = fingerprint(&everybody);
    let log = slipway.insights.log(version, print, Log::load(tx, version, everybody)).await?;
    let (question, ids) = (question(slipway)?, rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>());
    let judged = blocking(move || {
        let judgements = log.judgements(&question);
        ids.iter().map(|id| judgements.get(id.as_str()).cloned()).collect::<Vec<_>>()
    })
    .await?;
    for (row, judged) in rows.iter_mut().zip(judged) {
        row.judged = judged;
    }
    Ok(())
}

/// What was decided of one deployment, and the changes that it was the first to deliver, the latest first. One query, of its
/// service's events alone.
pub(crate) async fn of_deployment(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    service: Service,
    deployment: &str,
) -> Result<(Option<Judgement>, Vec<DeliveredChange>)> {
    let events = tx.delivery_events(Some(&[service.id])).await.map_err(store)?;
    let (question, deployment) = (question(slipway)?, deployment.to_owned());
    blocking(move || {
        let input = log::read(&service.into(), events);
        let analysis = ScopeAnalysis::new(&question, input.as_slice());
        let judged = all(&analysis).remove(deployment.as_str());
        let mut delivered = analysis.delivered_by(&deployment);
        delivered.sort_by_key(|change| std::cmp::Reverse((change.change.merged_at, change.change.first_commit_at)));
        (judged, delivered.into_iter().map(view).collect())
    })
    .await
}

fn view(change: Delivered<'_>) -> DeliveredChange {
    DeliveredChange {
        revision: short(&change.change.landed),
        commits: change.change.commits.len().max(1),
        first_commit_at: change.change.first_commit_at.ms(),
        lead: words::duration(real(change.seconds)),
    }
}

/// What a deployment was depends on events, never on the days asked about; any will do.
fn question(slipway: &Slipway) -> Result<Config> {
    Ok(Window::usual(slipway)?.config)
}

/// Of every deployment of a log.
pub(super) fn all(analysis: &ScopeAnalysis<'_>) -> Judgements {
    let mut judgements = Judgements::new();
    for deployment in analysis.every_deployment() {
        let judged = judgement(&deployment);
        judgements.extend(deployment.members.iter().map(|member| (member.clone(), judged.clone())));
        judgements.insert(deployment.id.clone(), judged);
    }
    judgements
}

fn judgement(deployment: &Judged<'_>) -> Judgement {
    let kind = match deployment.kind {
        Some(Kind::Normal) => DeploymentKind::Normal,
        Some(Kind::Hotfix) => DeploymentKind::Hotfix,
        Some(Kind::Rollback) => DeploymentKind::Rollback,
        Some(Kind::Noop) => DeploymentKind::Restart,
        None => DeploymentKind::Attempt,
    };
    let because = match deployment.failed_by {
        Some(FailedBy::Verdict) => "A person decided that it failed.",
        Some(FailedBy::Incident) => "An incident is linked to it.",
        Some(FailedBy::Rollback) => "A rollback replaced it.",
        Some(FailedBy::Exposed) => "It failed, and users saw it.",
        None if deployment.acquitted => "A person decided that it did not fail.",
        None if deployment.kind.is_none() => "It failed before users saw anything of it.",
        None => "Nothing says that it failed.",
    };
    Judgement { kind, failed: deployment.failed_by.is_some(), because: because.to_owned() }
}
