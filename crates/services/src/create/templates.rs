//! From a template's entity to the template itself: its `template.yaml` and the folder it stands in.

use super::actions;
use crate::{Result, Slipway, errors::store};
use slipway_api_types::AppError;
use slipway_domain::{
    catalog::{EntityRef, Location, LocationKind},
    scaffold::Run,
};
use slipway_ports::Tx;
use slipway_scaffold::{Template, safe_path};
use std::path::{Path, PathBuf};

/// A template that can run.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub reference: EntityRef,
    pub template: Template,
    /// Where `template.yaml` stands; what it fetches is relative to this.
    pub folder: PathBuf,
}

/// The `template.yaml` of an entity, when it is on this server's disk. Templates of Git repositories are shown in the catalogue
/// but cannot run: their skeleton is not here.
pub(super) fn file_of(slipway: &Slipway, location: &Location, file: &str) -> Option<PathBuf> {
    let file = safe_path(file).ok()?;
    match location.kind {
        LocationKind::BuiltIn => Some(slipway.settings.templates.join(file)),
        LocationKind::Path => {
            let target = Path::new(&location.target);
            // A location that is one file has its neighbours within reach, as a folder would.
            let root = if target.is_file() { target.parent()? } else { target };
            Some(root.join(file))
        }
        LocationKind::Git => None,
    }
}

/// Where the template of an entity stands.
pub(crate) async fn find(slipway: &Slipway, tx: &mut dyn Tx, reference: &EntityRef) -> Result<PathBuf> {
    let missing = || AppError::not_found(format!("template named {}", reference.name()));
    let entity = tx.entity(reference).await.map_err(store)?.ok_or_else(missing)?;
    let location = tx.location(entity.location).await.map_err(store)?.ok_or_else(missing)?;
    file_of(slipway, &location, &entity.file).ok_or_else(|| {
        AppError::conflict(format!(
            "{reference} comes from a Git repository; to run it, register a checkout of it by its path on the server."
        ))
    })
}

/// The folder of a run's template: what its steps fetch is relative to it.
pub(super) async fn folder_of_run(slipway: &Slipway, run: &Run) -> Result<PathBuf> {
    let reference: EntityRef =
        run.template.parse().map_err(|_| AppError::not_found(format!("template named `{}`", run.template)))?;
    let path = find(slipway, &mut *slipway.read().await?, &reference).await?;
    Ok(path.parent().map(Path::to_path_buf).unwrap_or_default())
}

/// Reads a template, off the threads that answer requests.
pub(crate) async fn load(reference: &EntityRef, path: PathBuf) -> Result<Loaded> {
    let reference = reference.clone();
    let read = move || {
        let unusable =
            |why: String| AppError::conflict(format!("The template {} cannot be used: {why}", reference.name()));
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let text =
            std::fs::read_to_string(&path).map_err(|error| unusable(format!("{name} cannot be read: {error}")))?;
        let template = Template::parse(&text, &name).map_err(|error| unusable(error.to_string()))?;
        if let Some(step) = actions::specs().unknown(&template).first() {
            let (line, why) = (step.line, actions::why_not(&step.action));
            return Err(unusable(format!("{name}:{line}: {why}")));
        }
        if template.form.pages.is_empty() {
            return Err(unusable(format!("{name}: it has no parameters, so what it makes would have no name")));
        }
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        Ok(Loaded { reference, template, folder })
    };
    tokio::task::spawn_blocking(read).await.map_err(|error| crate::errors::internal(&error))?
}
