//! Repositories that Slipway hosts, as places that the catalogue reads from: without a network, and without a password.

use crate::{Result, Slipway, errors::store};
use async_trait::async_trait;
use bytes::Bytes;
use slipway_domain::ids::RepositoryId;
use slipway_ports::{
    Forge,
    forge::{CommitFile, ForgeError, SourceTree},
    store::repositories::Repository,
};
use std::{collections::BTreeMap, sync::Arc};

/// The default branch of a hosted repository at one commit.
#[derive(Debug)]
struct Hosted {
    forge: Arc<dyn Forge>,
    repository: String,
    revision: String,
}

#[async_trait]
impl SourceTree for Hosted {
    async fn read(&self, path: &str) -> Result<Option<Bytes>, ForgeError> {
        self.forge.read(&self.repository, &self.revision, path).await
    }

    async fn folder(&self, folder: &str) -> Result<BTreeMap<String, CommitFile>, ForgeError> {
        self.forge.folder(&self.repository, &self.revision, folder).await
    }

    fn entry(&self) -> Option<&str> {
        None
    }

    fn revision(&self) -> Option<&str> {
        Some(&self.revision)
    }
}

async fn repository(slipway: &Slipway, id: RepositoryId) -> Result<Option<Repository>> {
    slipway.read().await?.repository(id).await.map_err(store)
}

/// The head of a hosted repository's default branch; `None` when it has no commit, or is gone.
pub(super) async fn head(slipway: &Slipway, id: RepositoryId) -> Result<Option<String>> {
    let Some(repository) = repository(slipway, id).await? else { return Ok(None) };
    slipway.forge.head(&repository.name, &repository.default_branch).await.map_err(crate::errors::forge)
}

/// Opens a hosted repository.
pub(super) async fn open(slipway: &Slipway, id: RepositoryId) -> Result<Result<Box<dyn SourceTree>, ForgeError>> {
    let Some(repository) = repository(slipway, id).await? else {
        return Ok(Err(ForgeError::NotFound("the repository".to_owned())));
    };
    let head = match slipway.forge.head(&repository.name, &repository.default_branch).await {
        Ok(Some(head)) => head,
        Ok(None) => {
            let branch = &repository.default_branch;
            return Ok(Err(ForgeError::NotFound(format!("a commit on its branch {branch}"))));
        }
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok(Box::new(Hosted { forge: slipway.forge.clone(), repository: repository.name, revision: head })))
}

/// The hosted repository that a URL names, and the file in it when the URL goes on: `<public URL>/git/<owner>/<name>.git[/<file>]`.
pub(super) async fn named(slipway: &Slipway, url: &str) -> Result<Option<(Repository, Option<String>)>> {
    let Some(rest) = url.strip_prefix(&format!("{}/git/", slipway.settings.public_url)) else { return Ok(None) };
    let (name, file) = match rest.split_once(".git/") {
        Some((name, file)) => (name, Some(file.trim_matches('/').to_owned()).filter(|file| !file.is_empty())),
        None => (rest.trim_end_matches('/').trim_end_matches(".git"), None),
    };
    let found = slipway.read().await?.repository_by_name(name).await.map_err(store)?;
    Ok(found.map(|repository| (repository, file)))
}
