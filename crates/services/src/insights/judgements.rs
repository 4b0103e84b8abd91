//! What the metrics make of single deployments: the kind of each, whether it failed, and the lead times of what it brought.

use super::{MOST_READ, blocking, log, rollups, window::Window, words};
use crate::{
    Result, Slipway,
    errors::{internal, store},
    views::short,
};
use slipway_api_types::deployments::{DeliveredChange, DeploymentKind, DeploymentRow, Judgement};
use slipway_domain::{
    deployment::Deployment,
    ids::{DeploymentId, ServiceId},
};
use slipway_dora::{Config, Delivered, FailedBy, Id, Judged, Kind, ScopeAnalysis, ServiceInput, real};
use slipway_ports::{
    Tx,
    store::{delivery::DeliveryEvent, services::Service},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// By the deployment's id as the log names it.
type Judgements = HashMap<Id, Judgement>;

/// Fills in what was decided of each row that went to production, as it is kept. What the worker has not come to yet is decided here,
/// as long as that is little. At most five queries.
pub(crate) async fn judge(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    deployments: &[Deployment],
    rows: &mut [DeploymentRow],
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<DeploymentId> = deployments.iter().map(|deployment| deployment.id).collect();
    let mut judged: HashMap<String, Judgement> = HashMap::new();
    for (deployment, body) in tx.rollup_judgements(&ids).await.map_err(store)? {
        judged.insert(deployment.to_string(), serde_json::from_str(&body).map_err(|error| internal(&error))?);
    }
    let services: BTreeSet<ServiceId> = deployments.iter().map(|deployment| deployment.service).collect();
    let behind = rollups::behind(slipway, tx, services).await?;
    for (id, judgement) in now(slipway, tx, &behind).await? {
        judged.insert(id.to_string(), judgement);
    }
    for row in rows {
        row.judged = judged.remove(&row.id);
    }
    Ok(())
}

/// What the log says now of the deployments of some services; nothing where it is too long.
async fn now(slipway: &Slipway, tx: &mut dyn Tx, services: &[ServiceId]) -> Result<Judgements> {
    if services.is_empty() || tx.count_delivery(services, MOST_READ).await.map_err(store)? >= MOST_READ {
        return Ok(Judgements::new());
    }
    let members = tx.services_by_ids(services).await.map_err(store)?;
    let mut events: HashMap<ServiceId, Vec<DeliveryEvent>> = HashMap::new();
    for event in tx.delivery_events(Some(services)).await.map_err(store)? {
        events.entry(event.service).or_default().push(event);
    }
    let question = question(slipway)?;
    blocking(move || {
        let mut read = |member: Service| log::read(&member.clone().into(), events.remove(&member.id)?);
        let inputs: Vec<ServiceInput> = members.into_iter().filter_map(&mut read).collect();
        all(&ScopeAnalysis::new(&question, &inputs))
    })
    .await
}

/// What was decided of those deployments of a service that have a page here, as it is stored.
pub(super) fn to_keep(question: &Config, input: &ServiceInput) -> BTreeMap<DeploymentId, String> {
    let ours = |id: &Id| id.parse::<DeploymentId>().ok();
    // What runs elsewhere and is only told of has none, and needs not be judged twice.
    if !input.events.deployments.iter().any(|deployment| ours(&deployment.id).is_some()) {
        return BTreeMap::new();
    }
    let judged = all(&ScopeAnalysis::new(question, std::slice::from_ref(input)));
    let stored = |(id, judgement): (Id, Judgement)| Some((ours(&id)?, serde_json::to_string(&judgement).ok()?));
    judged.into_iter().filter_map(stored).collect()
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
fn all(analysis: &ScopeAnalysis<'_>) -> Judgements {
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
