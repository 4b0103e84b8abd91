//! The store: one transaction is one unit of work.
//!
//! A [`Tx`] sees all aggregates, so that a change, its audit line, its feed entry and its follow-up commit together or not at
//! all. Dropping a `Tx` rolls it back. Absence is `Ok(None)`; errors are failures. `begin_read` gives a snapshot that cannot write.

pub mod accounts;
pub mod approvals;
pub mod catalog;
pub mod delivery;
pub mod deployments;
pub mod digests;
pub mod feed;
pub mod incidents;
pub mod leases;
pub mod notes;
pub mod repositories;
pub mod rollups;
pub mod runs;
pub mod services;
pub mod sources;
pub mod subscriptions;
pub mod upgrades;

pub use accounts::Accounts;
pub use approvals::Approvals;
pub use catalog::Catalog;
pub use delivery::Delivery;
pub use deployments::Deployments;
pub use digests::Digests;
pub use feed::Feed;
pub use incidents::Incidents;
pub use leases::Leases;
pub use notes::ChartNotes;
pub use repositories::Repositories;
pub use rollups::Rollups;
pub use runs::Runs;
pub use services::Services;
pub use sources::Sources;
pub use subscriptions::Subscriptions;
pub use upgrades::Upgrades;

use async_trait::async_trait;
use slipway_domain::time::Timestamp;

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database could not be reached, is locked or failed.
    #[error("the database failed: {0}")]
    Unavailable(String),
    /// A row that must be unique is there already.
    #[error("{0} is already there")]
    Conflict(&'static str),
    /// A row refers to one that is not there.
    #[error("{0} refers to something that is not there")]
    Dangling(&'static str),
    /// A row cannot be read as what it should be.
    #[error("table {table}, column {column}: {detail}")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// What is wrong, with the row's key.
        detail: String,
    },
    /// A lease was lost: another worker holds it now, and this one's writes do not count.
    #[error("the lease `{0}` was lost to another worker")]
    LeaseLost(String),
    /// A page cursor is not one that this list gave out.
    #[error("the page cursor cannot be read; begin again at the first page")]
    BadCursor,
}

/// The result of every store call.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A part of a long list, and where the next part begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in order.
    pub items: Vec<T>,
    /// Opaque; `None` when this is the last part.
    pub next: Option<String>,
}

/// The database.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    /// A snapshot to read from.
    async fn begin_read(&self) -> Result<Box<dyn Tx>>;

    /// A transaction that may write. On SQLite there is one at a time.
    async fn begin_write(&self) -> Result<Box<dyn Tx>>;

    /// Wakes when something may have been appended to the feed, here or in another replica.
    fn watch(&self) -> tokio::sync::watch::Receiver<u64>;

    /// The engine in a word: `SQLite` or `PostgreSQL`, with its version.
    async fn describe(&self) -> Result<String>;

    /// The database's own clock, for `doctor`.
    async fn now(&self) -> Result<Timestamp>;
}

/// One unit of work over all aggregates.
#[async_trait]
pub trait Tx:
    Accounts
    + Approvals
    + Catalog
    + ChartNotes
    + Delivery
    + Deployments
    + Digests
    + Feed
    + Incidents
    + Leases
    + Repositories
    + Rollups
    + Runs
    + Services
    + Sources
    + Subscriptions
    + Upgrades
    + Send
{
    /// Makes everything since `begin_write` lasting and visible.
    async fn commit(self: Box<Self>) -> Result<()>;
}
