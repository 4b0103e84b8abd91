//! The feed behind live pages.

use super::{make, read, write};
use slipway_ports::Store;
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinSet, time};

/// Entries come in the order they were published, after the one that was seen last.
pub async fn order(store: Arc<dyn Store>) {
    write!(store, tx => {
        tx.publish("deployment", "a", 1, make::at(0)).await.unwrap();
        tx.publish("run", "b", 7, make::at(0)).await.unwrap();
    });
    write!(store, tx => tx.publish("deployment", "a", 2, make::at(1)).await.unwrap());
    let mut tx = store.begin_write().await.unwrap();
    tx.publish("deployment", "never", 1, make::at(1)).await.unwrap();
    drop(tx);
    read!(store, tx => {
        let all = tx.feed_after(0, 10).await.unwrap();
        let words: Vec<_> = all.iter().map(|e| (e.topic.as_str(), e.id.as_str(), e.version)).collect();
        assert_eq!(words, [("deployment", "a", 1), ("run", "b", 7), ("deployment", "a", 2)]);
        assert!(all.is_sorted_by(|a, b| a.seq < b.seq));
        assert_eq!(tx.feed_after(all[0].seq, 1).await.unwrap(), all[1..2]);
        assert_eq!(tx.feed_after(all[2].seq, 10).await.unwrap(), []);
    });
}

/// The head is the latest number, 0 at first, and never goes back.
pub async fn head(store: Arc<dyn Store>) {
    assert_eq!(read!(store, tx => tx.feed_head().await.unwrap()), 0);
    write!(store, tx => {
        for n in 0..3 {
            tx.publish("run", "a", n, make::at(n)).await.unwrap();
        }
    });
    let head = read!(store, tx => tx.feed_head().await.unwrap());
    write!(store, tx => {
        assert_eq!(tx.trim_feed(make::at(0)).await.unwrap(), 0);
        assert_eq!(tx.trim_feed(make::at(1)).await.unwrap(), 1);
        tx.trim_feed(make::at(99)).await.unwrap();
    });
    assert_eq!(read!(store, tx => tx.feed_head().await.unwrap()), head);
    write!(store, tx => tx.publish("run", "a", 9, make::at(9)).await.unwrap());
    let after = read!(store, tx => tx.feed_after(head, 10).await.unwrap());
    assert_eq!(after.iter().map(|e| e.version).collect::<Vec<_>>(), [9]);
}

/// A reader that goes on from the last number it saw misses nothing, however writers overlap.
pub async fn concurrent_writers_skip_nothing(store: Arc<dyn Store>) {
    let mut writers = JoinSet::new();
    for writer in 0..6_i64 {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            for n in 0..15 {
                write!(store, tx => {
                    tx.publish("run", &writer.to_string(), n, make::at(0)).await.unwrap();
                    // Something else to do before the commit, so that transactions overlap.
                    tx.add_failed_sign_in(&writer.to_string(), make::at(0)).await.unwrap();
                    tx.publish("run", &writer.to_string(), 100 + n, make::at(0)).await.unwrap();
                });
            }
        });
    }
    let mut seen = Vec::new();
    let mut last = 0;
    let mut writing = true;
    while writing {
        writing = !writers.is_empty();
        while let Some(done) = writers.try_join_next() {
            done.unwrap();
        }
        let new = read!(store, tx => tx.feed_after(last, 1_000).await.unwrap());
        last = new.last().map_or(last, |entry| entry.seq);
        seen.extend(new);
    }
    assert_eq!(seen.len(), 6 * 15 * 2);
    for writer in 0..6_i64 {
        let versions: Vec<_> = seen.iter().filter(|e| e.id == writer.to_string()).map(|e| e.version).collect();
        assert_eq!(versions, (0..15).flat_map(|n| [n, 100 + n]).collect::<Vec<_>>());
    }
}

/// Whoever watches wakes when something was published.
pub async fn watchers_wake(store: Arc<dyn Store>) {
    let mut watcher = store.watch();
    watcher.mark_unchanged();
    write!(store, tx => tx.publish("run", "a", 1, make::at(0)).await.unwrap());
    time::timeout(Duration::from_secs(30), watcher.changed()).await.expect("nobody woke").unwrap();
    assert_eq!(read!(store, tx => tx.feed_after(0, 10).await.unwrap()).len(), 1);
}
