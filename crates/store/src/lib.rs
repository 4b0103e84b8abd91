//! SQLite and PostgreSQL behind [`slipway_ports::Store`]: one SQL text, one contract.
//!
//! - `sql/` holds every constant statement; both engines read the same text wherever they can.
//! - One file an aggregate holds its rows and the bodies, stamped for both engines by `engine::both`.
//! - What truly differs stands in `sqlite.rs` and `postgres.rs`.
//!
//! After an error other than [`StoreError::Conflict`] or a broken cursor, a transaction can only be rolled back;
//! `commit` then fails rather than lose what was written before the error.
#![warn(clippy::expect_used, clippy::unwrap_used)]

mod accounts;
mod approvals;
mod catalog;
mod cell;
mod cursor;
mod delivery;
mod deployments;
mod digests;
mod engine;
mod error;
mod feed;
mod incidents;
mod leases;
mod migrate;
mod notes;
mod postgres;
mod repositories;
mod rollups;
mod runs;
mod services;
mod sources;
mod sql;
mod sqlite;
mod subscriptions;
mod upgrades;
mod words;

pub use postgres::PostgresStore;
pub use sqlite::SqliteStore;

use slipway_ports::{Store, store::Result};
use std::{path::Path, sync::Arc};

#[cfg(doc)]
use slipway_ports::StoreError;

/// Whether this names a PostgreSQL database rather than a file.
fn is_postgres(url_or_path: &str) -> bool {
    url_or_path.starts_with("postgres://") || url_or_path.starts_with("postgresql://")
}

/// A file's path from what a person configured: a path, or a `sqlite:` URL.
fn path(url_or_path: &str) -> &Path {
    let path = url_or_path.strip_prefix("sqlite:").unwrap_or(url_or_path);
    Path::new(path.strip_prefix("//").unwrap_or(path))
}

/// Opens the database that `url_or_path` names and brings it up to date: `postgres://…`, `sqlite:<path>` or a path.
pub async fn open(url_or_path: &str) -> Result<Arc<dyn Store>> {
    if is_postgres(url_or_path) {
        let store = PostgresStore::connect(url_or_path, None).await?;
        store.migrate().await?;
        Ok(Arc::new(store))
    } else {
        let store = SqliteStore::open(path(url_or_path)).await?;
        store.migrate().await?;
        Ok(Arc::new(store))
    }
}

/// The names of the migrations that [`open`] would run, without running them. A SQLite file that is not there is not made.
pub async fn pending_migrations(url_or_path: &str) -> Result<Vec<String>> {
    if is_postgres(url_or_path) {
        PostgresStore::connect(url_or_path, None).await?.pending_migrations().await
    } else if path(url_or_path).exists() {
        SqliteStore::open(path(url_or_path)).await?.pending_migrations().await
    } else {
        Ok(migrate::names())
    }
}

#[cfg(test)]
mod tests;
