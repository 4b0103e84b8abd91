//! Lock files: written by the run that makes a repository, read where a branch is pushed.

use super::versions;
use crate::{Result, Slipway, errors};
use slipway_domain::{catalog::EntityRef, scaffold::Run};
use slipway_ports::{Tx, store::repositories::Repository};
use slipway_scaffold::{LOCK_FILE, LockError, TemplateFolder, TemplateLock, Tree};

/// What a run writes beside the files it rendered, and the version of its template to keep with it.
pub(crate) struct LockOfRun {
    pub lock: TemplateLock,
    folder: TemplateFolder,
}

impl LockOfRun {
    /// Keeps the template's version, in the transaction that makes the repository.
    pub(crate) async fn keep(&self, slipway: &Slipway, tx: &mut dyn Tx) -> Result<()> {
        versions::keep(tx, &self.lock.template, &self.folder, slipway.clock.now()).await
    }
}

/// The lock of what a run rendered.
///
/// # Errors
/// The template cannot be kept; a repository without a lock works as well, and can be adopted later.
pub(crate) async fn lock_of_run(slipway: &Slipway, run: &Run, login: &str, rendered: &Tree) -> Result<LockOfRun> {
    let reference: EntityRef =
        run.template.parse().map_err(|_| slipway_api_types::AppError::not_found(&run.template))?;
    let folder = versions::on_disk(slipway, &reference).await?;
    let template = folder.template().map_err(|error| slipway_api_types::AppError::conflict(error.to_string()))?;
    let inputs = run.parameters.as_object().cloned().unwrap_or_default();
    let origin = (format!("user:default/{login}"), run.id.to_string());
    let origin = (origin.0.as_str(), origin.1.as_str());
    let lock = TemplateLock::new(&run.template, &folder.version(), &template, &inputs, origin, rendered);
    Ok(LockOfRun { lock, folder })
}

/// What a revision of a repository says it was made of; `None` when it says nothing.
///
/// # Errors
/// The repository cannot be read. A lock file that cannot be read is the inner error.
pub(crate) async fn lock_at(
    slipway: &Slipway,
    repository: &Repository,
    revision: &str,
) -> Result<Option<Result<TemplateLock, LockError>>> {
    let file = slipway.forge.read(&repository.name, revision, LOCK_FILE).await.map_err(errors::forge)?;
    Ok(file.map(|bytes| TemplateLock::read(&bytes)))
}
