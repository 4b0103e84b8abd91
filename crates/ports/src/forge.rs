//! Git hosting.

use bytes::Bytes;
use slipway_domain::time::Timestamp;
use std::collections::BTreeMap;

/// A file in a commit to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitFile {
    /// Content.
    pub bytes: Bytes,
    /// Whether it has the executable bit.
    pub executable: bool,
}

/// A commit to be made on a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCommit {
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// The whole tree: path to file.
    pub files: BTreeMap<String, CommitFile>,
    /// Message.
    pub message: String,
    /// Author and committer name.
    pub author_name: String,
    /// Author and committer address.
    pub author_email: String,
    /// Author and committer date; the same date, tree and parent give the same SHA.
    pub at: Timestamp,
}

/// A commit as it stands in a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Full SHA.
    pub sha: String,
    /// Parents' SHAs, first parent first.
    pub parents: Vec<String>,
    /// Author name.
    pub author: String,
    /// Author date.
    pub authored_at: Timestamp,
    /// Committer date.
    pub committed_at: Timestamp,
    /// First line of the message.
    pub subject: String,
}

/// Why the forge could not do it.
#[derive(Debug, thiserror::Error)]
pub enum ForgeError {
    /// A repository of that name exists and was made by something else.
    #[error("a repository named `{0}` already exists; choose another name")]
    Exists(String),
    /// There is no such repository or revision.
    #[error("{0} was not found")]
    NotFound(String),
    /// A name the forge cannot take.
    #[error("{0}")]
    InvalidName(String),
    /// Git or the host failed.
    #[error("git failed: {0}")]
    Failed(String),
}

/// Where repositories live. Names are `owner/name`. Every method is idempotent.
#[async_trait::async_trait]
pub trait Forge: Send + Sync + std::fmt::Debug {
    /// Makes an empty repository, and says whether it was not there before. `token` marks who makes it: a second call with the same
    /// token is fine, with another it is [`ForgeError::Exists`].
    async fn create(&self, repository: &str, default_branch: &str, token: &str) -> Result<bool, ForgeError>;

    /// Puts one commit on top of the branch (or begins it) and gives its SHA. When the branch's head has that very tree already, gives the head.
    async fn commit(&self, repository: &str, commit: &NewCommit) -> Result<String, ForgeError>;

    /// Deletes the repository if it was made with `token` (`None`: whoever made it). Absence is fine.
    async fn delete(&self, repository: &str, token: Option<&str>) -> Result<(), ForgeError>;

    /// The head of a branch; `None` when the branch or the repository is not there.
    async fn head(&self, repository: &str, branch: &str) -> Result<Option<String>, ForgeError>;

    /// Commits reachable from `to` and not from `from` (all, when `None`), parents before children.
    async fn commits(&self, repository: &str, from: Option<&str>, to: &str) -> Result<Vec<Commit>, ForgeError>;

    /// Paths of all files at a revision.
    async fn paths(&self, repository: &str, revision: &str) -> Result<Vec<String>, ForgeError>;

    /// A file's content at a revision; `None` when it is not there.
    async fn read(&self, repository: &str, revision: &str, path: &str) -> Result<Option<Bytes>, ForgeError>;
}

/// Files of a place that the catalogue reads from, at one moment.
#[async_trait::async_trait]
pub trait SourceTree: Send + Sync + std::fmt::Debug {
    /// A file by its path within the tree, with `/`; `None` when it is not there. Never leaves the tree.
    async fn read(&self, path: &str) -> Result<Option<Bytes>, ForgeError>;

    /// The file that was named itself, when the target was a file and not a folder or repository.
    fn entry(&self) -> Option<&str>;
}

/// Opens places that the catalogue reads from.
#[async_trait::async_trait]
pub trait CatalogSource: Send + Sync + std::fmt::Debug {
    /// A file or folder by absolute path on the server's machine.
    async fn open_path(&self, path: &std::path::Path) -> Result<Box<dyn SourceTree>, ForgeError>;

    /// The default branch of a Git repository by URL (http, https).
    async fn open_git(&self, url: &str) -> Result<Box<dyn SourceTree>, ForgeError>;
}
