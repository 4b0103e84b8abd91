//! A branch that moved.

use super::subject;
use crate::fields::At;
use crate::text::is_null_sha;
use crate::{Fact, Invalid, Lookup, Push, PushedCommit, Told};

pub(super) fn read(root: &At<'_>) -> Result<Option<Told>, Invalid> {
    // Tags move too, and a branch that is gone moved to nowhere.
    let Some(branch) = root.get("ref").text()?.strip_prefix("refs/heads/") else { return Ok(None) };
    let after = root.get("after").text()?;
    if root.get("deleted").is_true() || is_null_sha(after) {
        return Ok(None);
    }
    let before = root.get("before").maybe_text().filter(|sha| !is_null_sha(sha)).map(str::to_owned);
    let commits: Result<Vec<PushedCommit>, Invalid> = root.get("commits").items().map(|at| commit(&at)).collect();
    let commits = commits?;
    let head = root.at("head_commit.timestamp").maybe_instant()?.or_else(|| commits.last().map(|c| c.at));
    let Some(at) = head else { return Err(root.at("head_commit.timestamp").wrong("missing; an instant is needed")) };
    let repository = root.at("repository.id").id()?;
    let push = Push {
        branch: branch.to_owned(),
        is_default_branch: root.at("repository.default_branch").maybe_text() == Some(branch),
        before: before.clone(),
        after: after.to_owned(),
        forced: root.get("forced").is_true(),
        commits,
    };
    Ok(Some(Told {
        key: format!("github:push:{repository}:refs/heads/{branch}:{after}"),
        at,
        subject: subject(root, None),
        fact: Fact::Push(push),
        // The list of commits is capped, and says nothing of parents.
        lookups: vec![Lookup::CommitRange { before, after: after.to_owned() }],
    }))
}

/// GitLab's have the same shape.
pub(crate) fn commit(at: &At<'_>) -> Result<PushedCommit, Invalid> {
    let paths = ["added", "modified", "removed"].iter().flat_map(|list| at.get(list).items().collect::<Vec<_>>());
    let mut paths: Vec<String> = paths.filter_map(|path| path.maybe_text().map(str::to_owned)).collect();
    paths.sort_unstable();
    paths.dedup();
    Ok(PushedCommit { sha: at.get("id").text()?.to_owned(), at: at.get("timestamp").instant()?, paths })
}
