//! SQLite: one writer, several readers, one file.

use crate::{
    engine::{SqliteTx, UnitOfWork},
    error::unavailable,
    migrate, words,
};
use async_trait::async_trait;
use slipway_domain::time::Timestamp;
use slipway_ports::store::{Result, Store, Tx};
use sqlx::{
    Sqlite, SqlitePool,
    pool::PoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{path::Path, sync::Arc, time::Duration};
use tokio::sync::watch;

/// How long a transaction waits for its turn before it fails.
const PATIENCE: Duration = Duration::from_secs(15);
/// Page cache of one connection, KiB. The whole server shall stay under 60 MB; the operating system caches the file anyway.
const CACHE_KIB: u32 = 2_048;
/// Prepared statements that one connection keeps: about as many as there are.
const STATEMENTS: usize = 160;
/// Rows that a connection's thread may be ahead of whoever reads them: each time it has to wait costs more than a row.
const ROWS: usize = 256;

/// The store on an SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    pub(crate) writer: SqlitePool,
    readers: SqlitePool,
    bell: Arc<watch::Sender<u64>>,
}

impl SqliteStore {
    /// Opens the file, making it and its folder when they are not there. Run [`Self::migrate`] before anything else.
    ///
    /// # Errors
    /// When the folder cannot be made or the file is not a database that can be written.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            tokio::fs::create_dir_all(folder).await.map_err(|error| {
                unavailable(format_args!("the folder {} cannot be made: {error}", folder.display()))
            })?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .statement_cache_capacity(STATEMENTS)
            .row_buffer_size(ROWS)
            .pragma("cache_size", format!("-{CACHE_KIB}"))
            .pragma("temp_store", "memory");
        let pool = |connections| {
            PoolOptions::<Sqlite>::new()
                .max_connections(connections)
                .acquire_timeout(PATIENCE)
                .test_before_acquire(false)
                .max_lifetime(None)
                .idle_timeout(None)
        };
        // The writer comes first: it makes the file and switches it to WAL.
        let writer = pool(1)
            .connect_with(options.clone().optimize_on_close(true, 1_000))
            .await
            .map_err(|error| unavailable(format_args!("{} cannot be opened: {error}", path.display())))?;
        let cores = std::thread::available_parallelism().map_or(2, |n| u32::try_from(n.get()).unwrap_or(2));
        let readers = pool(cores.clamp(2, 8)).connect_lazy_with(options.pragma("query_only", "on"));
        Ok(Self { writer, readers, bell: Arc::new(watch::Sender::new(0)) })
    }

    /// Runs the migrations that have not run yet, all or none. Processes that start together take turns.
    ///
    /// # Errors
    /// When a migration fails, or one that has run is not the one this program knows.
    pub async fn migrate(&self) -> Result<()> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(unavailable)?;
        migrate::run(&mut *tx, |texts| texts.2).await?;
        tx.commit().await.map_err(unavailable)
    }

    /// The names of the migrations that have not run yet.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn pending_migrations(&self) -> Result<Vec<String>> {
        let table = sqlx::query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1")
            .bind(migrate::TABLE)
            .fetch_optional(&self.readers)
            .await
            .map_err(unavailable)?;
        if table.is_none() {
            return Ok(migrate::names());
        }
        let applied = sqlx::query_as("SELECT version FROM _sqlx_migrations WHERE success")
            .fetch_all(&self.readers)
            .await
            .map_err(unavailable)?;
        Ok(migrate::missing(&applied))
    }

    /// Ends every connection, writing what is still in the log into the file. What is begun later fails.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin_read(&self) -> Result<Box<dyn Tx>> {
        let tx = self.readers.begin().await.map_err(unavailable)?;
        Ok(Box::new(UnitOfWork::new(tx, Arc::clone(&self.bell))))
    }

    async fn begin_write(&self) -> Result<Box<dyn Tx>> {
        // A deferred transaction that reads first and writes later can fail at once when another wrote in between.
        let tx = self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(unavailable)?;
        Ok(Box::new(UnitOfWork::new(tx, Arc::clone(&self.bell))))
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }

    async fn describe(&self) -> Result<String> {
        let (version,): (String,) =
            sqlx::query_as("SELECT sqlite_version()").fetch_one(&self.readers).await.map_err(unavailable)?;
        Ok(format!("SQLite {version}"))
    }

    async fn now(&self) -> Result<Timestamp> {
        let (millis,): (i64,) = sqlx::query_as("SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)")
            .fetch_one(&self.readers)
            .await
            .map_err(unavailable)?;
        Ok(Timestamp::from_millis(millis))
    }
}

/// What only SQLite says in its own way.
impl SqliteTx {
    /// Words as [`crate::sql::catalog::MATCHING`] takes them.
    pub(crate) fn question(words: &[String]) -> String {
        words::for_fts5(words)
    }

    /// Before the feed is written: nothing, since there is one writer at a time.
    pub(crate) async fn lock_feed(&mut self) -> Result<()> {
        Ok(())
    }
}
