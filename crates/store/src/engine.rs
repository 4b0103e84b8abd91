//! What both engines' transactions have in common, and the macro that stamps one body for both.

use crate::{error::explain, sql::PerEngine};
use async_trait::async_trait;
use slipway_ports::store::{Result, StoreError, Tx};
use sqlx::{
    Database, FromRow, QueryBuilder, Transaction,
    query::{Query, QueryAs},
};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::watch;

/// Stamps its items twice: with `EngineTx` as [`SqliteTx`] and as [`PostgresTx`].
macro_rules! both {
    ($($item:tt)*) => {
        const _: () = {
            type EngineTx = $crate::engine::SqliteTx;
            $($item)*
        };
        const _: () = {
            type EngineTx = $crate::engine::PostgresTx;
            $($item)*
        };
    };
}
pub(crate) use both;

/// A transaction of one engine.
pub(crate) struct UnitOfWork<DB: Database> {
    pub(crate) tx: Transaction<'static, DB>,
    /// What is written only at commit; see `feed.rs`.
    pub(crate) last: LastWrites,
    /// Set by the first failure. PostgreSQL ignores everything after it and would answer COMMIT with a silent ROLLBACK, so
    /// [`Tx::commit`] refuses, on both engines alike.
    failed: bool,
    bell: Arc<watch::Sender<u64>>,
}

/// A transaction of SQLite.
pub(crate) type SqliteTx = UnitOfWork<sqlx::Sqlite>;
/// A transaction of PostgreSQL.
pub(crate) type PostgresTx = UnitOfWork<sqlx::Postgres>;

/// sqlx's word for a transaction's engine.
pub(crate) trait Engine {
    /// The driver.
    type Db: Database;
}

impl<DB: Database> Engine for UnitOfWork<DB> {
    type Db = DB;
}

/// Writes that wait for the commit, because they hold a lock that every writer needs.
#[derive(Default)]
pub(crate) struct LastWrites {
    /// Feed entries: topic, subject, version, at.
    pub(crate) feed: Vec<(String, String, i64, i64)>,
    /// How many delivery events were new.
    pub(crate) delivery: i64,
    /// Services of which the event log says more than their rollups, in order.
    pub(crate) dirty: BTreeMap<String, Mark>,
}

/// How a service is marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// In the order in which services were marked.
    #[default]
    InTurn,
    /// Before all others: a person decided something and looks at what comes of it.
    Urgent,
}

impl<DB: Database> UnitOfWork<DB> {
    pub(crate) fn new(tx: Transaction<'static, DB>, bell: Arc<watch::Sender<u64>>) -> Self {
        Self { tx, last: LastWrites::default(), failed: false, bell }
    }

    /// A statement that is still to be written; it begins with `text`.
    pub(crate) fn builder(text: &str) -> QueryBuilder<DB> {
        QueryBuilder::new(text)
    }

    /// Notes that the transaction can only be rolled back, and says why.
    pub(crate) fn fail(&mut self, what: &'static str, error: &sqlx::Error) -> StoreError {
        self.failed = true;
        explain(what, error)
    }
}

both! {
    type Db = <EngineTx as Engine>::Db;

    impl EngineTx {
        /// Every row of a query.
        pub(crate) async fn all<R>(&mut self, query: QueryAs<'_, Db, R, <Db as Database>::Arguments>) -> Result<Vec<R>>
        where
            R: for<'r> FromRow<'r, <Db as Database>::Row> + Send + Unpin,
        {
            query.fetch_all(&mut *self.tx).await.map_err(|error| self.fail("a row", &error))
        }

        /// The one row of a query, if there is one.
        pub(crate) async fn one<R>(&mut self, query: QueryAs<'_, Db, R, <Db as Database>::Arguments>) -> Result<Option<R>>
        where
            R: for<'r> FromRow<'r, <Db as Database>::Row> + Send + Unpin,
        {
            query.fetch_optional(&mut *self.tx).await.map_err(|error| self.fail("a row", &error))
        }

        /// The number a query gives; 0 when it gives none.
        pub(crate) async fn number(&mut self, query: QueryAs<'_, Db, (i64,), <Db as Database>::Arguments>) -> Result<i64> {
            Ok(self.one(query).await?.map_or(0, |(number,)| number))
        }

        /// Runs a statement that writes `what`, and gives how many rows it touched.
        pub(crate) async fn execute(&mut self, what: &'static str, query: Query<'_, Db, <Db as Database>::Arguments>) -> Result<u64> {
            let done = query.execute(&mut *self.tx).await.map_err(|error| self.fail(what, &error))?;
            Ok(done.rows_affected())
        }

        /// Runs a statement that must touch exactly one row; `what` is what it changes.
        pub(crate) async fn change(&mut self, what: &'static str, query: Query<'_, Db, <Db as Database>::Arguments>) -> Result<()> {
            match self.execute(what, query).await? {
                1 => Ok(()),
                _ => Err(StoreError::Dangling(what)),
            }
        }

        /// Runs a statement that must touch the one row it was read from: when that has moved on or is gone, it is `what` that is there.
        pub(crate) async fn change_version(
            &mut self,
            what: &'static str,
            query: Query<'_, Db, <Db as Database>::Arguments>,
        ) -> Result<()> {
            self.add(what, query).await
        }

        /// Runs an `INSERT … ON CONFLICT DO NOTHING`; `what` is what is there already when nothing was inserted.
        pub(crate) async fn add(&mut self, what: &'static str, query: Query<'_, Db, <Db as Database>::Arguments>) -> Result<()> {
            match self.execute(what, query).await? {
                0 => Err(StoreError::Conflict(what)),
                _ => Ok(()),
            }
        }
    }

    #[async_trait]
    impl Tx for EngineTx {
        async fn commit(mut self: Box<Self>) -> Result<()> {
            if self.failed {
                return Err(StoreError::Unavailable("the transaction failed before and was rolled back".to_owned()));
            }
            let published = !self.last.feed.is_empty();
            self.write_last().await?;
            let Self { tx, bell, .. } = *self;
            tx.commit().await.map_err(|error| explain("the commit", &error))?;
            if published {
                bell.send_modify(|count| *count += 1);
            }
            Ok(())
        }
    }
}

impl SqliteTx {
    /// The text for this engine.
    pub(crate) const fn pick(text: &PerEngine) -> &'static str {
        text.sqlite
    }
}

impl PostgresTx {
    /// The text for this engine.
    pub(crate) const fn pick(text: &PerEngine) -> &'static str {
        text.postgres
    }
}
