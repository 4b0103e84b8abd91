//! Registering: from a path or a Git URL to entities.

use super::documents;
use crate::{Caller, Result, Slipway, errors::store};
use serde_json::{Value, json};
use slipway_api_types::{
    AppError,
    catalog::{RegisterProblem, RegisterReport, RelationTarget},
};
use slipway_domain::{
    access::Permission,
    catalog::{Entity, EntityRef, Location, LocationKind},
    ids::LocationId,
    time::Timestamp,
};
use slipway_ports::{Tx, forge::SourceTree, store::catalog::CatalogEntity};
use std::{
    collections::{BTreeSet, VecDeque},
    path::Path,
};

/// The file a folder or repository is read from.
const CATALOG_FILE: &str = "catalog-info.yaml";
/// How many files one location may lead to.
const MOST_FILES: usize = 2_000;
/// The largest file that is read, bytes.
const LARGEST_FILE: usize = 8 << 20;

/// Registers a file or folder by absolute path (administrators only: it reads the server's disk) or a Git repository by URL. What is
/// wrong is reported; what is right is taken.
pub async fn register(slipway: &Slipway, caller: &Caller, target: &str) -> Result<RegisterReport> {
    let target = target.trim();
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
    let location = Location {
        id: LocationId::from_uuid(slipway.entropy.uuid()),
        kind,
        target: target.trim_end_matches('/').to_owned(),
        read_at: None,
        error: None,
    };
    read_location(slipway, caller, &location).await
}

/// Reads the location of an entity anew.
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
        Some(location) if location.kind != LocationKind::BuiltIn => read_location(slipway, caller, &location).await,
        _ => Err(AppError::conflict("This entity is part of Slipway itself; there is nothing to read anew.")),
    }
}

/// Registers the templates that ship with Slipway. For the server's start.
pub async fn register_built_in(slipway: &Slipway) -> Result<RegisterReport> {
    let location = Location {
        id: LocationId::from_uuid(slipway.entropy.uuid()),
        kind: LocationKind::BuiltIn,
        target: "slipway:templates".to_owned(),
        read_at: None,
        error: None,
    };
    let mut names: Vec<String> = std::fs::read_dir(&slipway.settings.templates)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().join("template.yaml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    let tree = slipway.source.open_path(&slipway.settings.templates).await.map_err(crate::errors::forge)?;
    let files = names.into_iter().map(|name| format!("{name}/template.yaml")).collect();
    let caller = crate::reconcile::slipway_caller();
    take(slipway, &caller, &location, &*tree, files).await
}

async fn read_location(slipway: &Slipway, caller: &Caller, location: &Location) -> Result<RegisterReport> {
    let opened = match location.kind {
        LocationKind::Git => slipway.source.open_git(&location.target).await,
        LocationKind::Path | LocationKind::BuiltIn => slipway.source.open_path(Path::new(&location.target)).await,
    };
    let tree = match opened {
        Ok(tree) => tree,
        Err(error) => {
            let message = format!("{} could not be read: {error}", location.target);
            note_failure(slipway, location, &message).await?;
            return Err(AppError::invalid("target", message));
        }
    };
    let entry = tree.entry().unwrap_or(CATALOG_FILE).to_owned();
    take(slipway, caller, location, &*tree, VecDeque::from([entry])).await
}

/// A location that is known and cannot be read now keeps its entities and says why.
async fn note_failure(slipway: &Slipway, location: &Location, message: &str) -> Result<()> {
    let mut tx = slipway.write().await?;
    let known = tx.locations().await.map_err(store)?.into_iter().find(|known| known.target == location.target);
    if let Some(known) = known {
        tx.set_location_status(known.id, known.read_at, Some(message)).await.map_err(store)?;
        tx.commit().await.map_err(store)?;
    }
    Ok(())
}

/// A document that was read: where it stands and what it says.
struct Found {
    file: String,
    document: usize,
    entity: Entity,
}

/// Reads `files` and those that Location entities within lead to, and puts what is right into the catalogue, in one transaction.
async fn take(
    slipway: &Slipway,
    caller: &Caller,
    location: &Location,
    tree: &dyn SourceTree,
    mut files: VecDeque<String>,
) -> Result<RegisterReport> {
    let mut report = RegisterReport::default();
    let mut found: Vec<Found> = Vec::new();
    let mut seen: BTreeSet<String> = files.iter().cloned().collect();
    while let Some(file) = files.pop_front() {
        let problem = |document: usize, field: &str, message: String| RegisterProblem {
            file: file.clone(),
            document,
            field: field.to_owned(),
            message,
        };
        let bytes = match tree.read(&file).await {
            Ok(Some(bytes)) if bytes.len() <= LARGEST_FILE => bytes,
            Ok(Some(_)) => {
                report.problems.push(problem(1, "", "the file is larger than 8 MiB".to_owned()));
                continue;
            }
            Ok(None) => {
                report.problems.push(problem(1, "", "there is no such file".to_owned()));
                continue;
            }
            Err(error) => {
                report.problems.push(problem(1, "", error.to_string()));
                continue;
            }
        };
        let text = String::from_utf8_lossy(&bytes);
        let documents = documents::read(&text);
        if documents.is_empty() {
            report.problems.push(problem(1, "", "the file has no entity in it".to_owned()));
        }
        for document in documents {
            let entity = match document.value.map(Entity::new) {
                Ok(Ok(entity)) => entity,
                Ok(Err(wrong)) => {
                    report.problems.push(problem(document.number, &wrong.field, wrong.message));
                    continue;
                }
                Err(message) => {
                    report.problems.push(problem(document.number, "", message));
                    continue;
                }
            };
            for target in location_targets(&entity) {
                let target = beside(&file, &target);
                if seen.len() < MOST_FILES && seen.insert(target.clone()) {
                    files.push_back(target);
                }
            }
            found.push(Found { file: file.clone(), document: document.number, entity });
        }
    }
    write(slipway, caller, location, found, &mut report).await?;
    Ok(report)
}

/// `spec.target` and `spec.targets` of a Location entity.
fn location_targets(entity: &Entity) -> Vec<String> {
    if !entity.kind().eq_ignore_ascii_case("location") {
        return Vec::new();
    }
    let one = entity.text(&["spec", "target"]).map(str::to_owned);
    one.into_iter().chain(entity.list(&["spec", "targets"]).filter_map(Value::as_str).map(str::to_owned)).collect()
}

/// A path relative to the folder of `file`.
fn beside(file: &str, target: &str) -> String {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

async fn write(
    slipway: &Slipway,
    caller: &Caller,
    location: &Location,
    found: Vec<Found>,
    report: &mut RegisterReport,
) -> Result<()> {
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    let id = tx.put_location(location).await.map_err(store)?;
    let before = tx.entities_of_location(id).await.map_err(store)?;
    let mut taken = BTreeSet::new();
    let mut entities = Vec::new();
    for Found { file, document, entity } in found {
        let reference = entity.reference();
        if !taken.insert(reference.clone()) {
            let message = format!("{reference} stands in this location twice; the first one counts");
            report.problems.push(RegisterProblem { file, document, field: "metadata.name".to_owned(), message });
            continue;
        }
        report.registered.push(target(&entity));
        entities.push(catalog_entity(entity, id, &file, now));
    }
    refuse_foreign(&mut *tx, id, &mut entities, report).await?;
    tx.put_entities(&entities).await.map_err(store)?;
    // Files that could not be read keep what they gave before; only a clean reading removes.
    if report.problems.is_empty() {
        for gone in before.iter().filter(|reference| !taken.contains(reference)) {
            tx.delete_entity(gone).await.map_err(store)?;
        }
    } else {
        for reference in before.iter().filter(|reference| !taken.contains(reference)) {
            let message = "the latest version of its file has problems; this is the last good one";
            tx.set_entity_error(reference, Some(message)).await.map_err(store)?;
        }
    }
    let error =
        report.problems.first().map(|p| format!("{}, document {}: {} {}", p.file, p.document, p.field, p.message));
    let read_at = if error.is_none() { Some(now) } else { location.read_at };
    tx.set_location_status(id, read_at, error.as_deref()).await.map_err(store)?;
    let detail = json!({"registered": report.registered.len(), "problems": report.problems.len()});
    tx.add_audit(&caller.audit(&*slipway.entropy, now, "catalog.register", &location.target, None, detail))
        .await
        .map_err(store)?;
    tx.publish("catalog", &id.to_string(), now.as_millis(), now).await.map_err(store)?;
    tx.commit().await.map_err(store)
}

/// An entity that another location gave already stays that location's.
async fn refuse_foreign(
    tx: &mut dyn Tx,
    id: LocationId,
    entities: &mut Vec<CatalogEntity>,
    report: &mut RegisterReport,
) -> Result<()> {
    // Thousands at once only come from one location that is new or read anew; then asking for each would be slow, so ask for its own first.
    let own: BTreeSet<EntityRef> = tx.entities_of_location(id).await.map_err(store)?.into_iter().collect();
    let mut kept = Vec::with_capacity(entities.len());
    for entity in entities.drain(..) {
        let reference = entity.entity.reference();
        let foreign = if own.contains(&reference) { None } else { tx.entity(&reference).await.map_err(store)? };
        match foreign.filter(|foreign| foreign.location != id) {
            Some(foreign) => {
                let other = tx.location(foreign.location).await.map_err(store)?.map(|l| l.target).unwrap_or_default();
                let message = format!("{reference} comes from {other} already; rename one of the two");
                report.registered.retain(|taken| taken.reference != reference.to_string());
                let field = "metadata.name".to_owned();
                report.problems.push(RegisterProblem { file: entity.file, document: 1, field, message });
            }
            None => kept.push(entity),
        }
    }
    *entities = kept;
    Ok(())
}

fn catalog_entity(entity: Entity, location: LocationId, file: &str, now: Timestamp) -> CatalogEntity {
    CatalogEntity { entity, location, file: file.to_owned(), error: None, created_at: now, updated_at: now, version: 1 }
}

fn target(entity: &Entity) -> RelationTarget {
    let reference = entity.reference();
    RelationTarget {
        kind: reference.kind().to_owned(),
        title: entity.title().to_owned(),
        href: reference.path(),
        reference: reference.to_string(),
        exists: true,
    }
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
    for (i, document) in documents.into_iter().enumerate() {
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
    documents::read(text)
        .into_iter()
        .map(|document| {
            let number = document.number;
            document.value.map_err(|message| {
                AppError::invalid("catalogInfoPath", format!("{file}, document {number}: {message}"))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn targets_are_relative_to_their_file() {
        assert_eq!(beside("catalog-info.yaml", "./a/b.yaml"), "a/b.yaml");
        assert_eq!(beside("x/all.yaml", "../y/one.yaml"), "y/one.yaml");
        assert_eq!(beside("all.yaml", "../../etc/passwd"), "etc/passwd");
    }
}
