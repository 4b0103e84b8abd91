//! PostgreSQL: a pool, and one connection that listens for what other replicas publish.

mod listen;

use crate::{
    engine::{PostgresTx, UnitOfWork},
    error::unavailable,
    migrate, words,
};
use async_trait::async_trait;
use listen::Listener;
use slipway_domain::time::Timestamp;
use slipway_ports::store::{Result, Store, StoreError, Tx};
use sqlx::{AssertSqlSafe, Connection, PgPool, Postgres, pool::PoolOptions, postgres::PgConnectOptions};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// Connections of one replica, the one that listens among them.
const CONNECTIONS: u32 = 16;
/// How long a transaction waits for a connection before it fails.
const PATIENCE: Duration = Duration::from_secs(15);
/// A connection that was idle longer than this is asked whether it still lives before it is used.
const TRUSTED_FOR: Duration = Duration::from_secs(5);
/// Prepared statements that one connection keeps: about as many as there are.
const STATEMENTS: usize = 160;
/// What every connection says first. All that is asked here is small, and the planner, which takes it for more where a table has grown and
/// not been analysed yet, would have each question compiled and spread over processes that are started for it: pages took ten times as long.
const SETTINGS: &str = "SET jit = off; SET max_parallel_workers_per_gather = 0";
/// The advisory lock that whoever writes to the feed holds until the commit. Any constant number; "slipfeed" in ASCII.
const FEED_LOCK: i64 = 0x736c_6970_6665_6564;

/// The store on a PostgreSQL database.
#[derive(Debug)]
pub struct PostgresStore {
    pub(crate) pool: PgPool,
    bell: Arc<watch::Sender<u64>>,
    _listener: Listener,
}

impl PostgresStore {
    /// Connects. With `schema` (lower-case letters, digits and `_`), everything happens in that schema, which is made when it
    /// is not there. Run [`Self::migrate`] before anything else.
    ///
    /// # Errors
    /// When the URL cannot be read or the database not be reached.
    pub async fn connect(url: &str, schema: Option<&str>) -> Result<Self> {
        let options: PgConnectOptions =
            url.parse().map_err(|error| unavailable(format_args!("the database URL cannot be read: {error}")))?;
        let mut options = options.application_name("slipway").statement_cache_capacity(STATEMENTS);
        if let Some(schema) = schema {
            options = options.options([("search_path", checked(schema)?)]);
        }
        let pool = PoolOptions::<Postgres>::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move { sqlx::raw_sql(SETTINGS).execute(connection).await.map(drop) })
            })
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > TRUSTED_FOR {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options)
            .await
            .map_err(unavailable)?;
        if let Some(schema) = schema {
            let make = format!("CREATE SCHEMA IF NOT EXISTS {}", checked(schema)?);
            sqlx::query(AssertSqlSafe(make)).execute(&pool).await.map_err(unavailable)?;
        }
        let bell = Arc::new(watch::Sender::new(0));
        let listener = Listener::start(pool.clone(), Arc::clone(&bell));
        Ok(Self { pool, bell, _listener: listener })
    }

    /// Runs the migrations that have not run yet. Replicas that start together take turns (an advisory lock).
    ///
    /// # Errors
    /// When a migration fails, or one that has run is not the one this program knows.
    pub async fn migrate(&self) -> Result<()> {
        let mut connection = self.pool.acquire().await.map_err(unavailable)?;
        let done = migrate::run(&mut *connection, |texts| texts.3).await;
        if done.is_err() {
            // The lock belongs to the connection: without this the others would wait for as long as it lives in the pool.
            connection.close_on_drop();
        }
        done
    }

    /// The names of the migrations that have not run yet.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn pending_migrations(&self) -> Result<Vec<String>> {
        let (table,): (bool,) = sqlx::query_as("SELECT to_regclass($1) IS NOT NULL")
            .bind(migrate::TABLE)
            .fetch_one(&self.pool)
            .await
            .map_err(unavailable)?;
        if !table {
            return Ok(migrate::names());
        }
        let applied = sqlx::query_as("SELECT version FROM _sqlx_migrations WHERE success")
            .fetch_all(&self.pool)
            .await
            .map_err(unavailable)?;
        Ok(migrate::missing(&applied))
    }

    /// Drops a schema with everything in it. For tests, which have one each.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn drop_schema(&self, schema: &str) -> Result<()> {
        let drop = format!("DROP SCHEMA IF EXISTS {} CASCADE", checked(schema)?);
        sqlx::query(AssertSqlSafe(drop)).execute(&self.pool).await.map_err(unavailable)?;
        Ok(())
    }

    /// Ends every connection. What is begun later fails.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// A schema's name that needs no quoting.
fn checked(schema: &str) -> Result<&str> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if schema.len() <= 63 && schema.bytes().all(plain) && schema.starts_with(|c: char| c.is_ascii_lowercase()) {
        Ok(schema)
    } else {
        Err(StoreError::Unavailable(format!("`{schema}` is not a schema name; use lower-case letters, digits and `_`")))
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn begin_read(&self) -> Result<Box<dyn Tx>> {
        let tx = self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await.map_err(unavailable)?;
        Ok(Box::new(UnitOfWork::new(tx, Arc::clone(&self.bell))))
    }

    async fn begin_write(&self) -> Result<Box<dyn Tx>> {
        // Named, because a database's own default may be stricter and then fail where waiting is enough.
        let tx = self.pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await.map_err(unavailable)?;
        Ok(Box::new(UnitOfWork::new(tx, Arc::clone(&self.bell))))
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }

    async fn describe(&self) -> Result<String> {
        let (version,): (String,) = sqlx::query_as("SELECT current_setting('server_version')")
            .fetch_one(&self.pool)
            .await
            .map_err(unavailable)?;
        Ok(format!("PostgreSQL {version}"))
    }

    async fn now(&self) -> Result<Timestamp> {
        let (millis,): (i64,) = sqlx::query_as("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)")
            .fetch_one(&self.pool)
            .await
            .map_err(unavailable)?;
        Ok(Timestamp::from_millis(millis))
    }
}

/// What only PostgreSQL says in its own way.
impl PostgresTx {
    /// Words as [`crate::sql::catalog::MATCHING`] takes them.
    pub(crate) fn question(words: &[String]) -> String {
        words::for_tsquery(words)
    }

    /// Before the feed is written: takes the lock that makes entries get their numbers in the order in which they become
    /// visible, and tells the other replicas. Without the lock a reader could see entry 8, go on from there, and miss
    /// entry 7 of a transaction that commits later.
    pub(crate) async fn lock_feed(&mut self) -> Result<()> {
        let lock =
            sqlx::query("SELECT pg_advisory_xact_lock($1), pg_notify($2, '')").bind(FEED_LOCK).bind(listen::CHANNEL);
        self.execute("the feed", lock).await?;
        Ok(())
    }
}
