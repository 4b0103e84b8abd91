//! What can only be tested from within: every statement on both engines, and that the two schemas are one.

use crate::{PostgresStore, SqliteStore, migrate, sql};
use sqlx::{Executor, SqlSafeStr};
use std::{collections::BTreeSet, fs, path::Path};

/// Table and column.
type Columns = BTreeSet<(String, String)>;

/// The PostgreSQL server that tests may use, or a visible word that they were skipped.
fn postgres_url(test: &str) -> Option<String> {
    let url = std::env::var("SLIPWAY_TEST_POSTGRES_URL").ok();
    if url.is_none() {
        println!("SKIPPED {test}: SLIPWAY_TEST_POSTGRES_URL is not set");
    }
    url
}

async fn sqlite() -> (tempfile::TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("new/folder/slipway.db")).await.unwrap();
    store.migrate().await.unwrap();
    (folder, store)
}

async fn postgres(url: &str, schema: &str) -> PostgresStore {
    let store = PostgresStore::connect(url, Some(schema)).await.unwrap();
    store.drop_schema(schema).await.unwrap();
    store.close().await;
    let store = PostgresStore::connect(url, Some(schema)).await.unwrap();
    store.migrate().await.unwrap();
    store
}

#[tokio::test]
async fn sqlite_prepares_every_statement() {
    let (_folder, store) = sqlite().await;
    let mut connection = store.writer.acquire().await.unwrap();
    for (name, text) in sql::all() {
        let prepared = connection.prepare(text.sqlite.into_sql_str()).await;
        assert!(prepared.is_ok(), "{name}: {}", prepared.unwrap_err());
    }
}

#[tokio::test]
async fn postgres_if_configured_prepares_every_statement() {
    let Some(url) = postgres_url("postgres_if_configured_prepares_every_statement") else { return };
    let store = postgres(&url, "statements").await;
    let mut connection = store.pool.acquire().await.unwrap();
    for (name, text) in sql::all() {
        let prepared = connection.prepare(text.postgres.into_sql_str()).await;
        assert!(prepared.is_ok(), "{name}: {}", prepared.unwrap_err());
    }
    store.drop_schema("statements").await.unwrap();
}

#[tokio::test]
async fn postgres_if_configured_has_the_same_tables_and_columns_as_sqlite() {
    let Some(url) = postgres_url("postgres_if_configured_has_the_same_tables_and_columns_as_sqlite") else { return };
    let (_folder, sqlite) = sqlite().await;
    let here: Vec<(String, String)> = sqlx::query_as(
        "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'entity_search%'",
    )
    .fetch_all(&sqlite.writer)
    .await
    .unwrap();
    let store = postgres(&url, "columns").await;
    let there: Vec<(String, String)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'columns'",
    )
    .fetch_all(&store.pool)
    .await
    .unwrap();
    store.drop_schema("columns").await.unwrap();
    assert_eq!(Columns::from_iter(here), Columns::from_iter(there));
}

#[test]
fn both_folders_hold_the_migrations_that_are_embedded() {
    assert!(migrate::ALL.windows(2).all(|pair| pair[0].0 < pair[1].0), "in order, each version once");
    let embedded: Vec<String> = migrate::ALL
        .iter()
        .map(|(version, name, ..)| {
            assert!(name.starts_with(&format!("{version:04}_")), "{name}");
            format!("{name}.sql")
        })
        .collect();
    for engine in ["sqlite", "postgres"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(engine);
        let mut files: Vec<String> =
            fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        assert_eq!(files, embedded, "{engine}");
    }
}

#[tokio::test]
async fn migrations_are_pending_until_they_ran_and_run_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slipway.db");
    let path = path.to_str().unwrap();
    assert_eq!(crate::pending_migrations(path).await.unwrap(), migrate::names());
    assert!(!Path::new(path).exists(), "looking makes no file");
    let (first, second) = tokio::join!(crate::open(path), crate::open(path));
    first.unwrap();
    second.unwrap();
    assert_eq!(crate::pending_migrations(&format!("sqlite://{path}")).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn postgres_if_configured_migrates_once_when_replicas_start_together() {
    let Some(url) = postgres_url("postgres_if_configured_migrates_once_when_replicas_start_together") else { return };
    let store = PostgresStore::connect(&url, Some("together")).await.unwrap();
    store.drop_schema("together").await.unwrap();
    let first = PostgresStore::connect(&url, Some("together")).await.unwrap();
    let second = PostgresStore::connect(&url, Some("together")).await.unwrap();
    assert_eq!(first.pending_migrations().await.unwrap(), migrate::names());
    let (one, two) = tokio::join!(first.migrate(), second.migrate());
    one.unwrap();
    two.unwrap();
    assert_eq!(second.pending_migrations().await.unwrap(), Vec::<String>::new());
    store.drop_schema("together").await.unwrap();
}
