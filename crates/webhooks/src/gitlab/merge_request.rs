//! Merge requests that were merged. When, and as which squash commit, only the API says.

use slipway_dora::{Change, ChangeKind};

use super::{labelled, project, subject};
use crate::fields::At;
use crate::text::{is_hotfix_branch, is_hotfix_label};
use crate::{ChangeTold, Fact, Invalid, Lookup, Told};

pub(super) fn read(root: &At<'_>) -> Result<Option<Told>, Invalid> {
    let request = root.get("object_attributes");
    if request.get("action").maybe_text() != Some("merge") {
        return Ok(None);
    }
    let project = project(root)?;
    let iid = request.get("iid").whole()?;
    let key = format!("gitlab:merge_request:{project}:{iid}");
    let opened = request.get("created_at").instant()?;
    let merged = request.get("updated_at").instant()?;
    // Fast-forwarded: no commit of its own, so its last one landed.
    let landed =
        request.get("merge_commit_sha").maybe_text().map_or_else(|| request.at("last_commit.id").text(), Ok)?;
    let last_commit = request.at("last_commit.timestamp").maybe_instant()?;
    let first = last_commit.map_or(opened, |at| at.min(opened));
    let change = Change {
        opened_at: Some(opened),
        merged_at: Some(merged),
        kind: Some(ChangeKind::Pr),
        ..Change::new(key.as_str(), landed, first)
    };
    let told = ChangeTold {
        change,
        hotfix: labelled(root, is_hotfix_label)
            || request.get("source_branch").maybe_text().is_some_and(is_hotfix_branch),
        branch: request.get("target_branch").maybe_text().map(str::to_owned),
        commits: Vec::new(),
    };
    let lookups = vec![Lookup::MergeRequest { project, iid }];
    Ok(Some(Told { key, at: merged, subject: subject(root, None), fact: Fact::Change(told), lookups }))
}
