//! A pull request that was merged.

use slipway_dora::{Change, ChangeKind};

use super::subject;
use crate::fields::At;
use crate::text::{is_hotfix_branch, is_hotfix_label};
use crate::{ChangeTold, Fact, Invalid, Lookup, Told};

pub(super) fn read(root: &At<'_>) -> Result<Option<Told>, Invalid> {
    let pull = root.get("pull_request");
    // `merge_commit_sha` is set on unmerged ones too (a test merge): only `merged` says so.
    if root.get("action").text()? != "closed" || !pull.get("merged").is_true() {
        return Ok(None);
    }
    let number = pull.get("number").whole()?;
    let key = format!("github:pull:{}:{number}", root.at("repository.id").id()?);
    let opened = pull.get("created_at").instant()?;
    let merged = pull.get("merged_at").instant()?;
    let labels: Vec<At<'_>> = pull.get("labels").items().collect();
    let labelled = labels.iter().any(|label| label.get("name").maybe_text().is_some_and(is_hotfix_label));
    let change = Change {
        opened_at: Some(opened),
        merged_at: Some(merged),
        kind: Some(ChangeKind::Pr),
        bot: pull.at("user.type").maybe_text() == Some("Bot"),
        ..Change::new(key.as_str(), pull.get("merge_commit_sha").text()?, opened)
    };
    let told = ChangeTold {
        change,
        hotfix: labelled || pull.at("head.ref").maybe_text().is_some_and(is_hotfix_branch),
        branch: pull.at("base.ref").maybe_text().map(str::to_owned),
        commits: Vec::new(),
    };
    let lookups = vec![Lookup::PullRequestCommits { number }];
    Ok(Some(Told { key, at: merged, subject: subject(root, None), fact: Fact::Change(told), lookups }))
}
