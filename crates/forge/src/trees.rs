//! Whole trees of one repository: reading them, and what differs between two.

use crate::{
    git::{TIMEOUT, failure, not_started},
    log::unreadable,
    name,
    repository::Repository,
};
use bytes::{Buf as _, Bytes};
use slipway_ports::forge::{CommitFile, Difference, ForgeError, MOST_BYTES, MOST_FILES};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    process::Stdio,
};
use tokio::{io::AsyncWriteExt as _, process::Command};

/// Every file at a revision.
pub(crate) async fn files(repository: &Repository, revision: &str) -> Result<BTreeMap<String, CommitFile>, ForgeError> {
    let commit = repository.known(revision).await?;
    let output = repository.git.run(&repository.directory, &["ls-tree", "-r", "-z", "--full-tree", &commit]).await?;
    // `100644 blob <sha>\t<path>`
    let text = String::from_utf8_lossy(&output);
    let mut entries = Vec::new();
    for entry in text.split('\0').filter(|entry| !entry.is_empty()) {
        let (about, path) = entry.split_once('\t').ok_or_else(unreadable)?;
        let mut words = about.split(' ');
        let (Some(mode), Some(_), Some(sha)) = (words.next(), words.next(), words.next()) else {
            return Err(unreadable());
        };
        if is_file(mode) {
            entries.push((path, mode, sha));
        }
    }
    let blobs = blobs(repository, entries.iter().map(|(_, _, sha)| *sha)).await?;
    entries.into_iter().map(|(path, mode, sha)| Ok((path.to_owned(), file(mode, sha, &blobs)?))).collect()
}

/// Every file below a folder at a revision, within the bounds of a source.
pub(crate) async fn folder(
    repository: &Repository,
    revision: &str,
    folder: &str,
) -> Result<BTreeMap<String, CommitFile>, ForgeError> {
    let commit = repository.known(revision).await?;
    let folder = if folder.is_empty() { "" } else { name::path(folder)? };
    let tree = repository
        .git
        .ask(&repository.directory, &["rev-parse", "--verify", "--quiet", &format!("{commit}:{folder}")])
        .await?;
    let Some(tree) = tree else { return Ok(BTreeMap::new()) };
    let output =
        repository.git.run(&repository.directory, &["ls-tree", "-r", "-z", "-l", "--full-tree", &tree]).await?;
    // `100644 blob <sha>    <size>\t<path>`
    let text = String::from_utf8_lossy(&output);
    let (mut entries, mut bytes) = (Vec::new(), 0_u64);
    for entry in text.split('\0').filter(|entry| !entry.is_empty()) {
        let (about, path) = entry.split_once('\t').ok_or_else(unreadable)?;
        let words: Vec<&str> = about.split_whitespace().collect();
        let [mode, _, sha, size] = words[..] else { return Err(unreadable()) };
        if is_file(mode) {
            bytes += size.parse::<u64>().map_err(|_| unreadable())?;
            entries.push((path, mode, sha));
        }
    }
    if entries.len() > MOST_FILES || bytes > MOST_BYTES {
        return Err(too_large());
    }
    let blobs = blobs(repository, entries.iter().map(|(_, _, sha)| *sha)).await?;
    entries.into_iter().map(|(path, mode, sha)| Ok((path.to_owned(), file(mode, sha, &blobs)?))).collect()
}

/// More than is read from one folder of a source.
pub(crate) fn too_large() -> ForgeError {
    ForgeError::Failed(format!("the folder has more than {MOST_FILES} files or {} MiB", MOST_BYTES >> 20))
}

/// What `head` changed since it left `base`.
pub(crate) async fn compare(repository: &Repository, base: &str, head: &str) -> Result<Vec<Difference>, ForgeError> {
    let (base, head) = (repository.known(base).await?, repository.known(head).await?);
    let fork = repository.git.ask(&repository.directory, &["merge-base", &base, &head]).await?;
    differences(repository, fork.as_deref().unwrap_or(&base), &head).await
}

/// What differs between two trees or commits, by path.
pub(crate) async fn differences(
    repository: &Repository,
    before: &str,
    after: &str,
) -> Result<Vec<Difference>, ForgeError> {
    let arguments = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", before, after];
    let output = repository.git.run(&repository.directory, &arguments).await?;
    let text = String::from_utf8_lossy(&output);
    // `:<mode> <mode> <sha> <sha> <letter>\0<path>\0`
    let mut parts = text.split('\0').filter(|part| !part.is_empty());
    let mut entries = Vec::new();
    while let Some(about) = parts.next() {
        let path = parts.next().ok_or_else(unreadable)?;
        let words: Vec<&str> = about.trim_start_matches(':').split(' ').collect();
        let [mode_before, mode_after, sha_before, sha_after, _] = words[..] else { return Err(unreadable()) };
        if is_file(mode_before) || is_file(mode_after) {
            entries.push((path, (mode_before, sha_before), (mode_after, sha_after)));
        }
    }
    let there = |(mode, sha): &(&'_ str, &'_ str)| is_file(mode).then(|| (*sha).to_owned());
    let shas: BTreeSet<String> =
        entries.iter().flat_map(|(_, before, after)| [there(before), there(after)]).flatten().collect();
    let blobs = blobs(repository, shas.iter().map(String::as_str)).await?;
    let side = |(mode, sha): (&str, &str)| is_file(mode).then(|| file(mode, sha, &blobs)).transpose();
    entries
        .into_iter()
        .map(|(path, before, after)| {
            Ok(Difference { path: path.to_owned(), before: side(before)?, after: side(after)? })
        })
        .collect()
}

/// Whether a mode is that of a file or link, and not of nothing, a folder or a submodule.
fn is_file(mode: &str) -> bool {
    matches!(mode, "100644" | "100755" | "100664" | "120000")
}

fn file(mode: &str, sha: &str, blobs: &HashMap<String, Bytes>) -> Result<CommitFile, ForgeError> {
    let bytes = blobs.get(sha).cloned().ok_or_else(unreadable)?;
    Ok(CommitFile { bytes, executable: mode == "100755", link: mode == "120000" })
}

/// The contents of blobs by SHA, read by one process.
async fn blobs<'a>(
    repository: &Repository,
    shas: impl Iterator<Item = &'a str>,
) -> Result<HashMap<String, Bytes>, ForgeError> {
    let asked: BTreeSet<&str> = shas.collect();
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let mut command = repository.git.at(&repository.directory);
    command.args(["cat-file", "--batch", "--buffer"]);
    let question: String = asked.iter().map(|sha| format!("{sha}\n")).collect();
    let mut output = Bytes::from(feed(command, question.as_bytes()).await?);
    let mut blobs = HashMap::with_capacity(asked.len());
    // `<sha> blob <size>\n<content>\n`
    while let Some(end) = output.iter().position(|byte| *byte == b'\n') {
        let header = String::from_utf8_lossy(&output[..end]).into_owned();
        let mut words = header.split(' ');
        let (Some(sha), Some("blob"), Some(size)) = (words.next(), words.next(), words.next()) else {
            return Err(unreadable());
        };
        let size: usize = size.parse().map_err(|_| unreadable())?;
        output.advance(end + 1);
        if output.len() <= size {
            return Err(unreadable());
        }
        blobs.insert(sha.to_owned(), output.split_to(size));
        output.advance(1);
    }
    Ok(blobs)
}

/// Runs a command that reads `input` and gives what it wrote.
pub(crate) async fn feed(mut command: Command, input: &[u8]) -> Result<Vec<u8>, ForgeError> {
    let mut child = command.stdin(Stdio::piped()).spawn().map_err(not_started)?;
    let stdin = child.stdin.take();
    let fed = async {
        if let Some(mut stdin) = stdin {
            // A git that died already says why itself.
            drop(stdin.write_all(input).await);
            drop(stdin.shutdown().await);
        }
    };
    let (output, ()) = tokio::time::timeout(TIMEOUT, async { tokio::join!(child.wait_with_output(), fed) })
        .await
        .map_err(|_| ForgeError::Failed(format!("no answer within {} s", TIMEOUT.as_secs())))?;
    let output = output.map_err(not_started)?;
    if output.status.success() { Ok(output.stdout) } else { Err(failure(&output.stderr)) }
}
