//! What holds for every transaction.

use super::{make, read, refused, write};
use slipway_domain::time::Timestamp;
use slipway_ports::{Store, StoreError};
use std::sync::Arc;

/// What was not committed never was, over all aggregates.
pub async fn roll_back_on_drop(store: Arc<dyn Store>) {
    let mut tx = store.begin_write().await.unwrap();
    tx.add_user(&make::user(1, "ada")).await.unwrap();
    tx.put_location(&make::location(1, "/a")).await.unwrap();
    tx.put_entities(&[make::component("checkout", "payments")]).await.unwrap();
    tx.publish("catalog", "x", 1, make::at(0)).await.unwrap();
    assert_eq!(tx.count_users().await.unwrap(), 1, "it sees its own writes");
    drop(tx);
    read!(store, tx => {
        assert_eq!(tx.count_users().await.unwrap(), 0);
        assert_eq!(tx.locations().await.unwrap(), []);
        assert_eq!(tx.feed_head().await.unwrap(), 0);
    });
    // And the next writer is not in its way.
    write!(store, tx => tx.add_user(&make::user(1, "ada")).await.unwrap());
}

/// A reader sees one state from its first look on; a later reader sees the new one.
pub async fn snapshots(store: Arc<dyn Store>) {
    let mut early = store.begin_read().await.unwrap();
    assert_eq!(early.count_users().await.unwrap(), 0);
    let mut writer = store.begin_write().await.unwrap();
    writer.add_user(&make::user(1, "ada")).await.unwrap();
    assert_eq!(early.count_users().await.unwrap(), 0, "not what is not committed");
    writer.commit().await.unwrap();
    assert_eq!(early.count_users().await.unwrap(), 0, "nor what was committed since");
    assert_eq!(early.user_by_login("ada").await.unwrap(), None);
    assert_eq!(read!(store, tx => tx.count_users().await.unwrap()), 1);
}

/// A read transaction cannot write.
pub async fn readers_cannot_write(store: Arc<dyn Store>) {
    let mut tx = store.begin_read().await.unwrap();
    refused!(tx.add_user(&make::user(1, "ada")).await, StoreError::Unavailable(_));
    drop(tx);
    assert_eq!(read!(store, tx => tx.count_users().await.unwrap()), 0);
}

/// After a failure nothing can be committed, and the commit says so rather than lose what came before.
pub async fn failures_poison(store: Arc<dyn Store>) {
    let mut tx = store.begin_write().await.unwrap();
    tx.add_user(&make::user(1, "ada")).await.unwrap();
    refused!(tx.add_session(&make::session(1, 9)).await, StoreError::Dangling(_));
    refused!(tx.commit().await, StoreError::Unavailable(_));
    assert_eq!(read!(store, tx => tx.count_users().await.unwrap()), 0);
}

/// It says what it is and what time it has.
pub async fn describes_itself(store: Arc<dyn Store>) {
    let name = store.describe().await.unwrap();
    let (engine, version) = name.split_once(' ').unwrap();
    assert!(["SQLite", "PostgreSQL"].contains(&engine), "{name}");
    assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{name}");
    let first = store.now().await.unwrap();
    assert!(first > Timestamp::parse_rfc3339("2026-01-01T00:00:00Z").unwrap());
}
