//! Making a commit with `git fast-import`: one process for any number of files, and no working tree.

use crate::{git::not_started, log, name, repository::Repository};
use bytes::{BufMut as _, BytesMut};
use slipway_domain::time::SECOND;
use slipway_ports::forge::{CommitFile, ForgeError, NewCommit, Saying};
use std::process::Stdio;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{ChildStderr, ChildStdin, ChildStdout},
};

/// How often a commit is tried again on top of a branch that somebody else keeps moving.
const ATTEMPTS: u32 = 5;

/// Puts the commit on top of the branch; see `Forge::commit`.
pub(crate) async fn commit(repository: &Repository, commit: &NewCommit) -> Result<String, ForgeError> {
    name::branch(&commit.branch)?;
    for path in commit.files.keys() {
        name::path(path)?;
    }
    for _ in 1..ATTEMPTS {
        if let Some(sha) = attempt(repository, commit).await? {
            return Ok(sha);
        }
    }
    attempt(repository, commit).await?.ok_or_else(|| {
        ForgeError::Failed(format!("the branch `{}` moved each time a commit was made on it; try again", commit.branch))
    })
}

/// One attempt on the head as it is now; `None` when the branch moved meanwhile.
///
/// The commit is made on a scratch ref that exists only inside fast-import, which says its tree before anything is
/// decided. fast-import itself updates the branch only if the new commit contains the branch's head of that moment.
async fn attempt(repository: &Repository, commit: &NewCommit) -> Result<Option<String>, ForgeError> {
    let branch = format!("refs/heads/{}", commit.branch);
    let answer = match repository.head(&commit.branch).await? {
        None => Vec::new(),
        Some(_) => {
            let asked = ["for-each-ref", "--format=%(refname) %(objectname) %(tree)", &branch];
            repository.git.run(&repository.directory, &asked).await?
        }
    };
    let answer = String::from_utf8_lossy(&answer);
    // Branches below this one's name answer too.
    let line = answer.lines().find_map(|line| line.strip_prefix(branch.as_str())?.strip_prefix(' '));
    let (head, head_tree) = line.and_then(|line| line.split_once(' ')).unzip();
    let mut command = repository.git.at(&repository.directory);
    command.args(["fast-import", "--quiet", "--done", "--date-format=raw"]).stdin(Stdio::piped());
    let mut child = command.spawn().map_err(not_started)?;
    let (Some(mut stdin), Some(stdout), Some(mut stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(ForgeError::Failed("its pipes are not there".to_owned()));
    };
    let script = script(commit, head);
    let talk = talk(&mut stdin, stdout, &script, &branch, head_tree);
    let (answer, complaint) = tokio::join!(talk, read_all(&mut stderr));
    drop(stdin);
    let status = child.wait().await.map_err(not_started)?;
    match (answer, status.success()) {
        (Ok(Made::Commit(sha)), true) => Ok(Some(sha)),
        (Ok(Made::Nothing), true) => Ok(head.map(str::to_owned)),
        _ if complaint.windows(12).any(|w| w == b"Not updating")
            || complaint.windows(11).any(|w| w == b"cannot lock") =>
        {
            Ok(None)
        }
        _ => Err(crate::git::failure(&complaint)),
    }
}

enum Made {
    Commit(String),
    Nothing,
}

/// Sends the commit, hears its tree and SHA, and decides whether the branch moves.
async fn talk(
    stdin: &mut ChildStdin,
    stdout: ChildStdout,
    script: &[u8],
    branch: &str,
    head_tree: Option<&str>,
) -> Result<Made, ForgeError> {
    let broken = |_| log::unreadable();
    stdin.write_all(script).await.map_err(broken)?;
    stdin.flush().await.map_err(broken)?;
    let mut lines = BufReader::new(stdout).lines();
    let tree = lines.next_line().await.map_err(broken)?.ok_or_else(log::unreadable)?;
    let sha = lines.next_line().await.map_err(broken)?.ok_or_else(log::unreadable)?;
    // `040000 tree <sha>\t`; an empty tree is said as `missing`.
    let tree = tree.split(['\t', ' ']).nth(2).unwrap_or_default();
    let same = head_tree == Some(tree);
    let moved = if same { String::new() } else { format!("reset {branch}\nfrom :1\n\n") };
    let end = format!("{moved}reset {SCRATCH}\nfrom {NULL}\n\ndone\n");
    stdin.write_all(end.as_bytes()).await.map_err(broken)?;
    stdin.shutdown().await.map_err(broken)?;
    Ok(if same { Made::Nothing } else { Made::Commit(sha) })
}

async fn read_all(stderr: &mut ChildStderr) -> Vec<u8> {
    let mut text = Vec::new();
    // What cannot be read is not there; the exit status decides.
    drop(stderr.read_to_end(&mut text).await);
    text
}

pub(crate) const SCRATCH: &str = "refs/slipway/scratch";
pub(crate) const NULL: &str = "0000000000000000000000000000000000000000";

/// The commit in fast-import's language (gitformat: git-fast-import(1)), up to the questions for its tree and SHA.
fn script(commit: &NewCommit, head: Option<&str>) -> BytesMut {
    let size: usize = commit.files.iter().map(|(path, file)| path.len() + file.bytes.len() + 64).sum();
    let mut out = BytesMut::with_capacity(size + 1_024);
    let saying = Saying {
        message: commit.message.clone(),
        author_name: commit.author_name.clone(),
        author_email: commit.author_email.clone(),
        at: commit.at,
    };
    out.put_slice(format!("commit {SCRATCH}\nmark :1\n").as_bytes());
    put_saying(&mut out, &saying);
    if let Some(head) = head {
        out.put_slice(format!("from {head}\n").as_bytes());
    }
    out.put_slice(b"deleteall\n");
    for (path, file) in &commit.files {
        put_file(&mut out, path, file);
    }
    out.put_slice(b"\nls :1 \"\"\nget-mark :1\n");
    out
}

/// A commit's people, dates and message.
pub(crate) fn put_saying(out: &mut BytesMut, saying: &Saying) {
    let (who, mail) = (person(&saying.author_name), person(&saying.author_email));
    let at = saying.at.as_millis().div_euclid(SECOND);
    for role in ["author", "committer"] {
        out.put_slice(format!("{role} {who} <{mail}> {at} +0000\n").as_bytes());
    }
    data(out, format!("{}\n", saying.message.trim_end()).as_bytes());
}

/// A file of a commit, at its path.
pub(crate) fn put_file(out: &mut BytesMut, path: &str, file: &CommitFile) {
    let mode = match (file.link, file.executable) {
        (true, _) => "120000",
        (false, true) => "100755",
        (false, false) => "100644",
    };
    out.put_slice(format!("M {mode} inline {}\n", quoted(path)).as_bytes());
    data(out, &file.bytes);
}

fn data(out: &mut BytesMut, bytes: &[u8]) {
    out.put_slice(format!("data {}\n", bytes.len()).as_bytes());
    out.put_slice(bytes);
    out.put_u8(b'\n');
}

pub(crate) fn quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A name or address without what would end it.
pub(crate) fn person(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>')).collect();
    clean.trim().to_owned()
}
