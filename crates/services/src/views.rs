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
    ids::{DeploymentId, PlacementId, ServiceId},
    time::Timestamp,
};
use slipway_ports::{
    Tx,
    store::{deployments::DeploymentLabel, services::Service},
};
use std::collections::HashMap;

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

/// Rows of deployments by id.
pub(crate) type Rows = HashMap<DeploymentId, DeploymentRow>;

/// Rows for deployments, in the order given: one query.
pub(crate) async fn deployment_rows(tx: &mut dyn Tx, deployments: &[Deployment]) -> Result<Vec<DeploymentRow>> {
    let mut rows = rows_by_id(tx, deployments).await?;
    Ok(deployments.iter().filter_map(|deployment| rows.remove(&deployment.id)).collect())
}

/// Rows for deployments, by id: one query.
pub(crate) async fn rows_by_id<'a>(
    tx: &mut dyn Tx,
    deployments: impl IntoIterator<Item = &'a Deployment>,
) -> Result<Rows> {
    let deployments: HashMap<DeploymentId, &Deployment> = deployments.into_iter().map(|d| (d.id, d)).collect();
    if deployments.is_empty() {
        return Ok(Rows::new());
    }
    let ids: Vec<DeploymentId> = deployments.keys().copied().collect();
    let labels = tx.deployment_labels(&ids).await.map_err(store)?;
    let row = |label: DeploymentLabel| {
        let deployment = deployments.get(&label.deployment)?;
        Some((label.deployment, deployment_row(deployment, label)))
    };
    Ok(labels.into_iter().filter_map(row).collect())
}

fn deployment_row(deployment: &Deployment, label: DeploymentLabel) -> DeploymentRow {
    DeploymentRow {
        id: deployment.id.to_string(),
        href: format!("/deployments/{}", deployment.id),
        service: service_link(&label.service),
        number: deployment.number,
        environment: deployment.environment.clone(),
        state: deployment.state,
        intent: deployment.intent,
        revision: short(&label.revision),
        digest: label.digest.short().to_owned(),
        version: label.version,
        reason: deployment.reason.clone(),
        rollback_of: label.returns_to,
        requested_by: deployment.requested_by.clone(),
        requested_at: deployment.requested_at.as_millis(),
        state_since: deployment.state_since.as_millis(),
        finished_at: deployment.finished_at.map(Timestamp::as_millis),
        cause: deployment.cause.as_ref().map(|cause| cause.message.clone()),
        judged: None,
    }
}

/// Placements, what runs there and what is on its way.
pub(crate) struct Places {
    pub placements: Vec<Placement>,
    pub deployments: Vec<Deployment>,
}

impl Places {
    /// Those of some services: two queries, however many there are.
    pub(crate) async fn of(tx: &mut dyn Tx, services: &[ServiceId]) -> Result<Self> {
        Self::with_newest(tx, services, 0).await
    }

    /// Those of some services, and the newest deployments of all, `newest` of them and as many of those under way, newest first: two
    /// queries.
    pub(crate) async fn with_newest(tx: &mut dyn Tx, services: &[ServiceId], newest: u32) -> Result<Self> {
        let placements = tx.placements_of(services).await.map_err(store)?;
        Self::read(tx, placements, newest).await
    }

    /// What is at these placements: one query.
    pub(crate) async fn at(tx: &mut dyn Tx, placements: Vec<Placement>) -> Result<Self> {
        Self::read(tx, placements, 0).await
    }

    async fn read(tx: &mut dyn Tx, placements: Vec<Placement>, newest: u32) -> Result<Self> {
        let ids: Vec<PlacementId> = placements.iter().map(|placement| placement.id).collect();
        let deployments = tx.deployments_at(&ids, newest).await.map_err(store)?;
        Ok(Self { placements, deployments })
    }

    /// As pages show them; `rows` has those of the deployments.
    pub(crate) fn views(&self, slipway: &Slipway, rows: &Rows) -> Vec<PlacementView> {
        let now = slipway.clock.now();
        let view = |placement: &Placement| {
            let here = self.deployments.iter().filter(|d| d.placement == placement.id && !d.state.is_final());
            let active = here.max_by_key(|d| d.number);
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
                current: placement.current.and_then(|id| rows.get(&id)).cloned(),
                active: active.and_then(|deployment| rows.get(&deployment.id)).cloned(),
                workload: placement.workload.clone(),
            }
        };
        self.placements.iter().map(view).collect()
    }

    /// Services with what they have here.
    pub(crate) fn service_rows(
        &self,
        slipway: &Slipway,
        services: &[Service],
        teams: &[(String, String)],
        rows: &Rows,
    ) -> Vec<ServiceRow> {
        let mut by_service: HashMap<ServiceId, Vec<PlacementView>> = HashMap::new();
        for (placement, view) in self.placements.iter().zip(self.views(slipway, rows)) {
            by_service.entry(placement.service).or_default().push(view);
        }
        let row = |service: &Service| ServiceRow {
            name: service.name.clone(),
            href: format!("/services/{}", service.name),
            owner: owner_link(&service.owner, teams),
            placements: by_service.remove(&service.id).unwrap_or_default(),
        };
        services.iter().map(row).collect()
    }
}

/// Configured runtimes: name and the kind's title.
pub(crate) fn runtime_titles(slipway: &Slipway) -> Vec<(String, String)> {
    slipway.runtimes.iter().map(|(name, runtime)| (name.to_owned(), runtime.kind().title().to_owned())).collect()
}
