//! Where the catalogue reads its files: a folder of this machine, or a branch of a Git repository.

mod url;
mod walk;

use crate::{
    git::{Git, failure, finish, not_started},
    history::without_secrets,
    name,
    repository::Repository,
    trees,
};
use async_trait::async_trait;
use bytes::Bytes;
use slipway_ports::forge::{CatalogSource, CommitFile, ForgeError, SourceTree};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::process::Command;
use url::Address;

/// How long cloning may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How large a clone may become, bytes.
const LARGEST_CLONE: u64 = 256 << 20;
/// How often a clone that is under way is measured.
const MEASURE: Duration = Duration::from_millis(250);
/// The largest file that is read, bytes; just over what the catalogue takes, so that it can say "too large" itself.
const LARGEST_FILE: u64 = (8 << 20) + 1;

/// Opens folders and Git repositories for the catalogue.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Whether `file://` URLs are cloned too.
    local_urls: bool,
}

impl Source {
    /// Clones `http://` and `https://` URLs only.
    pub fn new() -> Self {
        Self::default()
    }

    /// Also clones `file://` URLs. For tests: on a server it would read whatever the server can.
    pub fn with_local_urls() -> Self {
        Self { local_urls: true }
    }

    /// What a URL names, when it is one that may be read.
    fn address(&self, url: &str) -> Result<Address, ForgeError> {
        let web = ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
        let local = self.local_urls && url.starts_with("file://");
        if !(web || local) {
            return Err(ForgeError::InvalidName(format!("`{url}` is not an http:// or https:// URL")));
        }
        let address = Address::read(url);
        if let Some(branch) = &address.branch {
            name::revision(branch)?;
        }
        Ok(address)
    }

    /// A command that talks to the host of a repository, and to nothing else.
    fn remote(&self, git: &Git) -> Command {
        let mut command = git.command();
        command.env("GIT_ALLOW_PROTOCOL", if self.local_urls { "file:http:https" } else { "http:https" });
        command
    }
}

#[async_trait]
impl CatalogSource for Source {
    async fn open_path(&self, path: &Path) -> Result<Box<dyn SourceTree>, ForgeError> {
        let missing = |error: io::Error| {
            let why = if error.kind() == io::ErrorKind::NotFound { String::new() } else { format!(" ({error})") };
            ForgeError::NotFound(format!("`{}`{why}", path.display()))
        };
        let path = tokio::fs::canonicalize(path).await.map_err(missing)?;
        if tokio::fs::metadata(&path).await.map_err(missing)?.is_dir() {
            return Ok(Box::new(Folder { root: path, entry: None }));
        }
        let entry = path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
        match (path.parent(), entry) {
            (Some(root), Some(entry)) => Ok(Box::new(Folder { root: root.to_owned(), entry: Some(entry) })),
            _ => Err(ForgeError::NotFound(format!("a readable file at `{}`", path.display()))),
        }
    }

    async fn open_git(&self, url: &str) -> Result<Box<dyn SourceTree>, ForgeError> {
        let address = self.address(url)?;
        let folder = tempfile::tempdir().map_err(|error| crate::embedded::io_error(&error))?;
        let git = Git::new(folder.path().join("home")).map_err(|error| crate::embedded::io_error(&error))?;
        let directory = folder.path().join("clone.git");
        let mut command = self.remote(&git);
        command.args(["clone", "--bare", "--quiet", "--template=", "--depth=1", "--single-branch", "--no-tags"]);
        if let Some(branch) = &address.branch {
            command.arg("--branch").arg(branch);
        }
        command.arg("--").arg(&address.repository).arg(&directory);
        clone(command, folder.path()).await.map_err(|error| without_secrets(error, url))?;
        let repository = Repository { git, directory };
        let Some(revision) = repository.resolve("HEAD").await? else {
            return Err(ForgeError::NotFound("a commit on its default branch (the repository is empty)".to_owned()));
        };
        Ok(Box::new(Cloned { repository, revision, entry: address.file, _folder: folder }))
    }

    async fn revision(&self, url: &str) -> Result<Option<String>, ForgeError> {
        let address = self.address(url)?;
        let folder = tempfile::tempdir().map_err(|error| crate::embedded::io_error(&error))?;
        let git = Git::new(folder.path().join("home")).map_err(|error| crate::embedded::io_error(&error))?;
        let mut command = self.remote(&git);
        let name = address.branch.map_or_else(|| "HEAD".to_owned(), |branch| format!("refs/heads/{branch}"));
        command.args(["ls-remote", "--quiet", "--"]).arg(&address.repository).arg(&name);
        let output = finish(command, TIMEOUT).await?;
        if !output.status.success() {
            return Err(without_secrets(failure(&output.stderr), url));
        }
        // `<sha>\t<name>`
        let text = String::from_utf8_lossy(&output.stdout);
        let found = text.lines().filter_map(|line| line.split_once('\t')).find(|(_, found)| *found == name);
        Ok(found.map(|(sha, _)| sha.to_owned()))
    }
}

/// Runs the clone; ends it when it takes too long or grows too large.
async fn clone(mut command: Command, folder: &Path) -> Result<(), ForgeError> {
    let child = command.spawn().map_err(not_started)?;
    let grown = async {
        loop {
            tokio::time::sleep(MEASURE).await;
            let folder = folder.to_owned();
            if tokio::task::spawn_blocking(move || size(&folder)).await.is_ok_and(|size| size > LARGEST_CLONE) {
                return;
            }
        }
    };
    // Dropping the unfinished half ends git: its commands die with their handles.
    let output = tokio::select! {
        output = child.wait_with_output() => output.map_err(not_started)?,
        () = grown => return Err(ForgeError::Failed(format!("the repository is larger than {} MiB", LARGEST_CLONE >> 20))),
        () = tokio::time::sleep(TIMEOUT) => return Err(ForgeError::Failed(format!("no answer within {} s", TIMEOUT.as_secs()))),
    };
    if output.status.success() { Ok(()) } else { Err(failure(&output.stderr)) }
}

/// Bytes in all files below; what vanishes meanwhile counts nothing.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

/// A folder of this machine.
#[derive(Debug)]
struct Folder {
    /// Canonical.
    root: PathBuf,
    entry: Option<String>,
}

#[async_trait]
impl SourceTree for Folder {
    async fn read(&self, path: &str) -> Result<Option<Bytes>, ForgeError> {
        let path = name::path(path)?;
        let absent = |error: &io::Error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
        let found = match tokio::fs::canonicalize(self.root.join(path)).await {
            Ok(found) => found,
            Err(error) if absent(&error) => return Ok(None),
            Err(error) => return Err(ForgeError::Failed(format!("`{path}` could not be read: {error}"))),
        };
        // A symbolic link may lead anywhere; the catalogue stays where it was sent.
        if !found.starts_with(&self.root) {
            return Err(ForgeError::InvalidName(format!("`{path}` leads out of the folder")));
        }
        let read = async {
            let file = tokio::fs::File::open(&found).await?;
            if !file.metadata().await?.is_file() {
                return Ok(None);
            }
            let mut bytes = Vec::new();
            tokio::io::AsyncReadExt::read_to_end(&mut tokio::io::AsyncReadExt::take(file, LARGEST_FILE), &mut bytes)
                .await?;
            Ok(Some(Bytes::from(bytes)))
        };
        read.await.map_err(|error: io::Error| ForgeError::Failed(format!("`{path}` could not be read: {error}")))
    }

    async fn folder(&self, folder: &str) -> Result<BTreeMap<String, CommitFile>, ForgeError> {
        let place = if folder.is_empty() { self.root.clone() } else { self.root.join(name::path(folder)?) };
        let root = self.root.clone();
        let walked = tokio::task::spawn_blocking(move || {
            let place = match place.canonicalize() {
                Ok(place) => place,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
                Err(error) => {
                    return Err(ForgeError::Failed(format!("`{}` could not be read: {error}", place.display())));
                }
            };
            if !place.starts_with(&root) {
                return Err(ForgeError::InvalidName(format!("`{}` leads out of the folder", place.display())));
            }
            walk::walk(&place)
        });
        walked.await.map_err(|error| ForgeError::Failed(error.to_string()))?
    }

    fn entry(&self) -> Option<&str> {
        self.entry.as_deref()
    }

    fn revision(&self) -> Option<&str> {
        None
    }
}

/// A shallow clone; gone when dropped.
#[derive(Debug)]
struct Cloned {
    repository: Repository,
    revision: String,
    entry: Option<String>,
    _folder: tempfile::TempDir,
}

#[async_trait]
impl SourceTree for Cloned {
    async fn read(&self, path: &str) -> Result<Option<Bytes>, ForgeError> {
        self.repository.read("HEAD", path).await
    }

    async fn folder(&self, folder: &str) -> Result<BTreeMap<String, CommitFile>, ForgeError> {
        trees::folder(&self.repository, "HEAD", folder).await
    }

    fn entry(&self) -> Option<&str> {
        self.entry.as_deref()
    }

    fn revision(&self) -> Option<&str> {
        Some(&self.revision)
    }
}
