//! The append-only event log.

use super::{make, read, write};
use slipway_ports::{
    Store,
    store::delivery::{DeliveryEvent, DeliveryKind},
};
use std::sync::Arc;
use tokio::task::JoinSet;

/// What is heard twice is written once, within a call and across calls.
pub async fn appends_once(store: Arc<dyn Store>) {
    let first = make::event(1, "a", 1);
    let again = make::event(2, "a", 9);
    write!(store, tx => {
        assert_eq!(tx.add_delivery(&[first.clone(), again.clone(), make::event(1, "b", 2)]).await.unwrap(), 2);
        assert_eq!(tx.add_delivery(std::slice::from_ref(&again)).await.unwrap(), 0);
        assert_eq!(tx.add_delivery(&[]).await.unwrap(), 0);
        let elsewhere = slipway_ports::store::delivery::DeliveryEvent { source: "other".into(), ..again };
        assert_eq!(tx.add_delivery(&[elsewhere]).await.unwrap(), 1);
    });
    let all = read!(store, tx => tx.delivery_events(None).await.unwrap());
    assert_eq!((all.len(), &all[0]), (3, &first));
}

/// By service, then time, then the order of arrival; of all services or some.
pub async fn order(store: Arc<dyn Store>) {
    let many: Vec<_> = (0..1_100).map(|n| make::event(3, &format!("m{n}"), 7)).collect();
    write!(store, tx => {
        let events = [make::event(2, "a", 1), make::event(1, "b", 5), make::event(1, "c", 4), make::event(1, "d", 5)];
        tx.add_delivery(&events).await.unwrap();
        assert_eq!(tx.add_delivery(&many).await.unwrap(), 1_100);
    });
    read!(store, tx => {
        let two = [make::service_id(2), make::service_id(1), make::service_id(9)];
        let some = tx.delivery_events(Some(&two)).await.unwrap();
        assert_eq!(some.iter().map(|e| e.key.as_str()).collect::<Vec<_>>(), ["c", "b", "d", "a"]);
        assert_eq!(tx.delivery_events(Some(&[])).await.unwrap(), []);
        let all = tx.delivery_events(None).await.unwrap();
        assert_eq!(all[..4], some);
        assert_eq!(all[4..], many);
        let mut taken = Vec::new();
        tx.each_delivery_event(Some(&two), &mut |event| taken.push(event)).await.unwrap();
        assert_eq!(taken, some);
        taken.clear();
        tx.each_delivery_event(None, &mut |event| taken.push(event)).await.unwrap();
        assert_eq!(taken, all);
    });
}

/// What is read is what was written, whatever texts are in it and whenever it was.
pub async fn texts(store: Arc<dyn Store>) {
    let event = |n: i64, key: &str| DeliveryEvent {
        source: format!("a \"b\" \\ {key}"),
        payload: serde_json::json!({"a, b": [n, null, {"c": "] , [ \u{1} \" \\ é"}], "key": key}),
        ..make::event(1, key, (n - 3) * 20 * 86_400_000)
    };
    let texts = ["\"", "\\", "\n\t\u{1}", "é…🦀", "',[]", "{}", ""];
    let told: Vec<DeliveryEvent> = (0..).zip(texts).map(|(n, key)| event(n, key)).collect();
    write!(store, tx => tx.add_delivery(&told).await.unwrap());
    read!(store, tx => {
        assert_eq!(tx.delivery_events(Some(&[make::service_id(1)])).await.unwrap(), told);
        assert_eq!(tx.delivery_events(None).await.unwrap(), told);
    });
}

/// What was last told of deployments up to an instant, for several services at once; and what was told of one deployment.
pub async fn deployments(store: Arc<dyn Store>) {
    let told = |of: u128, key: &str, millis: i64| DeliveryEvent {
        kind: DeliveryKind::Deployment,
        payload: serde_json::json!({"id": key}),
        ..make::event(of, key, millis)
    };
    let commits: Vec<_> = (0..40).map(|n| make::event(1, &format!("c{n}"), n)).collect();
    let events =
        [told(1, "a", 3), told(1, "b", 5), told(1, "b%", 5), told(1, "d\"x", 9), told(2, "e", 5), told(3, "f", 5)];
    write!(store, tx => {
        tx.add_delivery(&commits).await.unwrap();
        tx.add_delivery(&events).await.unwrap();
    });
    read!(store, tx => {
        let (one, two) = (make::service_id(1), make::service_id(2));
        let asked = [(one, make::at(8)), (two, make::at(5)), (one, make::at(2)), (two, make::at(4)), (one, make::at(9))];
        let found = tx.deployments_up_to(&asked, 2).await.unwrap();
        let keys = |events: &Vec<DeliveryEvent>| events.iter().map(|event| event.key.clone()).collect::<Vec<_>>();
        let found: Vec<_> = found.iter().map(keys).collect();
        assert_eq!(found, [vec!["b%", "b"], vec!["e"], vec![], vec![], vec!["d\"x", "b%"]]);
        assert_eq!(tx.deployments_up_to(&[], 2).await.unwrap(), Vec::<Vec<DeliveryEvent>>::new());
        let many = vec![(one, make::at(9)); 100];
        assert_eq!(tx.deployments_up_to(&many, 9).await.unwrap()[99].len(), 4);
        for (id, expected) in [("b", vec!["b"]), ("b%", vec!["b%"]), ("d\"x", vec!["d\"x"]), ("e", vec![]), ("c1", vec![])] {
            assert_eq!(keys(&tx.told_of_deployment(one, id).await.unwrap()), expected, "{id}");
        }
    });
}

/// Counting ends where it is enough.
pub async fn count(store: Arc<dyn Store>) {
    let events = [make::event(2, "a", 1), make::event(1, "b", 5), make::event(1, "c", 4), make::event(3, "d", 5)];
    write!(store, tx => tx.add_delivery(&events).await.unwrap());
    read!(store, tx => {
        let two = [make::service_id(1), make::service_id(2), make::service_id(9)];
        assert_eq!(tx.count_delivery(&two, 10).await.unwrap(), 3);
        assert_eq!(tx.count_delivery(&two, 2).await.unwrap(), 2);
        assert_eq!(tx.count_delivery(&[], 2).await.unwrap(), 0);
    });
}

/// The version grows with every event that is new, and only then.
pub async fn version(store: Arc<dyn Store>) {
    let mut seen = vec![read!(store, tx => tx.delivery_version().await.unwrap())];
    for key in ["a", "a", "b"] {
        write!(store, tx => {
            tx.add_delivery(&[make::event(1, key, 0)]).await.unwrap();
            seen.push(tx.delivery_version().await.unwrap());
        });
        assert_eq!(read!(store, tx => tx.delivery_version().await.unwrap()), seen[seen.len() - 1]);
    }
    assert!(seen[0] < seen[1] && seen[1] == seen[2] && seen[2] < seen[3], "{seen:?}");
    let mut tx = store.begin_write().await.unwrap();
    tx.add_delivery(&[make::event(1, "c", 0)]).await.unwrap();
    drop(tx);
    assert_eq!(read!(store, tx => tx.delivery_version().await.unwrap()), seen[3], "what is rolled back never was");
}

/// Whoever sees equal versions sees equal logs, while others write.
pub async fn concurrent_writers(store: Arc<dyn Store>) {
    let mut writers = JoinSet::new();
    for writer in 0..4 {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            for n in 0..10 {
                write!(store, tx => tx.add_delivery(&[make::event(1, &format!("{writer}-{n}"), n)]).await.unwrap());
            }
        });
    }
    let mut lengths = std::collections::HashMap::new();
    while !writers.is_empty() {
        let (version, length) = read!(store, tx => {
            let version = tx.delivery_version().await.unwrap();
            (version, tx.delivery_events(None).await.unwrap().len())
        });
        assert_eq!(*lengths.entry(version).or_insert(length), length);
        while let Some(done) = writers.try_join_next() {
            done.unwrap();
        }
    }
    assert_eq!(read!(store, tx => tx.delivery_events(None).await.unwrap()).len(), 40);
}
