//! Repositories that Slipway hosts: who may use them, and what a push means.

use crate::{Caller, Result, Slipway, errors::store, insights::events::commit_events, upgrades::lock_at};
use serde_json::json;
use slipway_api_types::AppError;
use slipway_domain::{
    access::Permission,
    build::{Build, BuildState},
    ids::BuildId,
};
use slipway_ports::{
    forge::Commit,
    store::{repositories::Repository, upgrades::RepositoryLock},
};

/// Whether the caller may read or write a repository over git.
pub async fn authorise_git(slipway: &Slipway, caller: &Caller, repository: &str, write: bool) -> Result<()> {
    let mut tx = slipway.read().await?;
    let found = tx.repository_by_name(repository).await.map_err(store)?;
    let repository = found.ok_or_else(|| AppError::not_found(format!("repository named `{repository}`")))?;
    if write {
        caller.require(Permission::Create, Some(&repository.owner))
    } else {
        caller.require(Permission::Read, None)
    }
}

/// After a push: records it now instead of with the next look, has the catalogue read what comes from the repository, and tells
/// pages of its open upgrade.
pub async fn pushed(slipway: &Slipway, repository: &str, by: &str) -> Result<()> {
    let found = {
        let mut tx = slipway.read().await?;
        tx.repository_by_name(repository).await.map_err(store)?
    };
    match found {
        Some(repository) => {
            crate::catalog::pushed(slipway, repository.id).await?;
            record_push(slipway, &repository, by).await?;
            crate::upgrades::pushed(slipway, repository.id).await
        }
        None => Ok(()),
    }
}

/// Records what the default branch has gained since the last time: commits and changes for the metrics, a build for the pipeline.
/// `false` when there was nothing new, or no service yet that it would concern.
pub(crate) async fn record_push(slipway: &Slipway, repository: &Repository, by: &str) -> Result<bool> {
    let service = {
        let mut tx = slipway.read().await?;
        tx.service_by_repository(repository.id).await.map_err(store)?
    };
    let Some(service) = service else { return Ok(false) };
    let Some(head) = moved_to(slipway, repository).await? else { return Ok(false) };
    let (commits, lock) = tokio::try_join!(gained(slipway, repository, &head), lock_at(slipway, repository, &head))?;
    let before = repository.recorded_head.as_deref();
    let now = slipway.clock.now();
    let build = Build {
        id: BuildId::from_uuid(slipway.entropy.uuid()),
        repository: repository.id,
        service: service.id,
        revision: head.clone(),
        state: BuildState::Queued,
        queued_at: now,
        started_at: None,
        finished_at: None,
        error: None,
        artifact: None,
    };
    let mut tx = slipway.write().await?;
    if !tx.move_recorded_head(repository.id, before, &head).await.map_err(store)? {
        return Ok(false);
    }
    match lock {
        Some(Ok(lock)) => {
            let (template, version) = (lock.template, lock.version);
            let lock = RepositoryLock { repository: repository.id, template, version, locked_at: now };
            tx.put_lock(&lock).await.map_err(store)?;
        }
        // What cannot be read says nothing.
        Some(Err(_)) | None => tx.delete_lock(repository.id).await.map_err(store)?,
    }
    tx.add_delivery(&commit_events(service.id, &commits)).await.map_err(store)?;
    if slipway.settings.build_pushes {
        tx.put_build(&build).await.map_err(store)?;
    }
    let caller = crate::reconcile::slipway_caller();
    let detail = json!({"by": by, "before": before, "after": head, "commits": commits.len()});
    let line =
        caller.audit(&*slipway.entropy, now, "repository.push", &repository.name, Some(&repository.owner), detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("build", &service.name, now.as_millis(), now).await.map_err(store)?;
    tx.publish("delivery", &service.name, 0, now).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    slipway.wake.builds.notify_one();
    Ok(true)
}

/// The head of the default branch, unless it is the recorded one or there is none yet.
async fn moved_to(slipway: &Slipway, repository: &Repository) -> Result<Option<String>> {
    let head = slipway.forge.head(&repository.name, &repository.default_branch).await.map_err(crate::errors::forge)?;
    Ok(head.filter(|head| repository.recorded_head.as_ref() != Some(head)))
}

/// The commits up to `head` since the recorded one, parents before children.
async fn gained(slipway: &Slipway, repository: &Repository, head: &str) -> Result<Vec<Commit>> {
    let (forge, name) = (&slipway.forge, &repository.name);
    if let Some(before) = &repository.recorded_head
        && let Ok(commits) = forge.commits(name, Some(before), head).await
    {
        return Ok(commits);
    }
    // The first push, or the branch was rewritten and the old head is gone: everything reachable counts, and what was seen before is
    // known by its SHA.
    forge.commits(name, None, head).await.map_err(crate::errors::forge)
}
