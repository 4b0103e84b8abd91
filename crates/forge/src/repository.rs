//! Reading one bare repository, whoever made it.

use crate::{
    git::{Git, TIMEOUT, failure, finish, not_started},
    log, name,
};
use bytes::Bytes;
use slipway_ports::forge::{Commit, ForgeError};
use std::{io::ErrorKind, path::PathBuf, process::Stdio};
use tokio::{fs, io::AsyncWriteExt as _};

/// One bare repository.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    pub(crate) git: Git,
    pub(crate) directory: PathBuf,
}

impl Repository {
    /// The commit that a revision stands for.
    pub(crate) async fn resolve(&self, revision: &str) -> Result<Option<String>, ForgeError> {
        self.git.ask(&self.directory, &["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")]).await
    }

    /// The head of a branch, read as git keeps it: a file with the commit, unless refs were packed (gitrepository-layout(5)); then git is
    /// asked. A process of git costs more than anything else that is done with a new repository.
    pub(crate) async fn head(&self, branch: &str) -> Result<Option<String>, ForgeError> {
        let branch = name::branch(branch)?;
        match fs::read_to_string(self.directory.join("refs/heads").join(branch)).await {
            Ok(text) if is_commit(text.trim_end()) => return Ok(Some(text.trim_end().to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Looked for after the file: what is packed meanwhile is there before the file goes.
                if let Ok(false) = fs::try_exists(self.directory.join("packed-refs")).await {
                    return Ok(None);
                }
            }
            _ => {}
        }
        self.resolve(&format!("refs/heads/{branch}")).await
    }

    /// Commits reachable from `to` and not from `from`, parents before children.
    pub(crate) async fn commits(
        &self,
        from: Option<&str>,
        to: &str,
        first_parent: bool,
    ) -> Result<Vec<Commit>, ForgeError> {
        let mut arguments = vec!["log", "-z", "--topo-order", "--reverse", log::FORMAT];
        if first_parent {
            arguments.push("--first-parent");
        }
        let tip = format!("{}^{{commit}}", name::revision(to)?);
        let without = from.map(name::revision).transpose()?.map(|from| format!("^{from}^{{commit}}"));
        arguments.push(&tip);
        arguments.extend(without.as_deref());
        arguments.push("--");
        match self.git.run(&self.directory, &arguments).await {
            Ok(output) => log::parse(&output),
            Err(error) => {
                // Most often it is one of the revisions that is not there.
                for revision in [Some(to), from].into_iter().flatten() {
                    self.known(revision).await?;
                }
                Err(error)
            }
        }
    }

    /// Paths of all files at a revision.
    pub(crate) async fn paths(&self, revision: &str) -> Result<Vec<String>, ForgeError> {
        let commit = self.known(revision).await?;
        let arguments = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", &commit];
        let output = self.git.run(&self.directory, &arguments).await?;
        let paths = output.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        Ok(paths.map(|path| String::from_utf8_lossy(path).into_owned()).collect())
    }

    /// A file's content; `None` when there is no such revision, or no file at that path.
    pub(crate) async fn read(&self, revision: &str, path: &str) -> Result<Option<Bytes>, ForgeError> {
        let (revision, path) = (name::revision(revision)?, name::path(path)?);
        let mut command = self.git.at(&self.directory);
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped());
        let mut child = command.spawn().map_err(not_started)?;
        let stdin = child.stdin.take();
        let asked = async {
            if let Some(mut stdin) = stdin {
                // A git that died already says why itself.
                drop(stdin.write_all(format!("{revision}:{path}\n").as_bytes()).await);
            }
        };
        let (output, ()) = tokio::time::timeout(TIMEOUT, async { tokio::join!(child.wait_with_output(), asked) })
            .await
            .map_err(|_| ForgeError::Failed(format!("no answer within {} s", TIMEOUT.as_secs())))?;
        let output = output.map_err(not_started)?;
        if !output.status.success() {
            return Err(failure(&output.stderr));
        }
        let output = Bytes::from(output.stdout);
        let end = output.iter().position(|byte| *byte == b'\n').ok_or_else(log::unreadable)?;
        let header = String::from_utf8_lossy(&output[..end]).into_owned();
        let mut words = header.rsplit(' ');
        match (words.next().and_then(|size| size.parse::<usize>().ok()), words.next()) {
            (Some(size), Some("blob")) if output.len() > end + size => Ok(Some(output.slice(end + 1..end + 1 + size))),
            _ => Ok(None),
        }
    }

    /// Every ref and what it points at, peeled.
    pub(crate) async fn refs(&self) -> Result<Vec<(String, String)>, ForgeError> {
        let arguments = ["for-each-ref", "--format=%(objectname) %(refname)"];
        let output = self.git.run(&self.directory, &arguments).await?;
        let text = String::from_utf8_lossy(&output);
        Ok(text
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(sha, name)| (name.to_owned(), sha.to_owned()))
            .collect())
    }

    /// Whether `descendant` contains `ancestor`.
    pub(crate) async fn contains(&self, descendant: &str, ancestor: &str) -> Result<bool, ForgeError> {
        let mut command = self.git.at(&self.directory);
        command.args(["merge-base", "--is-ancestor", ancestor, descendant]);
        Ok(finish(command, TIMEOUT).await?.status.success())
    }

    pub(crate) async fn known(&self, revision: &str) -> Result<String, ForgeError> {
        let found = self.resolve(name::revision(revision)?).await?;
        found.ok_or_else(|| ForgeError::NotFound(format!("revision `{revision}`")))
    }
}

/// Whether a text is a commit's whole name, SHA-1 or SHA-256.
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
