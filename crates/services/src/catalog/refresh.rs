//! Reading locations again: when their time has come, when a repository was pushed to, and when a built-in folder changed.

use super::{
    hosted, read,
    register::read_location,
    take::{Occasion, take},
};
use crate::{Result, Slipway, errors::store, reconcile::slipway_caller};
use slipway_api_types::catalog::RegisterReport;
use slipway_domain::{
    catalog::{Location, LocationKind},
    ids::{LocationId, RepositoryId},
};
use std::{collections::VecDeque, sync::Mutex, sync::PoisonError};

/// The location of the templates that ship with Slipway.
const BUILT_IN: &str = "slipway:templates";
/// How many locations are looked at together.
const TOGETHER: u32 = 100;

/// What this process read last of the templates that ship with it. Another may have others beside it while one version of Slipway
/// replaces the next; then each says once what it has, and not in turns.
#[derive(Debug, Default)]
pub struct BuiltIn(Mutex<Option<String>>);

/// Reads the templates that ship with Slipway. For the server's start.
pub async fn register_built_in(slipway: &Slipway) -> Result<RegisterReport> {
    read_built_in(slipway).await.map(Option::unwrap_or_default)
}

/// Reads the templates that ship with Slipway, and takes them when they are not what they were the last time.
pub(crate) async fn read_built_in(slipway: &Slipway) -> Result<Option<RegisterReport>> {
    let folder = slipway.settings.templates.clone();
    let listed = tokio::task::spawn_blocking(move || {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let with_template = entries.filter(|entry| entry.path().join("template.yaml").is_file());
        let mut files: Vec<String> = with_template
            .filter_map(|entry| entry.file_name().into_string().ok())
            .map(|name| format!("{name}/template.yaml"))
            .collect();
        files.sort();
        files
    });
    let files: VecDeque<String> = listed.await.map_err(|error| crate::errors::internal(&error))?.into();
    let id = LocationId::from_uuid(slipway.entropy.uuid());
    let location = Location::new(id, LocationKind::BuiltIn, BUILT_IN.to_owned());
    let tree = read::open(slipway, &location).await?.map_err(crate::errors::forge)?;
    let reading = read::read(slipway, &*tree, files).await;
    let digest = reading.digest.clone();
    let is_known = |last: &Option<String>| last.as_ref() == Some(&digest);
    if is_known(&slipway.built_in.0.lock().unwrap_or_else(PoisonError::into_inner)) {
        return Ok(None);
    }
    let report = take(slipway, &slipway_caller(), &location, reading, Occasion::Routine).await?;
    *slipway.built_in.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(digest);
    Ok(Some(report))
}

/// Locations whose time has come, the longest ago first.
pub(crate) async fn due(slipway: &Slipway) -> Result<Vec<LocationId>> {
    let before = slipway.clock.now().plus(-slipway.settings.refresh_millis);
    let due = slipway.read().await?.locations_due(before, TOGETHER).await.map_err(store)?;
    Ok(due.into_iter().map(|location| location.id).collect())
}

/// Reads a location again, if there is something new. What is wrong stands at the location afterwards and is no failure here.
pub(crate) async fn read_again(slipway: &Slipway, id: LocationId) -> Result<()> {
    let Some(location) = slipway.read().await?.location(id).await.map_err(store)? else { return Ok(()) };
    if is_unchanged(slipway, &location).await? {
        let mut tx = slipway.write().await?;
        let checked_at = Some(slipway.clock.now());
        tx.set_location_status(&Location { checked_at, read_at: checked_at, ..location }).await.map_err(store)?;
        return tx.commit().await.map_err(store);
    }
    match read_location(slipway, &slipway_caller(), &location, Occasion::Routine).await {
        Ok(_) => Ok(()),
        Err(error) if error.code == slipway_api_types::ErrorCode::Invalid => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether the location was good the last time and is at the same commit. Only commits can be compared without reading all.
async fn is_unchanged(slipway: &Slipway, location: &Location) -> Result<bool> {
    let Some(digest) = location.digest.as_ref().filter(|_| location.error.is_none()) else { return Ok(false) };
    let revision = match (location.kind, location.repository) {
        (LocationKind::Git, Some(repository)) => hosted::head(slipway, repository).await?,
        // A host that cannot be asked cannot be read either, and then says why.
        (LocationKind::Git, None) => slipway.source.revision(&location.target).await.unwrap_or(None),
        (LocationKind::Path | LocationKind::BuiltIn, _) => None,
    };
    Ok(revision.is_some_and(|revision| *digest == read::digest_of_revision(slipway, &revision)))
}

/// What a location of a hosted repository is known by when its head was just read.
pub(crate) async fn digest_of_head(slipway: &Slipway, repository: RepositoryId) -> Result<Option<String>> {
    let head = hosted::head(slipway, repository).await?;
    Ok(head.map(|head| read::digest_of_revision(slipway, &head)))
}

/// Has every location of a hosted repository read at once.
pub(crate) async fn pushed(slipway: &Slipway, repository: RepositoryId) -> Result<()> {
    let mut tx = slipway.write().await?;
    let asked = tx.ask_locations(repository, slipway.clock.now()).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    if asked > 0 {
        slipway.wake.catalog.notify_one();
    }
    Ok(())
}
