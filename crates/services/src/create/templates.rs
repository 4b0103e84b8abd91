//! From a template's entity to the template itself: the version that the catalogue keeps of it.

use super::actions;
use crate::{
    Result, Slipway,
    catalog::{missing_beside, template_version},
    errors::{internal, store},
    upgrades::kept_version,
};
use slipway_api_types::AppError;
use slipway_domain::{catalog::EntityRef, scaffold::Run};
use slipway_ports::{Tx, store::catalog::CatalogEntity};
use slipway_scaffold::{Template, TemplateError, TemplateFolder};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

/// How many templates stay in memory.
const CACHED: usize = 32;
/// How many bytes of them.
const CACHED_BYTES: usize = 64 << 20;

/// A template that can run.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub reference: EntityRef,
    /// Hash of its files.
    pub version: String,
    pub template: Template,
    /// What it fetches.
    pub folder: TemplateFolder,
}

/// Templates that were opened lately. A version never changes, so that nothing here gets old.
#[derive(Debug, Default)]
pub struct TemplateCache(Mutex<VecDeque<Arc<Loaded>>>);

impl TemplateCache {
    fn get(&self, reference: &EntityRef, version: &str) -> Option<Arc<Loaded>> {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = cached.iter().position(|one| one.version == version && one.reference == *reference)?;
        let found = cached.remove(place)?;
        cached.push_front(found.clone());
        Some(found)
    }

    fn put(&self, loaded: &Arc<Loaded>) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cached.push_front(loaded.clone());
        let bytes = |cached: &VecDeque<Arc<Loaded>>| cached.iter().map(|one| one.folder.tree().bytes()).sum::<usize>();
        while cached.len() > CACHED || (cached.len() > 1 && bytes(&cached) > CACHED_BYTES) {
            cached.pop_back();
        }
    }
}

/// The template of an entity as it is now.
pub(super) async fn open(slipway: &Slipway, tx: &mut dyn Tx, reference: &EntityRef) -> Result<Arc<Loaded>> {
    let missing = || AppError::not_found(format!("template named {}", reference.name()));
    let held = tx.entity(reference).await.map_err(store)?.ok_or_else(missing)?;
    match template_version(&held.entity) {
        Some(version) => at(slipway, tx, reference, version).await,
        None => Err(unusable(reference, &why_not(&held))),
    }
}

/// Why an entity that has no version cannot be used.
pub(super) fn why_not(held: &CatalogEntity) -> String {
    held.error.clone().unwrap_or_else(|| "what it fetches was not read yet; that happens within seconds".to_owned())
}

/// The template of a run as it was when the run began.
pub(crate) async fn of_run(slipway: &Slipway, run: &Run) -> Result<Arc<Loaded>> {
    let reference: EntityRef =
        run.template.parse().map_err(|_| AppError::not_found(format!("template named `{}`", run.template)))?;
    // Every step asks for it, and most often it is at hand.
    let at_hand = run.template_version.as_ref().and_then(|version| slipway.templates.get(&reference, version));
    if let Some(loaded) = at_hand {
        return Ok(loaded);
    }
    let mut tx = slipway.read().await?;
    match &run.template_version {
        Some(version) => at(slipway, &mut *tx, &reference, version).await,
        None => open(slipway, &mut *tx, &reference).await,
    }
}

/// A version of a template.
async fn at(slipway: &Slipway, tx: &mut dyn Tx, reference: &EntityRef, version: &str) -> Result<Arc<Loaded>> {
    if let Some(loaded) = slipway.templates.get(reference, version) {
        return Ok(loaded);
    }
    let folder = kept_version(tx, &reference.to_string(), version).await?;
    let folder = folder.ok_or_else(|| unusable(reference, "this version of it is not kept here"))?;
    let read = tokio::task::spawn_blocking(move || check_template(&folder).map(|template| (folder, template)));
    let read = read.await.map_err(|error| internal(&error))?;
    let (folder, template) = read.map_err(|error| unusable(reference, &error.to_string()))?;
    let loaded = Arc::new(Loaded { reference: reference.clone(), version: version.to_owned(), template, folder });
    slipway.templates.put(&loaded);
    Ok(loaded)
}

fn unusable(reference: &EntityRef, why: &str) -> AppError {
    AppError::conflict(format!("The template {} cannot be used: {why}", reference.name()))
}

/// The template of a folder, when a run of it could do every step.
pub(crate) fn check_template(folder: &TemplateFolder) -> Result<Template, TemplateError> {
    let template = folder.template()?;
    let error = |field: String, message: String| template.error(folder.file(), &field, message);
    if let Some(step) = actions::specs().unknown(&template).first() {
        let index = template.steps.iter().position(|other| other.id == step.id).unwrap_or_default();
        return Err(error(format!("spec.steps.{index}.action"), actions::why_not(&step.action)));
    }
    if template.form.pages.is_empty() {
        let message = "it has no parameters, so what it makes would have no name".to_owned();
        return Err(error("spec.parameters".to_owned(), message));
    }
    if let Some((index, why)) = missing_beside(folder, &template) {
        return Err(error(format!("spec.steps.{index}.input.url"), why));
    }
    Ok(template)
}
