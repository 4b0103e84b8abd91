//! From what was read of a location to the catalogue: what is right is taken, what is wrong leaves the last good version.

use super::{
    read::{Found, Reading},
    template::template_version,
};
use crate::{Caller, Result, Slipway, errors::store, upgrades::keep_version};
use serde_json::json;
use slipway_api_types::catalog::{RegisterProblem, RegisterReport, RelationTarget};
use slipway_domain::{
    catalog::{Entity, EntityRef, Location},
    ids::LocationId,
    time::Timestamp,
};
use slipway_ports::{Tx, store::catalog::CatalogEntity};
use slipway_scaffold::TemplateFolder;
use std::collections::{BTreeMap, BTreeSet};

/// Why a location is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// Somebody registers it.
    Register,
    /// Somebody wants it read again.
    Again,
    /// Its time has come, or it changed: only worth a word when something is new.
    Routine,
}

/// What a problem says of its file, for an entity that keeps its last good version.
pub(super) fn words(problem: &RegisterProblem) -> String {
    let line = problem.line.map_or_else(|| format!(", document {}", problem.document), |line| format!(":{line}"));
    let field = if problem.field.is_empty() { String::new() } else { format!(" {}:", problem.field) };
    format!("{}{line}:{field} {}", problem.file, problem.message)
}

/// Puts what was read into the catalogue, in one transaction; nothing when a later reading was taken already.
pub(super) async fn take(
    slipway: &Slipway,
    caller: &Caller,
    location: &Location,
    reading: Reading,
    occasion: Occasion,
) -> Result<RegisterReport> {
    let now = slipway.clock.now();
    let mut report = RegisterReport { problems: reading.problems, ..RegisterReport::default() };
    let mut tx = slipway.write().await?;
    let id = tx.put_location(location).await.map_err(store)?;
    let stands = tx.location(id).await.map_err(store)?.unwrap_or_else(|| location.clone());
    let before = tx.entities_of_location(id).await.map_err(store)?;
    let mut taking = Taking {
        id,
        now,
        stays: BTreeSet::new(),
        entities: Vec::new(),
        versions: BTreeMap::new(),
        troubled: BTreeMap::new(),
    };
    for found in reading.found {
        taking.add(&mut *tx, found, &mut report).await?;
    }
    refuse_foreign(&mut *tx, id, &mut taking.entities, &mut report).await?;
    let error = report.problems.first().map(words);
    if stands.checked_at.is_some_and(|at| at > reading.began_at) {
        return Ok(report);
    }
    let is_new = stands.digest.as_ref() != Some(&reading.digest) || stands.error != error;
    if is_new || occasion != Occasion::Routine {
        tx.put_entities(&taking.entities).await.map_err(store)?;
        // Only of what the catalogue took from here: nobody gives a template of elsewhere a version.
        for entity in &taking.entities {
            let reference = entity.entity.reference();
            if let Some(folder) = taking.versions.get(&reference) {
                keep_version(&mut *tx, &reference.to_string(), folder, now).await?;
            }
        }
        let gone: Vec<EntityRef> = before.into_iter().filter(|entity| !taking.stays.contains(entity)).collect();
        settle_gone(&mut *tx, &gone, &report.problems).await?;
        for (reference, error) in &taking.troubled {
            tx.set_entity_error(reference, Some(error)).await.map_err(store)?;
        }
        let detail = json!({"registered": report.registered.len(), "problems": report.problems.len()});
        let action = if occasion == Occasion::Register { "catalog.register" } else { "catalog.refresh" };
        let line = caller.audit(&*slipway.entropy, now, action, &location.target, None, detail);
        tx.add_audit(&line).await.map_err(store)?;
        tx.publish("catalog", &id.to_string(), now.as_millis(), now).await.map_err(store)?;
    }
    let status = Location {
        id,
        checked_at: Some(reading.began_at),
        read_at: error.is_none().then_some(now),
        error,
        digest: Some(reading.digest),
        ..stands
    };
    tx.set_location_status(&status).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(report)
}

/// Notes that a known location cannot be opened now. It keeps its entities, and says why.
pub(super) async fn note_failure(
    slipway: &Slipway,
    location: &Location,
    began_at: Timestamp,
    message: &str,
) -> Result<()> {
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    let known = tx.location_by_target(&location.target).await.map_err(store)?;
    let Some(known) = known.filter(|known| known.checked_at.is_none_or(|at| at <= began_at)) else { return Ok(()) };
    let is_new = known.unreachable() != Some(message);
    let (id, error) = (known.id, Some(message.to_owned()));
    let status = Location { checked_at: Some(began_at), read_at: None, error, digest: None, ..known };
    tx.set_location_status(&status).await.map_err(store)?;
    if is_new {
        tx.publish("catalog", &id.to_string(), now.as_millis(), now).await.map_err(store)?;
    }
    tx.commit().await.map_err(store)
}

/// What is about to be written of one location.
struct Taking {
    id: LocationId,
    now: Timestamp,
    /// What the location still gives, good or not.
    stays: BTreeSet<EntityRef>,
    entities: Vec<CatalogEntity>,
    /// Of templates: what to keep.
    versions: BTreeMap<EntityRef, TemplateFolder>,
    /// Those that keep their last good version, and why.
    troubled: BTreeMap<EntityRef, String>,
}

impl Taking {
    async fn add(&mut self, tx: &mut dyn Tx, found: Found, report: &mut RegisterReport) -> Result<()> {
        let Found { file, document, entity, template } = found;
        let reference = entity.reference();
        if !self.stays.insert(reference.clone()) {
            let message = format!("{reference} stands in this location twice; the first one counts");
            let field = "metadata.name".to_owned();
            report.problems.push(RegisterProblem { file, document, line: None, field, message });
            return Ok(());
        }
        let mut error = None;
        match template {
            None => {}
            Some(Ok(folder)) => {
                self.versions.insert(reference, folder);
            }
            Some(Err(problem)) => {
                let why = words(&problem);
                report.problems.push(problem);
                let known = tx.entity(&reference).await.map_err(store)?;
                if known.is_some_and(|known| template_version(&known.entity).is_some()) {
                    self.troubled.insert(reference, why);
                    return Ok(());
                }
                // There is no better one; it can be looked at, and says why it cannot run.
                error = Some(why);
            }
        }
        report.registered.push(target(&entity));
        self.entities.push(CatalogEntity { error, ..catalog_entity(entity, self.id, &file, self.now) });
        Ok(())
    }
}

/// Entities that the location no longer gives. Files that could not be read keep what they gave before; only a clean reading removes.
async fn settle_gone(tx: &mut dyn Tx, gone: &[EntityRef], problems: &[RegisterProblem]) -> Result<()> {
    if problems.is_empty() {
        for reference in gone {
            tx.delete_entity(reference).await.map_err(store)?;
        }
        return Ok(());
    }
    for held in tx.entities(gone).await.map_err(store)? {
        let own = problems.iter().find(|problem| problem.file == held.file);
        let message = own
            .map_or_else(|| "It was not found when its location was last read, which had problems.".to_owned(), words);
        tx.set_entity_error(&held.entity.reference(), Some(&message)).await.map_err(store)?;
    }
    Ok(())
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
                report.problems.push(RegisterProblem { file: entity.file, document: 1, line: None, field, message });
            }
            None => kept.push(entity),
        }
    }
    *entities = kept;
    Ok(())
}

pub(super) fn catalog_entity(entity: Entity, location: LocationId, file: &str, now: Timestamp) -> CatalogEntity {
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
