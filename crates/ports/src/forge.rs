//! Git hosting.

use bytes::Bytes;
use slipway_domain::time::Timestamp;
use std::collections::BTreeMap;

/// A file in a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommitFile {
    /// Content; for a symbolic link, the target as written.
    pub bytes: Bytes,
    /// Whether it has the executable bit.
    pub executable: bool,
    /// Whether it is a symbolic link.
    pub link: bool,
}

/// The most files that are read from one folder of a source.
pub const MOST_FILES: usize = 2_000;
/// The most bytes that are read from one folder of a source.
pub const MOST_BYTES: u64 = 32 << 20;

/// What differs at one path between two trees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The path.
    pub path: String,
    /// What was there; `None`: nothing.
    pub before: Option<CommitFile>,
    /// What is there now; `None`: nothing.
    pub after: Option<CommitFile>,
}

/// Trees to be brought together with a revision: what `theirs` changed since `base` is done to `ours`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreeWay {
    /// A revision of the repository.
    pub ours: String,
    /// What both came from.
    pub base: BTreeMap<String, CommitFile>,
    /// Where the other side is now.
    pub theirs: BTreeMap<String, CommitFile>,
    /// What conflict markers call `ours`: fit to be a branch, and no branch of the same name is meant.
    pub our_name: String,
    /// What conflict markers call `theirs`; as `our_name`, and another.
    pub their_name: String,
}

/// A place where two sides changed the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The path.
    pub path: String,
    /// What happened there, in a sentence.
    pub message: String,
}

/// What came of bringing trees together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// What changes in `ours`, by path. Where lines conflict, the text has both with markers.
    pub differences: Vec<Difference>,
    /// Where a person has to decide, by path.
    pub conflicts: Vec<Conflict>,
}

/// A commit that changes some paths of its parent, on a branch of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBranch {
    /// The branch, without `refs/heads/`. One that is there is replaced: its name must be the caller's own.
    pub branch: String,
    /// SHA of the parent.
    pub parent: String,
    /// Path to file; `None` deletes.
    pub changes: BTreeMap<String, Option<CommitFile>>,
    /// Who says it, and what.
    pub saying: Saying,
}

/// Message, author and date of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saying {
    /// Message.
    pub message: String,
    /// Author and committer name.
    pub author_name: String,
    /// Author and committer address.
    pub author_email: String,
    /// Author and committer date.
    pub at: Timestamp,
}

/// What became of a branch that was to go into another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// The other branch's head has it now, or had it already.
    At(String),
    /// Nothing was changed: both changed the same.
    Conflicts(Vec<Conflict>),
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

    /// Every file at a revision. Submodules are left out.
    async fn files(&self, repository: &str, revision: &str) -> Result<BTreeMap<String, CommitFile>, ForgeError>;

    /// Every file below a folder (the empty one is the whole tree) at a revision, by path from there; none when it is not there.
    /// Submodules are left out. At most [`MOST_FILES`] and [`MOST_BYTES`].
    async fn folder(
        &self,
        repository: &str,
        revision: &str,
        folder: &str,
    ) -> Result<BTreeMap<String, CommitFile>, ForgeError>;

    /// What `head` changed since it left `base`, by path. Submodules are left out.
    async fn compare(&self, repository: &str, base: &str, head: &str) -> Result<Vec<Difference>, ForgeError>;

    /// Brings trees together, with renames seen. Nothing in the repository changes.
    async fn merge_trees(&self, repository: &str, sides: &ThreeWay) -> Result<Merged, ForgeError>;

    /// Makes a branch, and gives its head.
    async fn put_branch(&self, repository: &str, branch: &NewBranch) -> Result<String, ForgeError>;

    /// Deletes a branch when its head is `head`, or any with `None`. Absence is fine.
    async fn delete_branch(&self, repository: &str, branch: &str, head: Option<&str>) -> Result<(), ForgeError>;

    /// Merges the commit `head` into the branch `into`, with a merge commit. A commit that is in it already changes nothing.
    async fn join(&self, repository: &str, head: &str, into: &str, saying: &Saying) -> Result<Joined, ForgeError>;

    /// Whether the commit `head` is in the branch `into`.
    async fn is_in(&self, repository: &str, head: &str, into: &str) -> Result<bool, ForgeError>;
}

/// Files of a place that the catalogue reads from, at one moment.
#[async_trait::async_trait]
pub trait SourceTree: Send + Sync + std::fmt::Debug {
    /// A file by its path within the tree, with `/`; `None` when it is not there. Never leaves the tree.
    async fn read(&self, path: &str) -> Result<Option<Bytes>, ForgeError>;

    /// Every file below a folder, as [`Forge::folder`] gives them. What git keeps for itself is left out.
    async fn folder(&self, folder: &str) -> Result<BTreeMap<String, CommitFile>, ForgeError>;

    /// The file that was named itself, when the target was a file and not a folder or repository.
    fn entry(&self) -> Option<&str>;

    /// The commit that is read; `None` when there is none.
    fn revision(&self) -> Option<&str>;
}

/// Opens places that the catalogue reads from.
#[async_trait::async_trait]
pub trait CatalogSource: Send + Sync + std::fmt::Debug {
    /// A file or folder by absolute path on the server's machine.
    async fn open_path(&self, path: &std::path::Path) -> Result<Box<dyn SourceTree>, ForgeError>;

    /// A Git repository by URL (http, https): its default branch, or what the URL of a file names (`…/blob/<branch>/<path>`).
    async fn open_git(&self, url: &str) -> Result<Box<dyn SourceTree>, ForgeError>;

    /// The commit that [`Self::open_git`] would read now, asked without fetching anything.
    async fn revision(&self, url: &str) -> Result<Option<String>, ForgeError>;
}

/// The longest part of a repository's name, bytes.
pub const LONGEST_REPOSITORY_PART: usize = 100;

/// Whether a text can be one of the two parts of a repository's name, `owner/name`: fit to be a folder, on every system.
pub fn is_repository_part(text: &str) -> bool {
    text.len() <= LONGEST_REPOSITORY_PART
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && !text.contains("..")
        && ![".", ".git", ".lock"].iter().any(|end| text.to_ascii_lowercase().ends_with(end))
}
