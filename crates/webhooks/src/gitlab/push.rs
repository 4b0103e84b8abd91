//! Push hooks. Only the newest twenty commits are told.

use super::{project, subject};
use crate::fields::At;
use crate::github::commit;
use crate::text::is_null_sha;
use crate::{Fact, Invalid, Lookup, Push, PushedCommit, Told};

pub(super) fn read(root: &At<'_>) -> Result<Option<Told>, Invalid> {
    let Some(branch) = root.get("ref").text()?.strip_prefix("refs/heads/") else { return Ok(None) };
    let after = root.get("after").text()?;
    if is_null_sha(after) {
        return Ok(None);
    }
    let before = root.get("before").maybe_text().filter(|sha| !is_null_sha(sha)).map(str::to_owned);
    let commits: Result<Vec<PushedCommit>, Invalid> = root.get("commits").items().map(|at| commit(&at)).collect();
    let commits = commits?;
    // A new branch on an old commit brings none; nothing of it is news.
    let Some(at) = commits.iter().map(|commit| commit.at).max() else { return Ok(None) };
    let push = Push {
        branch: branch.to_owned(),
        is_default_branch: root.at("project.default_branch").maybe_text() == Some(branch),
        before: before.clone(),
        after: after.to_owned(),
        // Not told; the range from git shows it.
        forced: false,
        commits,
    };
    Ok(Some(Told {
        key: format!("gitlab:push:{}:refs/heads/{branch}:{after}", project(root)?),
        at,
        subject: subject(root, None),
        fact: Fact::Push(push),
        lookups: vec![Lookup::CommitRange { before, after: after.to_owned() }],
    }))
}
