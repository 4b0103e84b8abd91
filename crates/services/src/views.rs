//! From what the store holds to what pages show. Each function does a bounded number of queries, however long its input is.

use crate::{Result, Slipway, errors::store};
use slipway_api_types::{
    catalog::Link,
    deployments::DeploymentRow,
    services::{ArtifactView, BuildView, HealthView, PlacementView, ServiceRow},
};
use slipway_domain::{
    artifact::Artifact,
    build::Build,
    catalog::EntityRef,
    deployment::{Deployment, Placement},
    health::{Health, STALE_AFTER},
    ids::{ArtifactId, DeploymentId, ServiceId},
    time::Timestamp,
};
use slipway_ports::{Tx, store::services::Service};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Teams (groups of the catalogue): entity reference and title, by title.
pub(crate) async fn team_titles(tx: &mut dyn Tx) -> Result<Vec<(String, String)>> {
    let groups = tx.entities_of_kind("group").await.map_err(store)?;
    let mut teams: Vec<_> = groups
        .into_iter()
        .map(|group| (group.entity.reference().to_string(), group.entity.title().to_owned()))
        .collect();
    teams.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(teams)
}

/// An owner as a link; its title is the reference's name when the group is not in the catalogue.
pub(crate) fn owner_link(reference: &str, teams: &[(String, String)]) -> Link {
    let known = teams.iter().find(|(team, _)| team == reference).map(|(_, title)| title.clone());
    match reference.parse::<EntityRef>() {
        Ok(parsed) => Link { title: known.unwrap_or_else(|| parsed.name().to_owned()), href: parsed.path() },
        Err(_) => Link { title: reference.to_owned(), href: String::new() },
    }
}

pub(crate) fn service_link(name: &str) -> Link {
    Link { title: name.to_owned(), href: format!("/services/{name}") }
}

/// The first twelve characters of a revision, for people.
pub(crate) fn short(revision: &str) -> String {
    revision.chars().take(12).collect()
}

pub(crate) fn artifact_view(artifact: &Artifact) -> ArtifactView {
    ArtifactView {
        id: artifact.id.to_string(),
        version: artifact.version.clone(),
        revision: short(&artifact.revision),
        digest: artifact.digest.short().to_owned(),
        built_at: artifact.built_at.as_millis(),
        source: artifact.source.clone(),
    }
}

pub(crate) fn build_view(build: &Build) -> BuildView {
    BuildView {
        revision: short(&build.revision),
        state: build.state,
        queued_at: build.queued_at.as_millis(),
        finished_at: build.finished_at.map(Timestamp::as_millis),
        error: build.error.clone(),
    }
}

pub(crate) fn health_view(health: &Health, now: Timestamp) -> HealthView {
    HealthView {
        state: health.at(now),
        evidence: health.evidence.clone(),
        seen_at: health.seen_at.map(Timestamp::as_millis),
        stale_at: health.seen_at.map(|seen| seen.plus(STALE_AFTER).as_millis()),
    }
}

/// Rows for deployments: three queries, in the order given.
pub(crate) async fn deployment_rows(tx: &mut dyn Tx, deployments: &[Deployment]) -> Result<Vec<DeploymentRow>> {
    if deployments.is_empty() {
        return Ok(Vec::new());
    }
    let services: BTreeSet<ServiceId> = deployments.iter().map(|d| d.service).collect();
    let artifacts: BTreeSet<ArtifactId> = deployments.iter().map(|d| d.artifact).collect();
    let returned: BTreeSet<DeploymentId> = deployments.iter().filter_map(|d| d.rollback_of).collect();
    let services = tx.services_by_ids(&services.into_iter().collect::<Vec<_>>()).await.map_err(store)?;
    let services: HashMap<_, _> = services.into_iter().map(|s| (s.id, s.name)).collect();
    let artifacts = tx.artifacts_by_ids(&artifacts.into_iter().collect::<Vec<_>>()).await.map_err(store)?;
    let artifacts: HashMap<_, _> = artifacts.into_iter().map(|a| (a.id, a)).collect();
    let returned: HashMap<_, _> = if returned.is_empty() {
        HashMap::new()
    } else {
        let returned = tx.deployments_by_ids(&returned.into_iter().collect::<Vec<_>>()).await.map_err(store)?;
        returned.into_iter().map(|d| (d.id, d.number)).collect()
    };
    let row = |deployment: &Deployment| {
        let artifact = artifacts.get(&deployment.artifact);
        DeploymentRow {
            id: deployment.id.to_string(),
            href: format!("/deployments/{}", deployment.id),
            service: service_link(services.get(&deployment.service).map_or("", String::as_str)),
            number: deployment.number,
            environment: deployment.environment.clone(),
            state: deployment.state,
            intent: deployment.intent,
            revision: artifact.map(|a| short(&a.revision)).unwrap_or_default(),
            digest: artifact.map(|a| a.digest.short().to_owned()).unwrap_or_default(),
            version: artifact.and_then(|a| a.version.clone()),
            reason: deployment.reason.clone(),
            rollback_of: deployment.rollback_of.and_then(|id| returned.get(&id).copied()),
            requested_by: deployment.requested_by.clone(),
            requested_at: deployment.requested_at.as_millis(),
            state_since: deployment.state_since.as_millis(),
            finished_at: deployment.finished_at.map(Timestamp::as_millis),
            cause: deployment.cause.as_ref().map(|cause| cause.message.clone()),
        }
    };
    Ok(deployments.iter().map(row).collect())
}

/// Placements with what should be running and what is on its way: up to six queries for any number of placements.
pub(crate) async fn placement_views(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    placements: &[Placement],
) -> Result<Vec<PlacementView>> {
    let now = slipway.clock.now();
    let wanted: BTreeSet<DeploymentId> = placements.iter().filter_map(|p| p.current).collect();
    let mut deployments = tx.deployments_by_ids(&wanted.into_iter().collect::<Vec<_>>()).await.map_err(store)?;
    let active = tx.active_deployments(200).await.map_err(store)?;
    let known: BTreeSet<DeploymentId> = deployments.iter().map(|d| d.id).collect();
    let active: Vec<DeploymentId> = active.into_iter().filter(|id| !known.contains(id)).collect();
    if !active.is_empty() {
        let here: BTreeSet<_> = placements.iter().map(|p| p.id).collect();
        let active = tx.deployments_by_ids(&active).await.map_err(store)?;
        deployments.extend(active.into_iter().filter(|d| here.contains(&d.placement)));
    }
    let rows = deployment_rows(tx, &deployments).await?;
    let rows: BTreeMap<DeploymentId, (&Deployment, DeploymentRow)> =
        deployments.iter().zip(rows).map(|(deployment, row)| (deployment.id, (deployment, row))).collect();
    let view = |placement: &Placement| {
        let active = rows
            .values()
            .filter(|(d, _)| d.placement == placement.id && !d.state.is_final())
            .max_by_key(|(d, _)| d.number);
        let observed = placement.observed.as_ref();
        PlacementView {
            id: placement.id.to_string(),
            environment: placement.environment.clone(),
            runtime: placement.runtime.clone(),
            runtime_kind: slipway.runtimes.get(&placement.runtime).map(|runtime| runtime.kind()),
            health: health_view(&placement.health, now),
            url: observed.and_then(|o| o.url.clone()),
            ready: observed.map_or(0, |o| o.ready),
            desired: observed.map_or(0, |o| o.desired),
            current: placement.current.and_then(|id| rows.get(&id)).map(|(_, row)| row.clone()),
            active: active.map(|(_, row)| row.clone()),
            workload: placement.workload.clone(),
        }
    };
    Ok(placements.iter().map(view).collect())
}

/// Services with their placements: up to seven queries for any number of services.
pub(crate) async fn service_rows(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    services: &[Service],
    teams: &[(String, String)],
) -> Result<Vec<ServiceRow>> {
    let ids: Vec<ServiceId> = services.iter().map(|s| s.id).collect();
    let placements = tx.placements_of(&ids).await.map_err(store)?;
    let views = placement_views(slipway, tx, &placements).await?;
    let mut by_service: HashMap<ServiceId, Vec<PlacementView>> = HashMap::new();
    for (placement, view) in placements.iter().zip(views) {
        by_service.entry(placement.service).or_default().push(view);
    }
    let row = |service: &Service| ServiceRow {
        name: service.name.clone(),
        href: format!("/services/{}", service.name),
        owner: owner_link(&service.owner, teams),
        placements: by_service.remove(&service.id).unwrap_or_default(),
    };
    Ok(services.iter().map(row).collect())
}

/// Configured runtimes: name and the kind's title.
pub(crate) fn runtime_titles(slipway: &Slipway) -> Vec<(String, String)> {
    slipway.runtimes.iter().map(|(name, runtime)| (name.to_owned(), runtime.kind().title().to_owned())).collect()
}
