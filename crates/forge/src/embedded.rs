//! Bare repositories in a folder.

use crate::{branches, commit, git::Git, merge, name, repository::Repository, trees};
use async_trait::async_trait;
use bytes::Bytes;
use slipway_ports::forge::{
    Commit, CommitFile, Difference, Forge, ForgeError, Joined, Merged, NewBranch, NewCommit, Saying, ThreeWay,
};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::fs;

/// The file in a bare repository that says who made it.
const TOKEN: &str = "slipway-token";

/// How old something half done is when nobody works on it any more.
const LEFTOVER: Duration = Duration::from_secs(60 * 60);

/// Git hosting in a folder: `<root>/<owner>/<name>.git`, each a bare repository.
///
/// What happens in a repository is done by the `git` program. Creation and deletion are one rename each, so that a crash leaves a whole
/// repository or none.
#[derive(Clone, Debug)]
pub struct EmbeddedForge {
    root: PathBuf,
    git: Git,
}

impl EmbeddedForge {
    /// Opens the folder, and makes it when it is not there.
    pub fn new(root: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(root.join(".tmp"))?;
        let root = root.canonicalize()?;
        let git = Git::new(root.join(".git-home"))?;
        sweep(&root.join(".tmp"))?;
        Ok(Self { root, git })
    }

    pub(crate) fn repository(&self, repository: &str) -> Result<Repository, ForgeError> {
        let (owner, name) = name::repository(repository)?;
        let directory = self.root.join(owner).join(format!("{name}.git"));
        Ok(Repository { git: self.git.clone(), directory })
    }

    /// As [`EmbeddedForge::repository`], which must exist.
    pub(crate) async fn existing(&self, repository: &str) -> Result<Repository, ForgeError> {
        let found = self.repository(repository)?;
        if exists(&found.directory).await? {
            Ok(found)
        } else {
            Err(ForgeError::NotFound(format!("repository `{repository}`")))
        }
    }

    /// A place on the same file system, for renames.
    fn scratch(&self) -> Result<tempfile::TempDir, ForgeError> {
        tempfile::tempdir_in(self.root.join(".tmp")).map_err(|error| io_error(&error))
    }
}

#[async_trait]
impl Forge for EmbeddedForge {
    async fn create(&self, repository: &str, default_branch: &str, token: &str) -> Result<bool, ForgeError> {
        let directory = self.repository(repository)?.directory;
        name::branch(default_branch)?;
        if exists(&directory).await? {
            return same_maker(&directory, repository, token).await.map(|()| false);
        }
        let scratch = self.scratch()?;
        let made = scratch.path().join("new.git");
        lay_out(&made, default_branch).await.map_err(|error| io_error(&error))?;
        fs::write(made.join(TOKEN), token).await.map_err(|error| io_error(&error))?;
        if let Some(owner) = directory.parent() {
            fs::create_dir_all(owner).await.map_err(|error| io_error(&error))?;
        }
        match fs::rename(&made, &directory).await {
            Ok(()) => Ok(true),
            // Somebody else was quicker: a rename never replaces a folder that has content.
            Err(_) if exists(&directory).await? => same_maker(&directory, repository, token).await.map(|()| false),
            Err(error) => Err(io_error(&error)),
        }
    }

    async fn commit(&self, repository: &str, commit: &NewCommit) -> Result<String, ForgeError> {
        commit::commit(&self.existing(repository).await?, commit).await
    }

    async fn delete(&self, repository: &str, token: Option<&str>) -> Result<(), ForgeError> {
        let directory = self.repository(repository)?.directory;
        if !exists(&directory).await? {
            return Ok(());
        }
        if let Some(token) = token
            && maker(&directory).await?.as_deref() != Some(token)
        {
            return Ok(());
        }
        let scratch = self.scratch()?;
        match fs::rename(&directory, scratch.path().join("old.git")).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(&error)),
            _ => Ok(()),
        }
    }

    async fn head(&self, repository: &str, branch: &str) -> Result<Option<String>, ForgeError> {
        let (repository, branch) = (self.repository(repository)?, name::branch(branch)?);
        if !exists(&repository.directory).await? {
            return Ok(None);
        }
        repository.head(branch).await
    }

    async fn commits(&self, repository: &str, from: Option<&str>, to: &str) -> Result<Vec<Commit>, ForgeError> {
        self.existing(repository).await?.commits(from, to, false).await
    }

    async fn paths(&self, repository: &str, revision: &str) -> Result<Vec<String>, ForgeError> {
        self.existing(repository).await?.paths(revision).await
    }

    async fn read(&self, repository: &str, revision: &str, path: &str) -> Result<Option<Bytes>, ForgeError> {
        self.existing(repository).await?.read(revision, path).await
    }

    async fn folder(
        &self,
        repository: &str,
        revision: &str,
        folder: &str,
    ) -> Result<BTreeMap<String, CommitFile>, ForgeError> {
        trees::folder(&self.existing(repository).await?, revision, folder).await
    }

    async fn files(&self, repository: &str, revision: &str) -> Result<BTreeMap<String, CommitFile>, ForgeError> {
        trees::files(&self.existing(repository).await?, revision).await
    }

    async fn compare(&self, repository: &str, base: &str, head: &str) -> Result<Vec<Difference>, ForgeError> {
        trees::compare(&self.existing(repository).await?, base, head).await
    }

    async fn merge_trees(&self, repository: &str, sides: &ThreeWay) -> Result<Merged, ForgeError> {
        let repository = self.existing(repository).await?;
        let scratch = self.scratch()?;
        let bench = Repository { git: self.git.clone(), directory: scratch.path().join("merge.git") };
        lay_out(&bench.directory, "main").await.map_err(|error| io_error(&error))?;
        merge::trees(&repository, &bench, sides).await
    }

    async fn put_branch(&self, repository: &str, branch: &NewBranch) -> Result<String, ForgeError> {
        branches::put(&self.existing(repository).await?, branch).await
    }

    async fn delete_branch(&self, repository: &str, branch: &str, head: Option<&str>) -> Result<(), ForgeError> {
        let repository = self.repository(repository)?;
        if exists(&repository.directory).await? { branches::delete(&repository, branch, head).await } else { Ok(()) }
    }

    async fn join(&self, repository: &str, head: &str, into: &str, saying: &Saying) -> Result<Joined, ForgeError> {
        merge::join(&self.existing(repository).await?, head, into, saying).await
    }

    async fn is_in(&self, repository: &str, head: &str, into: &str) -> Result<bool, ForgeError> {
        let repository = self.existing(repository).await?;
        let (head, into) = (name::revision(head)?, name::branch(into)?);
        repository.contains(&format!("refs/heads/{into}"), head).await
    }
}

/// Writes an empty bare repository (gitrepository-layout(5)): as `git init` does, without a process for it.
async fn lay_out(directory: &Path, default_branch: &str) -> io::Result<()> {
    for folder in ["objects/info", "objects/pack", "refs/heads", "refs/tags"] {
        fs::create_dir_all(directory.join(folder)).await?;
    }
    fs::write(directory.join("HEAD"), format!("ref: refs/heads/{default_branch}\n")).await?;
    fs::write(directory.join("config"), "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n")
        .await
}

/// Removes what a process that was killed left half done. Another process on the same folder may be at work: only what is
/// older than any operation takes.
fn sweep(scratch: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(scratch)? {
        let entry = entry?;
        let age = entry.metadata().and_then(|metadata| metadata.modified()).map(|at| at.elapsed().unwrap_or_default());
        if age.is_ok_and(|age| age > LEFTOVER) {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

async fn same_maker(directory: &Path, repository: &str, token: &str) -> Result<(), ForgeError> {
    if maker(directory).await?.as_deref() == Some(token) {
        Ok(())
    } else {
        Err(ForgeError::Exists(repository.to_owned()))
    }
}

async fn maker(directory: &Path) -> Result<Option<String>, ForgeError> {
    match fs::read_to_string(directory.join(TOKEN)).await {
        Ok(token) => Ok(Some(token)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error(&error)),
    }
}

async fn exists(directory: &Path) -> Result<bool, ForgeError> {
    fs::try_exists(directory).await.map_err(|error| io_error(&error))
}

pub(crate) fn io_error(error: &io::Error) -> ForgeError {
    ForgeError::Failed(format!("the folder of repositories could not be used: {error}"))
}
