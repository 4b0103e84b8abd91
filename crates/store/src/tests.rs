//! What can only be tested from within: every statement on both engines, that the two schemas are one, and who waits for whom.

use crate::{PostgresStore, SqliteStore, migrate, sql};
use slipway_domain::time::Timestamp;
use slipway_ports::{
    Store,
    store::delivery::{DeliveryEvent, DeliveryKind},
};
use sqlx::{Executor, SqlSafeStr};
use std::{collections::BTreeSet, fs, path::Path, sync::Arc, time::Duration};

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

/// Appends one event of a service, as one delivery.
async fn append(store: &dyn Store, service: u32, key: &str) {
    let event = DeliveryEvent {
        service: format!("00000000-0000-7000-8000-{service:012}").parse().unwrap(),
        kind: DeliveryKind::Commit,
        at: Timestamp::from_millis(1),
        source: "test".to_owned(),
        key: key.to_owned(),
        payload: serde_json::json!({}),
    };
    let mut tx = store.begin_write().await.unwrap();
    tx.add_delivery(&[event]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn postgres_if_configured_whoever_waits_for_a_services_days_holds_up_nobody_else() {
    let Some(url) = postgres_url("postgres_if_configured_whoever_waits_for_a_services_days_holds_up_nobody_else")
    else {
        return;
    };
    let store = Arc::new(postgres(&url, "waits").await);
    append(&*store, 1, "first").await;
    // Days of the service are being made.
    let mut maker = store.begin_write().await.unwrap();
    let mark = maker.dirty_services(1).await.unwrap()[0];
    assert!(maker.clean_service(mark).await.unwrap());
    let waiting = tokio::spawn({
        let store = Arc::clone(&store);
        async move { append(&*store, 1, "second").await }
    });
    let waiters = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT INTO rollup_dirty%'";
    while sqlx::query_scalar::<_, i64>(waiters).fetch_one(&store.pool).await.unwrap() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let another = tokio::time::timeout(Duration::from_secs(30), append(&*store, 2, "third")).await;
    assert!(another.is_ok(), "an event of another service waits too");
    assert!(!waiting.is_finished());
    maker.commit().await.unwrap();
    waiting.await.unwrap();
    assert_eq!(store.begin_read().await.unwrap().dirty_services(9).await.unwrap().len(), 2);
    store.drop_schema("waits").await.unwrap();
}
