//! Lock files: written by the run that makes a repository, read where a branch is pushed.

use crate::{Result, Slipway, create::template_of_run, errors};
use slipway_domain::scaffold::Run;
use slipway_ports::store::repositories::Repository;
use slipway_scaffold::{LOCK_FILE, LockError, TemplateLock, Tree};

/// The lock of what a run rendered.
///
/// # Errors
/// The template's version is not kept here; a repository without a lock works as well, and can be adopted later.
pub(crate) async fn lock_of_run(slipway: &Slipway, run: &Run, login: &str, rendered: &Tree) -> Result<TemplateLock> {
    let loaded = template_of_run(slipway, run).await?;
    let inputs = run.parameters.as_object().cloned().unwrap_or_default();
    let origin = (format!("user:default/{login}"), run.id.to_string());
    let origin = (origin.0.as_str(), origin.1.as_str());
    Ok(TemplateLock::new(&run.template, &loaded.version, &loaded.template, &inputs, origin, rendered))
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
