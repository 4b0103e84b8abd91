//! The stand-in for a pipeline: it builds what is pushed to repositories that Slipway hosts, when no real pipeline does.
//!
//! It takes a few seconds, checks that there is something to build, and records an artifact whose digest follows from the
//! repository and revision, so that building twice is building once.

use super::{LEASE, acquire, overtaken, pool::Pool, release};
use crate::{
    Caller, Door, Result, Slipway,
    deployments::{Order, place},
    errors::store,
};
use serde_json::json;
use slipway_domain::{
    access::{Grant, Role},
    artifact::{Artifact, Digest},
    build::{Build, BuildState},
    deployment::Intent,
    ids::{ArtifactId, BuildId, UserId},
};
use std::{sync::Arc, time::Duration};

/// How many builds one process waits for at a time.
const AT_ONCE: usize = 16;

/// Slipway itself, when nobody asked.
pub(crate) fn slipway_caller() -> Caller {
    Caller {
        user: UserId::from_uuid(uuid::Uuid::nil()),
        session: None,
        login: "slipway".to_owned(),
        display_name: "Slipway".to_owned(),
        email: "slipway@users.slipway.invalid".to_owned(),
        grants: vec![Grant { role: Role::Administrator, team: None }],
        door: Door::System,
        scopes: None,
    }
}

/// Works on every build that is not over.
pub(super) async fn pass(slipway: Arc<Slipway>) -> Result<u64> {
    if !slipway.settings.build_pushes {
        return Ok(0);
    }
    let due = || async {
        let mut tx = slipway.read().await?;
        Ok(tx.active_builds(200).await.map_err(store)?.into_iter().map(|build| build.id).collect())
    };
    Pool::new(&slipway.wake.builds, AT_ONCE).work_on_all(due, |id| work_on(&slipway, id)).await
}

/// `false`: somebody else works on it.
async fn work_on(slipway: &Slipway, id: BuildId) -> Result<bool> {
    let Some(lease) = acquire(slipway, &format!("build:{id}")).await? else { return Ok(false) };
    let build = {
        let mut tx = slipway.read().await?;
        tx.build(id).await.map_err(store)?
    };
    let Some(mut build) = build.filter(|build| build.finished_at.is_none()) else {
        release(slipway, &lease).await?;
        return Ok(true);
    };
    if build.state == BuildState::Queued {
        build.state = BuildState::Running;
        build.started_at = Some(slipway.clock.now());
        if !write(slipway, &lease, &build, None).await? {
            return Ok(false);
        }
    }
    let elapsed = slipway.clock.now().since(build.started_at.unwrap_or(build.queued_at));
    let left = (slipway.settings.build_millis - elapsed).max(0);
    tokio::time::sleep(Duration::from_millis(left.unsigned_abs())).await;
    let outcome = build_image(slipway, &build).await?;
    build.finished_at = Some(slipway.clock.now());
    let artifact = match outcome {
        Ok(artifact) => {
            build.state = BuildState::Succeeded;
            Some(artifact)
        }
        Err(message) => {
            build.state = BuildState::Failed;
            build.error = Some(message);
            None
        }
    };
    let written = write(slipway, &lease, &build, artifact).await?;
    release(slipway, &lease).await?;
    Ok(written)
}

/// The artifact, or why there is none, in words.
async fn build_image(slipway: &Slipway, build: &Build) -> Result<Result<Artifact, String>> {
    let repository = {
        let mut tx = slipway.read().await?;
        tx.repository(build.repository).await.map_err(store)?
    };
    let Some(repository) = repository else { return Ok(Err("The repository is gone.".to_owned())) };
    let dockerfile = match slipway.forge.read(&repository.name, &build.revision, "Dockerfile").await {
        Ok(dockerfile) => dockerfile,
        Err(error) => return Ok(Err(format!("The repository could not be read: {error}"))),
    };
    if dockerfile.is_none_or(|dockerfile| dockerfile.is_empty()) {
        return Ok(Err("There is no Dockerfile at the top of the repository; add one and push again.".to_owned()));
    }
    let image = format!("{}/{}", slipway.settings.registry, repository.name);
    Ok(Ok(Artifact {
        id: ArtifactId::from_uuid(slipway.entropy.uuid()),
        service: build.service,
        digest: Digest::of(format!("{image}@{}", build.revision).as_bytes()),
        image,
        revision: build.revision.clone(),
        version: None,
        built_at: slipway.clock.now(),
        source: "built-in pipeline".to_owned(),
    }))
}

/// Writes a build, its artifact and the deployments that follow from it, in one transaction. `false`: another worker took over.
async fn write(
    slipway: &Slipway,
    lease: &slipway_ports::store::leases::Lease,
    build: &Build,
    artifact: Option<Artifact>,
) -> Result<bool> {
    let now = slipway.clock.now();
    let mut build = build.clone();
    let mut tx = slipway.write().await?;
    match tx.hold_lease(lease, now, LEASE.max(slipway.settings.build_millis * 2)).await {
        Ok(()) => {}
        Err(error) if overtaken(&error) => return Ok(false),
        Err(error) => return Err(store(error)),
    }
    let Some(service) = tx.service(build.service).await.map_err(store)? else { return Ok(false) };
    let mut deploys = false;
    if let Some(artifact) = artifact {
        let artifact = tx.put_artifact(&artifact).await.map_err(store)?;
        build.artifact = Some(artifact.id);
        let caller = slipway_caller();
        let detail = json!({"digest": artifact.digest.as_str(), "revision": artifact.revision});
        let line = caller.audit(&*slipway.entropy, now, "artifact.record", &service.name, Some(&service.owner), detail);
        tx.add_audit(&line).await.map_err(store)?;
        let environments = tx.environments().await.map_err(store)?;
        for placement in tx.placements_of(&[service.id]).await.map_err(store)? {
            if !environments.iter().any(|e| e.name == placement.environment && e.auto_deploy) {
                continue;
            }
            let order = Order {
                artifact: &artifact,
                workload: placement.workload.clone(),
                intent: Intent::Planned,
                reason: Some(format!("Built from {}", crate::views::short(&artifact.revision))),
                rollback_of: None,
            };
            // A workload that cannot be deployed does not undo the build; a person sees it when deploying by hand.
            match place(slipway, &mut *tx, &caller, &service, &placement, order).await {
                Ok(_) => deploys = true,
                Err(error) => {
                    tracing::warn!(service.name = %service.name, error.cause = %error, "an artifact was not deployed by itself")
                }
            }
        }
    }
    tx.set_build(&build).await.map_err(store)?;
    tx.publish("build", &service.name, now.as_millis(), now).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    if deploys {
        slipway.wake.deployments.notify_one();
    }
    Ok(true)
}
