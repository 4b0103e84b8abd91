//! Repositories, pushes and builds.

use super::{make, read, refused, write};
use slipway_domain::build::{Build, BuildState};
use slipway_ports::{Store, StoreError};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Repositories are found by id and name; a name is unique.
pub async fn repositories(store: Arc<dyn Store>) {
    let (a, b) = (make::repository(2, "team/a"), make::repository(1, "team/b"));
    write!(store, tx => {
        tx.add_repository(&b).await.unwrap();
        tx.add_repository(&a).await.unwrap();
        refused!(tx.add_repository(&make::repository(3, "team/a")).await, StoreError::Conflict(_));
    });
    read!(store, tx => {
        assert_eq!(tx.repository(a.id).await.unwrap().as_ref(), Some(&a));
        assert_eq!(tx.repository_by_name("team/b").await.unwrap().as_ref(), Some(&b));
        assert_eq!(tx.repository_by_name("team/c\0").await.unwrap(), None);
        assert_eq!(tx.repositories().await.unwrap(), [a.clone(), b]);
    });
    write!(store, tx => {
        tx.delete_repository(a.id).await.unwrap();
        tx.delete_repository(a.id).await.unwrap();
        assert_eq!(tx.repository(a.id).await.unwrap(), None);
    });
}

/// The recorded head moves only from where it is.
pub async fn recorded_head(store: Arc<dyn Store>) {
    let id = make::repository_id(1);
    write!(store, tx => {
        tx.add_repository(&make::repository(1, "a")).await.unwrap();
        assert!(!tx.move_recorded_head(id, Some("x"), "y").await.unwrap());
        assert!(tx.move_recorded_head(id, None, "x").await.unwrap());
        assert!(!tx.move_recorded_head(id, None, "y").await.unwrap());
        assert!(tx.move_recorded_head(id, Some("x"), "y").await.unwrap());
        assert!(!tx.move_recorded_head(make::repository_id(2), None, "x").await.unwrap());
    });
    let head = read!(store, tx => tx.repository(id).await.unwrap().unwrap().recorded_head);
    assert_eq!(head.as_deref(), Some("y"));
}

/// Of many who record the same push at once, one succeeds.
pub async fn concurrent_pushes(store: Arc<dyn Store>) {
    write!(store, tx => tx.add_repository(&make::repository(1, "a")).await.unwrap());
    let mut pushes = JoinSet::new();
    for n in 0..8 {
        let store = Arc::clone(&store);
        pushes.spawn(async move {
            write!(store, tx => tx.move_recorded_head(make::repository_id(1), None, &n.to_string()).await.unwrap())
        });
    }
    let moved = pushes.join_all().await.into_iter().filter(|moved| *moved).count();
    assert_eq!(moved, 1);
}

/// A build of the same service and revision is the same build.
pub async fn builds(store: Arc<dyn Store>) {
    make::services(&store, 1).await;
    let first = make::build(1, 1, "abc", 0);
    write!(store, tx => {
        tx.add_repository(&make::repository(1, "a")).await.unwrap();
        assert_eq!(tx.put_build(&first).await.unwrap(), first);
        assert_eq!(tx.put_build(&make::build(2, 1, "abc", 5)).await.unwrap(), first, "what stands");
        tx.put_build(&make::build(3, 1, "def", 5)).await.unwrap();
    });
    let done = Build {
        state: BuildState::Failed,
        started_at: Some(make::at(1)),
        finished_at: Some(make::at(2)),
        error: Some(make::DIFFICULT.to_owned()),
        artifact: Some(make::artifact_id(1)),
        ..first
    };
    write!(store, tx => {
        tx.set_build(&done).await.unwrap();
        refused!(tx.set_build(&make::build(9, 1, "x", 0)).await, StoreError::Dangling(_));
    });
    read!(store, tx => {
        assert_eq!(tx.build(done.id).await.unwrap().as_ref(), Some(&done));
        assert_eq!(tx.build(make::build_id(2)).await.unwrap(), None);
        let newest = tx.builds_of(make::service_id(1), 10).await.unwrap();
        assert_eq!(newest.iter().map(|b| b.id).collect::<Vec<_>>(), [3, 1].map(make::build_id));
        assert_eq!(tx.builds_of(make::service_id(1), 1).await.unwrap().len(), 1);
    });
    let mut tx = store.begin_write().await.unwrap();
    refused!(tx.put_build(&make::build(4, 9, "abc", 0)).await, StoreError::Dangling(_));
}

/// Builds that a pipeline has something to do for, oldest first.
pub async fn active_builds(store: Arc<dyn Store>) {
    make::services(&store, 1).await;
    write!(store, tx => {
        tx.add_repository(&make::repository(1, "a")).await.unwrap();
        for (n, state) in [(1, BuildState::Succeeded), (2, BuildState::Running), (3, BuildState::Queued), (4, BuildState::Failed)] {
            let millis = -i64::try_from(n).unwrap();
            tx.put_build(&Build { state, ..make::build(n, 1, &n.to_string(), millis) }).await.unwrap();
        }
    });
    read!(store, tx => {
        let ids = |found: Vec<Build>| found.into_iter().map(|b| b.id).collect::<Vec<_>>();
        assert_eq!(ids(tx.active_builds(10).await.unwrap()), [3, 2].map(make::build_id));
        assert_eq!(ids(tx.active_builds(1).await.unwrap()), [make::build_id(3)]);
    });
}
