//! The feed behind live pages: ids and versions, never data.

use super::Result;
use async_trait::async_trait;
use serde::Serialize;
use slipway_domain::time::Timestamp;

/// Something changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeedEntry {
    /// Counts up over the whole instance.
    pub seq: i64,
    /// What sort of thing: `deployment`, `placement`, `run`, `catalog`, `build`, `dora`.
    pub topic: String,
    /// Which one.
    pub id: String,
    /// Its version after the change.
    pub version: i64,
}

/// The feed behind live pages.
#[async_trait]
pub trait Feed {
    /// Appends; watchers wake when the transaction commits.
    async fn publish(&mut self, topic: &str, id: &str, version: i64, at: Timestamp) -> Result<()>;
    /// Entries after `seq`, in order.
    async fn feed_after(&mut self, seq: i64, limit: u32) -> Result<Vec<FeedEntry>>;
    /// The latest `seq`, 0 when there is none.
    async fn feed_head(&mut self) -> Result<i64>;
    /// Forgets entries older than `before`.
    async fn trim_feed(&mut self, before: Timestamp) -> Result<u64>;
}
