//! Published releases, where they are what deploys.

use slipway_dora::{Deployment, Status, Tier};

use super::subject;
use crate::fields::At;
use crate::text::is_sha;
use crate::{Fact, Invalid, Lookup, Options, Told};

pub(super) fn read(options: &Options, root: &At<'_>) -> Result<Option<Told>, Invalid> {
    let release = root.get("release");
    let counts = options.releases_deploy && root.get("action").text()? == "published";
    if !counts || release.get("draft").is_true() || release.get("prerelease").is_true() {
        return Ok(None);
    }
    let key = format!("github:release:{}", release.get("id").id()?);
    let tag = release.get("tag_name").text()?;
    let at = release.get("published_at").instant()?;
    // A branch's name, mostly; only a commit is a revision.
    let target = release.get("target_commitish").maybe_text().filter(|target| is_sha(target));
    let record = Deployment {
        version: Some(tag.into()),
        tier: Some(Tier::Production),
        ..Deployment::new(key.as_str(), target.unwrap_or_default(), at, Status::Success)
    };
    let lookups = if target.is_some() { Vec::new() } else { vec![Lookup::Tag { name: tag.to_owned() }] };
    Ok(Some(Told { key, at, subject: subject(root, None), fact: Fact::Deployment(record), lookups }))
}
