//! Bringing trees together with `git merge-tree` (2.38 and later): the same machinery that merges branches, with renames seen, and
//! no working tree.

use crate::{
    commit::{person, put_file, put_saying},
    git::{TIMEOUT, failure, finish},
    log::unreadable,
    name,
    repository::Repository,
    trees::{differences, feed},
};
use bytes::{BufMut as _, BytesMut};
use slipway_domain::time::{SECOND, Timestamp};
use slipway_ports::forge::{CommitFile, Conflict, ForgeError, Joined, Merged, Saying, ThreeWay};
use std::collections::BTreeMap;

/// How often a merge is tried again on top of a branch that somebody else keeps moving.
const ATTEMPTS: u32 = 5;

/// See `Forge::merge_trees`. `bench` is an empty bare repository that sees the objects of `repository`: what is made on the way is
/// made there and goes with it.
pub(crate) async fn trees(repository: &Repository, bench: &Repository, sides: &ThreeWay) -> Result<Merged, ForgeError> {
    let (our_name, their_name) = (name::branch(&sides.our_name)?, name::branch(&sides.their_name)?);
    let ours = repository.known(&sides.ours).await?;
    let asked = ["rev-parse", "--verify", "--quiet", &format!("{ours}^{{tree}}")];
    let tree = repository.git.ask(&repository.directory, &asked).await?.ok_or_else(unreadable)?;
    let alternates = bench.directory.join("objects/info/alternates");
    let objects = repository.directory.join("objects");
    tokio::fs::write(alternates, format!("{}\n", objects.display()))
        .await
        .map_err(|error| crate::embedded::io_error(&error))?;

    let mut script = BytesMut::new();
    begin(&mut script, "refs/slipway/base", 1, None);
    put_tree(&mut script, &sides.base)?;
    begin(&mut script, &format!("refs/heads/{their_name}"), 2, Some(1));
    script.put_slice(b"deleteall\n");
    put_tree(&mut script, &sides.theirs)?;
    begin(&mut script, &format!("refs/heads/{our_name}"), 3, Some(1));
    // The empty path is the tree itself: everything that is in it stays, submodules too.
    script.put_slice(format!("M 040000 {tree} \"\"\n\ndone\n").as_bytes());
    let mut command = bench.git.at(&bench.directory);
    command.args(["fast-import", "--quiet", "--done", "--date-format=raw"]);
    feed(command, &script).await?;

    let (merged, conflicts) = merge_tree(bench, our_name, their_name).await?;
    Ok(Merged { differences: differences(bench, &tree, &merged).await?, conflicts })
}

fn begin(script: &mut BytesMut, branch: &str, mark: u32, from: Option<u32>) {
    script.put_slice(format!("commit {branch}\nmark :{mark}\n").as_bytes());
    let saying = Saying {
        message: "Side".to_owned(),
        author_name: "Slipway".to_owned(),
        author_email: "slipway@users.slipway.invalid".to_owned(),
        at: Timestamp::from_millis(0),
    };
    put_saying(script, &saying);
    if let Some(from) = from {
        script.put_slice(format!("from :{from}\n").as_bytes());
    }
}

fn put_tree(script: &mut BytesMut, files: &BTreeMap<String, CommitFile>) -> Result<(), ForgeError> {
    for (path, file) in files {
        put_file(script, name::path(path)?, file);
    }
    script.put_u8(b'\n');
    Ok(())
}

/// The merged tree, and where a person has to decide.
async fn merge_tree(repository: &Repository, ours: &str, theirs: &str) -> Result<(String, Vec<Conflict>), ForgeError> {
    let mut command = repository.git.at(&repository.directory);
    command.args(["merge-tree", "--write-tree", "-z", "--name-only", "--messages", ours, theirs]);
    let output = finish(command, TIMEOUT).await?;
    // 1: conflicts, anything else: no merge at all (git-merge-tree(1)).
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Err(failure(&output.stderr));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut parts = text.split('\0');
    let tree = parts.next().filter(|tree| !tree.is_empty()).ok_or_else(unreadable)?.to_owned();
    let mut told: BTreeMap<String, String> = BTreeMap::new();
    if output.status.code() == Some(1) {
        told =
            parts.by_ref().take_while(|path| !path.is_empty()).map(|path| (path.to_owned(), String::new())).collect();
        // Messages: how many paths, the paths, the kind, the words.
        while let Some(count) = parts.next().and_then(|count| count.parse::<usize>().ok()) {
            let paths: Vec<&str> = parts.by_ref().take(count).collect();
            let (Some(kind), Some(words)) = (parts.next(), parts.next()) else { break };
            if let (true, Some(path)) = (kind.starts_with("CONFLICT"), paths.first()) {
                told.insert((*path).to_owned(), sentence(kind, words));
            }
        }
    }
    Ok((tree, told.into_iter().map(|(path, message)| Conflict { path, message }).collect()))
}

/// What happened, for people: git's own words where they say more than that both changed it.
fn sentence(kind: &str, words: &str) -> String {
    match kind {
        "CONFLICT (contents)" => "Both changed the same lines.".to_owned(),
        "CONFLICT (add/add)" => "Both added it, each in its own way.".to_owned(),
        _ => words.split_once("): ").map_or(words, |(_, words)| words).trim().to_owned(),
    }
}

/// Merges a commit into a branch; see `Forge::join`.
pub(crate) async fn join(
    repository: &Repository,
    head: &str,
    into: &str,
    saying: &Saying,
) -> Result<Joined, ForgeError> {
    let branch = format!("refs/heads/{}", name::branch(into)?);
    let head = repository.known(head).await?;
    let missing = || ForgeError::NotFound(format!("branch `{into}`"));
    for _ in 0..ATTEMPTS {
        let before = repository.resolve(&branch).await?.ok_or_else(missing)?;
        if repository.contains(&before, &head).await? {
            return Ok(Joined::At(before));
        }
        let (tree, conflicts) = merge_tree(repository, &before, &head).await?;
        if !conflicts.is_empty() {
            return Ok(Joined::Conflicts(conflicts));
        }
        let mut command = repository.git.at(&repository.directory);
        command.args(["commit-tree", &tree, "-p", &before, "-p", &head, "-F", "-"]);
        let at = format!("@{} +0000", saying.at.as_millis().div_euclid(SECOND));
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), person(&saying.author_name));
            command.env(format!("GIT_{role}_EMAIL"), person(&saying.author_email));
            command.env(format!("GIT_{role}_DATE"), &at);
        }
        let made = feed(command, format!("{}\n", saying.message.trim_end()).as_bytes()).await?;
        let made = String::from_utf8_lossy(&made).trim().to_owned();
        let moved = repository.git.ask(&repository.directory, &["update-ref", &branch, &made, &before]).await?;
        if moved.is_some() {
            return Ok(Joined::At(made));
        }
    }
    Err(ForgeError::Failed(format!("the branch `{into}` moved each time; try again")))
}
