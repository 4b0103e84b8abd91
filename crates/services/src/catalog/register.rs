//! Registering: from a path or a Git URL to entities.

use super::{
    documents, hosted, read,
    take::{Occasion, catalog_entity, note_failure, take},
    template::{is_template, set_version},
};
use crate::{Caller, Result, Slipway, errors::store};
use serde_json::Value;
use slipway_api_types::{AppError, catalog::RegisterReport};
use slipway_domain::{
    access::Permission,
    catalog::{Entity, EntityRef, Location, LocationKind},
    ids::LocationId,
};
use slipway_ports::Tx;
use std::{collections::VecDeque, path::Path};

/// Registers a file or folder by absolute path (administrators only: it reads the server's disk) or a Git repository by URL. What is
/// wrong is reported; what is right is taken.
pub async fn register(slipway: &Slipway, caller: &Caller, target: &str) -> Result<RegisterReport> {
    let target = target.trim().trim_end_matches('/');
    let (kind, permission) = if target.starts_with("https://") || target.starts_with("http://") {
        (LocationKind::Git, Permission::Create)
    } else if Path::new(target).is_absolute() {
        (LocationKind::Path, Permission::Administer)
    } else {
        return Err(AppError::invalid(
            "target",
            "Write an absolute path on the server, or a Git URL that begins with https://.",
        ));
    };
    // Anybody who may create somewhere may register a repository; whose entities they are, the files say.
    let allowed = caller.may(permission, None)
        || (kind == LocationKind::Git && caller.teams().any(|team| caller.may(permission, Some(team))));
    if !allowed {
        caller.require(permission, None)?;
    }
    let id = LocationId::from_uuid(slipway.entropy.uuid());
    let mut location = Location::new(id, kind, target.to_owned());
    if let Some((repository, entry)) = hosted::named(slipway, target).await? {
        location.repository = Some(repository.id);
        location.entry = entry;
    }
    // One that is known keeps what it is known by.
    let known = slipway.read().await?.location_by_target(target).await.map_err(store)?;
    let location = known.unwrap_or(location);
    read_location(slipway, caller, &location, Occasion::Register).await
}

/// Reads the location of an entity again.
pub async fn refresh(
    slipway: &Slipway,
    caller: &Caller,
    kind: &str,
    namespace: &str,
    name: &str,
) -> Result<RegisterReport> {
    let reference = EntityRef::new(kind, namespace, name);
    let location = {
        let mut tx = slipway.read().await?;
        let found = tx.entity(&reference).await.map_err(store)?;
        let found = found.ok_or_else(|| AppError::not_found(format!("entity {reference}")))?;
        let owner = found.entity.owner().map(|owner| owner.to_string());
        caller.require(Permission::Create, owner.as_deref())?;
        tx.location(found.location).await.map_err(store)?
    };
    match location {
        Some(location) if location.kind != LocationKind::BuiltIn => {
            read_location(slipway, caller, &location, Occasion::Again).await
        }
        _ => Err(AppError::conflict("This entity is part of Slipway itself; there is nothing to read again.")),
    }
}

/// Reads a location again, by its id.
pub async fn refresh_location(slipway: &Slipway, caller: &Caller, id: &str) -> Result<RegisterReport> {
    caller.require(Permission::Administer, None)?;
    let missing = || AppError::not_found(format!("location with the id `{id}`"));
    let id: LocationId = id.parse().map_err(|_| missing())?;
    let location = slipway.read().await?.location(id).await.map_err(store)?.ok_or_else(missing)?;
    if location.kind == LocationKind::BuiltIn {
        return Err(AppError::conflict("This location is part of Slipway itself; there is nothing to read again."));
    }
    read_location(slipway, caller, &location, Occasion::Again).await
}

/// Opens a location, reads it and takes what it gives.
pub(super) async fn read_location(
    slipway: &Slipway,
    caller: &Caller,
    location: &Location,
    occasion: Occasion,
) -> Result<RegisterReport> {
    let began_at = slipway.clock.now();
    let tree = match read::open(slipway, location).await? {
        Ok(tree) => tree,
        Err(error) => {
            let message = format!("{} could not be read: {error}", location.target);
            note_failure(slipway, location, began_at, &message).await?;
            return Err(AppError::invalid("target", message));
        }
    };
    let entry = read::entry(location, &*tree).await;
    let reading = read::read(slipway, &*tree, VecDeque::from([entry])).await;
    take(slipway, caller, location, reading, occasion).await
}

/// Puts documents that a scaffold run read into the catalogue, within its transaction. All of them, or an error that names the field.
pub(crate) async fn put_documents(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    location: LocationId,
    file: &str,
    documents: Vec<Value>,
) -> Result<Vec<EntityRef>> {
    let now = slipway.clock.now();
    let mut entities = Vec::with_capacity(documents.len());
    for (i, mut document) in documents.into_iter().enumerate() {
        if document["kind"].as_str().is_some_and(is_template) {
            // What it fetches is read with its location.
            set_version(&mut document, None);
        }
        let entity = Entity::new(document)
            .map_err(|wrong| AppError::invalid(&wrong.field, format!("{file}, document {}: {wrong}", i + 1)))?;
        let reference = entity.reference();
        let known = tx.entity(&reference).await.map_err(store)?;
        if known.is_some_and(|known| known.location != location) {
            return Err(AppError::conflict(format!("{reference} is in the catalogue already; choose another name.")));
        }
        entities.push(catalog_entity(entity, location, file, now));
    }
    tx.put_entities(&entities).await.map_err(store)?;
    tx.publish("catalog", &location.to_string(), now.as_millis(), now).await.map_err(store)?;
    Ok(entities.iter().map(|entity| entity.entity.reference()).collect())
}

/// Reads the documents of one YAML file; the first that cannot be read is the error.
pub(crate) fn read_documents(file: &str, text: &str) -> Result<Vec<Value>> {
    let read = documents::read(text).into_iter().map(|document| {
        let number = document.number;
        document.value.map_err(|wrong| {
            let line = wrong.line.map(|line| format!(", line {line}")).unwrap_or_default();
            AppError::invalid("catalogInfoPath", format!("{file}, document {number}{line}: {}", wrong.message))
        })
    });
    read.collect()
}
