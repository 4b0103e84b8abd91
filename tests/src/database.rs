//! Which database a server under test uses, and a look into it behind the server's back.

use crate::needs;
use slipway_ports::Store;
use slipway_store::{PostgresStore, SqliteStore};
use std::{env, path::Path, sync::Arc};

/// A database of one test's own.
#[derive(Debug)]
pub enum Database {
    /// The file in the data folder.
    Sqlite,
    /// A schema of the server that the environment names.
    Postgres {
        /// The server.
        url: String,
        /// The schema.
        schema: String,
    },
}

impl Database {
    /// A schema of its own, named after the test; `None`, said aloud, when there is no server.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn postgres(test: &str) -> Option<Self> {
        if !needs::met(&format!("{test} on PostgreSQL"), &[needs::POSTGRES]) {
            return None;
        }
        let url = env::var(needs::POSTGRES).expect("checked above");
        let schema = format!("b{}_{test}", std::process::id());
        let store = PostgresStore::connect(&url, Some(&schema)).await.expect("PostgreSQL answers");
        store.close().await;
        Some(Self::Postgres { url, schema })
    }

    /// What the server is told by `DATABASE_URL`; nothing for its default.
    pub fn url(&self) -> Option<String> {
        match self {
            Self::Sqlite => None,
            Self::Postgres { url, schema } => {
                let joint = if url.contains('?') { '&' } else { '?' };
                Some(format!("{url}{joint}options[search_path]={schema}"))
            }
        }
    }

    /// Opens it beside the server.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn open(&self, data: &Path) -> Arc<dyn Store> {
        match self {
            Self::Sqlite => Arc::new(SqliteStore::open(data.join("slipway.db")).await.expect("the database opens")),
            Self::Postgres { url, schema } => {
                Arc::new(PostgresStore::connect(url, Some(schema)).await.expect("PostgreSQL answers"))
            }
        }
    }

    /// Takes away what is not in the data folder. Not at drop: that cannot wait for the database.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn remove(self) {
        if let Self::Postgres { url, schema } = self {
            let store = PostgresStore::connect(&url, Some(&schema)).await.expect("PostgreSQL answers");
            store.drop_schema(&schema).await.expect("the schema is dropped");
            store.close().await;
        }
    }
}
