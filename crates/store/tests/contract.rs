//! The store's contract on both engines. PostgreSQL takes part when `SLIPWAY_TEST_POSTGRES_URL` names a server.

use slipway_ports::Store;
use slipway_store::{PostgresStore, SqliteStore};
use std::{future::Future, sync::Arc};

async fn on_sqlite<F: Future<Output = ()>>(_name: &str, test: impl FnOnce(Arc<dyn Store>) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("slipway.db")).await.unwrap();
    store.migrate().await.unwrap();
    test(Arc::new(store)).await;
}

async fn on_postgres<F>(name: &str, test: impl FnOnce(Arc<dyn Store>) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let Ok(url) = std::env::var("SLIPWAY_TEST_POSTGRES_URL") else {
        println!("SKIPPED {name} on PostgreSQL: SLIPWAY_TEST_POSTGRES_URL is not set");
        return;
    };
    let schema = format!("t{}_{name}", std::process::id());
    let store = Arc::new(PostgresStore::connect(&url, Some(&schema)).await.unwrap());
    store.migrate().await.unwrap();
    let shared: Arc<dyn Store> = Arc::clone(&store) as Arc<dyn Store>;
    let outcome = tokio::spawn(test(shared)).await;
    store.drop_schema(&schema).await.unwrap();
    outcome.unwrap();
}

mod sqlite {
    slipway_testkit::store_contract!(crate::on_sqlite);
}

/// Without the variable these only say that they were skipped.
mod postgres_if_configured {
    slipway_testkit::store_contract!(crate::on_postgres);

    /// What one replica publishes wakes the watchers of another.
    #[tokio::test]
    async fn replicas_hear_each_other() {
        crate::on_postgres("replicas_hear_each_other", |store| async move {
            let url = std::env::var("SLIPWAY_TEST_POSTGRES_URL").unwrap();
            let schema = format!("t{}_replicas_hear_each_other", std::process::id());
            let other = slipway_store::PostgresStore::connect(&url, Some(&schema)).await.unwrap();
            let mut watcher = slipway_ports::Store::watch(&other);
            let mut tx = store.begin_write().await.unwrap();
            tx.publish("run", "a", 1, slipway_domain::time::Timestamp::from_millis(0)).await.unwrap();
            tx.commit().await.unwrap();
            tokio::time::timeout(std::time::Duration::from_secs(30), watcher.changed())
                .await
                .expect("nobody woke")
                .unwrap();
        })
        .await;
    }
}
