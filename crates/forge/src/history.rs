//! Repositories that live elsewhere, cloned for reading: for importing a history, and for reading files at a revision.

use crate::{
    git::{Git, failure, finish},
    log,
    repository::Repository,
};
use bytes::Bytes;
use slipway_domain::time::Timestamp;
use slipway_ports::forge::{Commit, ForgeError};
use std::{path::Path, time::Duration};

/// How long cloning may take when nothing else is said.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// A temporary bare clone; gone when dropped.
#[derive(Debug)]
pub struct Clone {
    repository: Repository,
    default_branch: Option<String>,
    _folder: tempfile::TempDir,
}

/// Which commits of a branch count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The branch's own line: one for each merge.
    FirstParent,
    /// Everything reachable.
    All,
}

/// A tag and the commit behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Without `refs/tags/`.
    pub name: String,
    /// Full SHA of the commit, through any number of annotated tags.
    pub commit: String,
    /// When the tag was made; for a lightweight tag when its commit was.
    pub at: Timestamp,
}

impl Clone {
    /// Clones `source`: a folder or a bundle (`….bundle`) of this machine, or an `http://` or `https://` URL.
    ///
    /// From a URL only commits and trees come at first; a file's content is fetched when it is read.
    /// Tags of what is no commit, and other kinds of address (`ssh:`, `git@…`, `ext::`), are not taken.
    pub async fn open(source: &str, timeout: Duration) -> Result<Self, ForgeError> {
        let remote = ["http://", "https://"].iter().any(|scheme| source.starts_with(scheme));
        let from = if remote { source.to_owned() } else { local(source)? };
        let folder = tempfile::tempdir().map_err(|error| crate::embedded::io_error(&error))?;
        let git = Git::new(folder.path().join("home")).map_err(|error| crate::embedded::io_error(&error))?;
        let directory = folder.path().join("clone.git");
        let mut command = git.command();
        command.args(["clone", "--bare", "--quiet", "--template="]);
        if remote {
            command.arg("--filter=blob:none");
        }
        command.arg("--").arg(&from).arg(&directory);
        let output = finish(command, timeout).await?;
        if !output.status.success() {
            return Err(without_secrets(failure(&output.stderr), source));
        }
        let repository = Repository { git, directory };
        let head = repository.git.ask(&repository.directory, &["symbolic-ref", "--quiet", "--short", "HEAD"]).await?;
        let default_branch = match head {
            Some(branch) if repository.resolve(&format!("refs/heads/{branch}")).await?.is_some() => Some(branch),
            _ => None,
        };
        Ok(Self { repository, default_branch, _folder: folder })
    }

    /// The branch that `HEAD` names; `None` when the repository is empty.
    pub fn default_branch(&self) -> Option<&str> {
        self.default_branch.as_deref()
    }

    /// Commits reachable from `revision`, parents before children.
    pub async fn commits(&self, revision: &str, scope: Scope) -> Result<Vec<Commit>, ForgeError> {
        self.repository.commits(None, revision, scope == Scope::FirstParent).await
    }

    /// All tags of commits, oldest first; of the same age by name.
    pub async fn tags(&self) -> Result<Vec<Tag>, ForgeError> {
        let format = "--format=%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)\
                      %00%(creatordate:unix)";
        let arguments = ["for-each-ref", "--sort=refname", "--sort=creatordate", format, "refs/tags"];
        let output = self.repository.git.run(&self.repository.directory, &arguments).await?;
        let mut tags = Vec::new();
        for line in String::from_utf8_lossy(&output).lines() {
            let fields: Vec<&str> = line.split('\0').collect();
            let [name, kind, object, peeled_kind, peeled, at] = fields[..] else {
                return Err(log::unreadable());
            };
            let commit = match (kind, peeled_kind) {
                ("commit", _) => object.to_owned(),
                ("tag", "commit") => peeled.to_owned(),
                // A tag of a tag: older gits peel only once.
                ("tag", "tag") => match self.repository.resolve(object).await? {
                    Some(commit) => commit,
                    None => continue,
                },
                _ => continue,
            };
            tags.push(Tag { name: name.to_owned(), commit, at: log::seconds(at)? });
        }
        Ok(tags)
    }

    /// Paths of all files at a revision.
    pub async fn paths(&self, revision: &str) -> Result<Vec<String>, ForgeError> {
        self.repository.paths(revision).await
    }

    /// Writes the files of the default branch into a folder. Symbolic links become files that name their target, so that nothing in it
    /// leads out.
    pub async fn check_out(&self, folder: &Path) -> Result<(), ForgeError> {
        let Some(branch) = &self.default_branch else {
            return Err(ForgeError::NotFound("a commit on its default branch (the repository is empty)".to_owned()));
        };
        let tree = format!("--work-tree={}", folder.display());
        let settings = ["-c", "core.bare=false", "-c", "core.symlinks=false", &tree];
        let arguments = [&settings[..], &["checkout", "--quiet", "--force", branch, "--", "."]].concat();
        self.repository.git.run(&self.repository.directory, &arguments).await.map(drop)
    }

    /// A file's content at a revision; `None` when it is not there.
    pub async fn read(&self, revision: &str, path: &str) -> Result<Option<Bytes>, ForgeError> {
        self.repository.read(revision, path).await
    }
}

fn local(source: &str) -> Result<String, ForgeError> {
    let path = Path::new(source.strip_prefix("file://").unwrap_or(source));
    match path.canonicalize() {
        Ok(path) if path.is_dir() || path.extension().is_some_and(|kind| kind == "bundle") => {
            Ok(path.to_string_lossy().into_owned())
        }
        _ => Err(ForgeError::NotFound(format!(
            "a repository at `{source}` (use a folder or a .bundle of this machine, or an http:// or https:// URL)"
        ))),
    }
}

/// Credentials in a URL (`https://user:secret@host`) do not belong in a message.
pub(crate) fn without_secrets(error: ForgeError, source: &str) -> ForgeError {
    let secret = source.split_once("://").and_then(|(_, rest)| rest.split('/').next()?.rsplit_once('@'));
    match (error, secret) {
        (ForgeError::Failed(text), Some((secret, _))) => ForgeError::Failed(text.replace(&format!("{secret}@"), "")),
        (error, _) => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_do_not_repeat_credentials() {
        let source = "https://ada:s3cret@git.example.com/a/b";
        let error = without_secrets(ForgeError::Failed(format!("unable to access '{source}'")), source);
        assert_eq!(error.to_string(), "git failed: unable to access 'https://git.example.com/a/b'");
    }

    #[tokio::test]
    async fn what_is_checked_out_leads_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        std::fs::create_dir_all(from.join("a")).unwrap();
        std::fs::create_dir(&to).unwrap();
        std::fs::write(from.join("a/file"), "text").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("/etc", from.join("link")).unwrap();
        let git = |arguments: &[&str]| {
            let who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"];
            let done = std::process::Command::new("git").current_dir(&from).args(who).args(arguments).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        };
        git(&["init", "--quiet"]);
        git(&["add", "-A"]);
        git(&["commit", "--quiet", "-m", "one"]);
        let clone = Clone::open(&from.to_string_lossy(), DEFAULT_TIMEOUT).await.unwrap();
        clone.check_out(&to).await.unwrap();
        assert_eq!(std::fs::read_to_string(to.join("a/file")).unwrap(), "text");
        #[cfg(unix)]
        assert_eq!(std::fs::read_to_string(to.join("link")).unwrap(), "/etc");
    }

    #[tokio::test]
    async fn only_folders_and_web_addresses_are_cloned() {
        for source in ["ssh://host/a", "git@host:a", "ext::sh -c true", "--upload-pack=x", "/no/such/folder"] {
            let error = Clone::open(source, DEFAULT_TIMEOUT).await.unwrap_err();
            assert!(matches!(error, ForgeError::NotFound(_)), "{source}: {error}");
        }
    }
}
