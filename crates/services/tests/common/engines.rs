//! The same test on both databases. PostgreSQL takes part when `SLIPWAY_TEST_POSTGRES_URL` names a server.

use super::{TestWorld, golden_paths};
use slipway_store::PostgresStore;
use std::{future::Future, path::PathBuf, sync::Arc};

/// Runs `test` with a world on each engine; `name` is the test's own.
pub async fn on_each<F>(name: &str, test: impl Fn(TestWorld) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    on_each_with(name, golden_paths, test).await;
}

/// As [`on_each`], with the templates of a folder; `templates` puts it in order before each world.
pub async fn on_each_with<F>(name: &str, templates: impl Fn() -> PathBuf, test: impl Fn(TestWorld) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    test(TestWorld::with_templates(templates()).await).await;
    let Ok(url) = std::env::var("SLIPWAY_TEST_POSTGRES_URL") else {
        println!("SKIPPED {name} on PostgreSQL: SLIPWAY_TEST_POSTGRES_URL is not set");
        return;
    };
    let schema = format!("s{}_{name}", std::process::id());
    let store = Arc::new(PostgresStore::connect(&url, Some(&schema)).await.unwrap());
    store.migrate().await.unwrap();
    let world = TestWorld::with_store(templates(), tempfile::tempdir().unwrap(), store.clone()).await;
    let outcome = tokio::spawn(test(world)).await;
    store.drop_schema(&schema).await.unwrap();
    outcome.unwrap();
}
