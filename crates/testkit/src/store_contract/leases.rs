//! Leases with fencing tokens.

use super::{make, read, refused, write};
use slipway_ports::{Store, StoreError, store::leases::Lease};
use std::sync::Arc;
use tokio::task::JoinSet;

async fn acquire(store: &Arc<dyn Store>, name: &str, owner: &str, now: i64) -> Option<Lease> {
    write!(store, tx => tx.acquire_lease(name, owner, make::at(now), 10).await.unwrap())
}

/// One at a time, by name.
pub async fn one_holder(store: Arc<dyn Store>) {
    let lease = acquire(&store, "run:1", "a", 0).await.unwrap();
    assert_eq!((lease.name.as_str(), lease.until), ("run:1", make::at(10)));
    assert_eq!(acquire(&store, "run:1", "b", 9).await, None);
    assert!(acquire(&store, "run:2", "b", 9).await.is_some());
}

/// The holder prolongs, with the same token.
pub async fn renewal(store: Arc<dyn Store>) {
    let first = acquire(&store, "run:1", "a", 0).await.unwrap();
    let second = acquire(&store, "run:1", "a", 5).await.unwrap();
    assert_eq!((second.token, second.until), (first.token, make::at(15)));
    write!(store, tx => tx.hold_lease(&first, make::at(14), 10).await.unwrap());
    assert_eq!(acquire(&store, "run:1", "b", 23).await, None, "held until 24");
}

/// An expired lease is anybody's; until somebody takes it, its holder may go on.
pub async fn expiry(store: Arc<dyn Store>) {
    let lease = acquire(&store, "run:1", "a", 0).await.unwrap();
    write!(store, tx => tx.hold_lease(&lease, make::at(50), 10).await.unwrap());
    assert_eq!(acquire(&store, "run:1", "b", 59).await, None);
    assert!(acquire(&store, "run:1", "b", 60).await.is_some());
}

/// A late holder's writes do not count.
pub async fn fencing(store: Arc<dyn Store>) {
    let late = acquire(&store, "run:1", "a", 0).await.unwrap();
    let new = acquire(&store, "run:1", "b", 10).await.unwrap();
    assert!(new.token > late.token);
    let mut tx = store.begin_write().await.unwrap();
    tx.add_user(&make::user(1, "ada")).await.unwrap();
    refused!(tx.hold_lease(&late, make::at(11), 10).await, StoreError::LeaseLost(_));
    drop(tx);
    assert_eq!(read!(store, tx => tx.count_users().await.unwrap()), 0);
    write!(store, tx => {
        tx.release_lease(&late).await.unwrap();
        tx.hold_lease(&new, make::at(11), 10).await.unwrap();
    });
    let unknown = Lease { name: "nothing".into(), token: 1, until: make::at(0) };
    let mut tx = store.begin_write().await.unwrap();
    refused!(tx.hold_lease(&unknown, make::at(0), 10).await, StoreError::LeaseLost(_));
}

/// Tokens of a name only grow: over owners, releases and forgetting.
pub async fn tokens_never_go_back(store: Arc<dyn Store>) {
    let mut last = 0;
    for round in 0..4_i64 {
        let lease = acquire(&store, "run:1", "a", round * 100).await.unwrap();
        assert!(lease.token > last, "round {round}: {} after {last}", lease.token);
        last = lease.token;
        write!(store, tx => {
            if round % 2 == 0 {
                tx.release_lease(&lease).await.unwrap();
            }
            assert_eq!(tx.delete_expired_leases(make::at(round * 100 + 50)).await.unwrap(), 1);
        });
    }
}

/// What was given back is free at once, and its former holder no longer holds it.
pub async fn release(store: Arc<dyn Store>) {
    let lease = acquire(&store, "run:1", "a", 0).await.unwrap();
    write!(store, tx => {
        tx.release_lease(&lease).await.unwrap();
        tx.release_lease(&lease).await.unwrap();
        refused!(tx.hold_lease(&lease, make::at(1), 10).await, StoreError::LeaseLost(_));
    });
    let next = acquire(&store, "run:1", "b", 1).await.unwrap();
    assert!(next.token > lease.token);
    write!(store, tx => {
        assert_eq!(tx.delete_expired_leases(make::at(11)).await.unwrap(), 0, "it stands until 11");
        assert_eq!(tx.delete_expired_leases(make::at(12)).await.unwrap(), 1);
    });
}

/// Of many who want it at once, one gets it, new or expired.
pub async fn contention(store: Arc<dyn Store>) {
    let mut last = 0;
    for round in 0..3 {
        let mut wanting = JoinSet::new();
        for owner in 0..8 {
            let store = Arc::clone(&store);
            wanting.spawn(async move { acquire(&store, "observer", &format!("{round}-{owner}"), round * 100).await });
        }
        let got: Vec<Lease> = wanting.join_all().await.into_iter().flatten().collect();
        assert_eq!(got.len(), 1, "{got:?}");
        assert!(got[0].token > last);
        last = got[0].token;
    }
}
