//! A team's digest: what moved, what to do next, what waits.

use crate::insights::{Line, Verdict};
use serde::{Deserialize, Serialize};

/// What the page looks at, as it stands in the URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DigestQuery {
    /// Team's entity reference; empty: the organisation.
    pub owner: String,
    /// An ISO week that a digest was kept of, `2026-W46`; empty: now.
    pub week: String,
}

/// A difference that is more than chance would make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestChange {
    /// The service's name, or the scope's title.
    pub of: String,
    /// The metric's name.
    pub metric: String,
    /// In these weeks, in words.
    pub now: String,
    /// In those before.
    pub before: String,
    /// Now minus before.
    pub difference: String,
    /// The 95 % interval of the difference.
    pub interval: String,
    /// Better or worse.
    pub verdict: Verdict,
    /// Where it is taken apart.
    pub href: String,
}

/// Something that waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestItem {
    /// What: "checkout-api v41 to production".
    pub title: String,
    /// Why: "Rolling out for 40 min".
    pub words: String,
    /// Where to look.
    pub href: String,
}

/// What a lead should know this week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Digest {
    /// Whose: a team's title or "The organisation".
    pub scope: String,
    /// The team's entity reference; empty for the organisation.
    pub owner: String,
    /// The ISO week it was made for; empty when it was made on demand.
    pub week: String,
    /// First day.
    pub from: String,
    /// The day after the last.
    pub to: String,
    /// Reporting zone.
    pub zone: String,
    /// The five metrics: name and value.
    pub figures: Vec<Line>,
    /// The three most certain differences at most, the worse ones first.
    pub changes: Vec<DigestChange>,
    /// How many differences were looked at.
    pub compared: usize,
    /// One thing to do, and where.
    pub suggestion: String,
    /// Where that begins.
    pub suggestion_href: String,
    /// Deployments under way or stuck, unhealthy services, incidents without a link.
    pub waiting: Vec<DigestItem>,
    /// Definition version.
    pub definition: String,
}

/// `/insights/digest`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestPage {
    /// The server's clock.
    pub now: i64,
    /// The digest.
    pub digest: Digest,
    /// Weeks that digests were kept of, latest first.
    pub weeks: Vec<String>,
    /// Teams: entity reference and title.
    pub owners: Vec<(String, String)>,
}
