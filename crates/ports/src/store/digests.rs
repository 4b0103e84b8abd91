//! Digests of past weeks, as they were said then.

use super::Result;
use async_trait::async_trait;
use serde_json::Value;
use slipway_domain::time::Timestamp;

/// One team's digest of one week.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredDigest {
    /// The team's entity reference.
    pub owner: String,
    /// The ISO week, `2026-W46`.
    pub week: String,
    /// The digest in the shape that pages read.
    pub body: Value,
    /// When it was made.
    pub made_at: Timestamp,
}

/// Digests of past weeks.
#[async_trait]
pub trait Digests {
    /// Adds a digest; the one of the same team and week that is there already stays. Whether it is new.
    async fn add_digest(&mut self, digest: &StoredDigest) -> Result<bool>;
    /// The digest of a team and week.
    async fn digest(&mut self, owner: &str, week: &str) -> Result<Option<StoredDigest>>;
    /// The weeks that a team has digests of, latest first.
    async fn digest_weeks(&mut self, owner: &str, limit: u32) -> Result<Vec<String>>;
    /// The teams that have a digest of a week, in no order.
    async fn digest_owners(&mut self, week: &str) -> Result<Vec<String>>;
}
