//! Sources of delivery events and what they sent.

use super::{make, read, refused, walk, write};
use serde_json::json;
use slipway_domain::catalog::EntityRef;
use slipway_ports::{
    Store, StoreError,
    store::{
        services::Service,
        sources::{DeliveryStatus, Source, SourceDelivery},
    },
};
use std::sync::Arc;

/// Sources are found by id, listed by name, and count what was refused.
pub async fn sources(store: Arc<dyn Store>) {
    let (a, b) = (make::source(2, "a"), make::source(1, "b"));
    let derived = Source { secret: None, service: None, owner: None, rotated_at: None, ..b };
    write!(store, tx => {
        tx.add_source(&derived).await.unwrap();
        tx.add_source(&a).await.unwrap();
        refused!(tx.add_source(&make::source(3, "a")).await, StoreError::Conflict(_));
    });
    let all = read!(store, tx => tx.sources().await.unwrap());
    assert_eq!(all, [a.clone(), derived.clone()]);
    let rotated = Source { generation: 5, rotated_at: Some(make::at(9)), revoked_at: Some(make::at(10)), ..derived };
    write!(store, tx => {
        tx.set_source_secret(&rotated).await.unwrap();
        tx.note_refused(a.id, make::at(3), "first").await.unwrap();
        tx.note_refused(a.id, make::at(4), make::DIFFICULT).await.unwrap();
        refused!(tx.set_source_secret(&make::source(9, "z")).await, StoreError::Dangling(_));
    });
    read!(store, tx => {
        assert_eq!(tx.source(rotated.id).await.unwrap(), Some(rotated));
        let found = tx.source(a.id).await.unwrap().unwrap();
        assert_eq!((found.refused, found.refused_at), (2, Some(make::at(4))));
        assert_eq!(found.refused_why.as_deref(), Some(make::DIFFICULT));
        assert_eq!(tx.source(make::source_id(9)).await.unwrap(), None);
    });
}

/// A delivery is kept once for a key of its source, counted once, and found with its bytes.
pub async fn deliveries(store: Arc<dyn Store>) {
    write!(store, tx => {
        tx.add_source(&make::source(1, "a")).await.unwrap();
        tx.add_source(&make::source(2, "b")).await.unwrap();
    });
    let first = make::source_delivery(1, 1, "k", 10);
    write!(store, tx => {
        assert!(tx.add_source_delivery(&first).await.unwrap());
        assert!(!tx.add_source_delivery(&make::source_delivery(2, 1, "k", 11)).await.unwrap());
        assert!(tx.add_source_delivery(&make::source_delivery(3, 2, "k", 12)).await.unwrap());
        for n in 4..8 {
            assert!(tx.add_source_delivery(&make::source_delivery(n, 1, &n.to_string(), 10)).await.unwrap());
        }
    });
    let taken = SourceDelivery {
        tried_at: Some(make::at(20)),
        event: "push.main".to_owned(),
        status: DeliveryStatus::Taken,
        note: Some(make::DIFFICULT.to_owned()),
        events: 3,
        ..first.clone()
    };
    write!(store, tx => {
        tx.set_source_delivery(&taken).await.unwrap();
        // Another that told it at the same time found nothing new.
        tx.set_source_delivery(&SourceDelivery { events: 0, ..taken.clone() }).await.unwrap();
    });
    read!(store, tx => {
        assert_eq!(tx.source_delivery(first.id).await.unwrap().as_ref(), Some(&taken));
        assert_eq!(tx.source_delivery_by_key(first.source, "k").await.unwrap().as_ref(), Some(&taken));
        assert_eq!(tx.source_delivery_by_key(first.source, "none").await.unwrap(), None);
        let source = tx.source(first.source).await.unwrap().unwrap();
        assert_eq!((source.heard, source.heard_at), (5, Some(make::at(10))));
        let listed = walk!(cursor => tx.source_deliveries(first.source, cursor, 2).await.unwrap());
        let keys: Vec<&str> = listed.iter().map(|delivery| delivery.key.as_str()).collect();
        assert_eq!(keys, ["7", "6", "5", "4", "k"]);
        assert_eq!(listed[4], SourceDelivery { body: Vec::new(), ..taken });
        for cursor in super::NO_CURSORS {
            refused!(tx.source_deliveries(first.source, Some(cursor), 2).await, StoreError::BadCursor);
        }
    });
}

/// What is stored is due; what matched nothing is due after a while; the rest is not, and what is old goes.
pub async fn due_and_trimmed(store: Arc<dyn Store>) {
    write!(store, tx => {
        tx.add_source(&make::source(1, "a")).await.unwrap();
        for (n, status) in (1..).zip(DeliveryStatus::ALL) {
            let tried_at = (status != DeliveryStatus::Stored).then(|| make::at(50));
            let delivery = make::source_delivery(n, 1, status.as_str(), 100 - i64::try_from(n).unwrap());
            assert!(tx.add_source_delivery(&SourceDelivery { status, tried_at, ..delivery }).await.unwrap());
        }
    });
    let (stored, unmatched) = (make::source_delivery_id(1), make::source_delivery_id(3));
    read!(store, tx => {
        assert_eq!(tx.due_source_deliveries(make::at(50), 9).await.unwrap(), [stored]);
        assert_eq!(tx.due_source_deliveries(make::at(51), 9).await.unwrap(), [unmatched, stored]);
        assert_eq!(tx.due_source_deliveries(make::at(51), 1).await.unwrap(), [unmatched]);
    });
    // The longer it waits, the longer the pauses; within six hours it has its turn in any case.
    let hour = slipway_domain::time::HOUR;
    let tried = SourceDelivery {
        tried_at: Some(make::at(97 + 10 * hour)),
        status: DeliveryStatus::Unmatched,
        ..make::source_delivery(3, 1, "unmatched", 97)
    };
    write!(store, tx => tx.set_source_delivery(&tried).await.unwrap());
    read!(store, tx => {
        assert_eq!(tx.due_source_deliveries(make::at(98 + 15 * hour), 9).await.unwrap(), [stored]);
        assert_eq!(tx.due_source_deliveries(make::at(97 + 16 * hour), 9).await.unwrap(), [unmatched, stored]);
    });
    write!(store, tx => assert_eq!(tx.trim_source_deliveries(make::at(98)).await.unwrap(), 3));
    read!(store, tx => {
        assert_eq!(tx.source_delivery(unmatched).await.unwrap(), None);
        assert!(tx.source_delivery(stored).await.unwrap().is_some());
    });
}

/// Services by an annotation of their component: the value or something below it, whatever the case.
pub async fn annotated(store: Arc<dyn Store>) {
    const SLUG: &str = "github.com/project-slug";
    let component = |name: &str, annotations: serde_json::Value| {
        let mut made =
            make::entity("Component", name, json!({"type": "service", "lifecycle": "production", "owner": "payments"}));
        let mut body = made.entity.body().clone();
        body["metadata"]["annotations"] = annotations;
        made.entity = slipway_domain::catalog::Entity::new(body).unwrap();
        made
    };
    let service = |n: u128, name: &str| Service {
        entity: EntityRef::new("component", "default", name),
        ..make::service(n, name)
    };
    write!(store, tx => {
        tx.put_location(&make::location(1, "x")).await.unwrap();
        let entities = [
            component("a", json!({SLUG: "Acme/Shop"})),
            component("b", json!({SLUG: "acme/shop/cart"})),
            component("c", json!({SLUG: "acme/shopping"})),
            component("d", json!({"other": "acme/shop"})),
            component("e", json!({SLUG: "acme/shop"})),
        ];
        tx.put_entities(&entities).await.unwrap();
        for (n, name) in (1..).zip(["b", "a", "c", "d"]) {
            tx.add_service(&service(n, name)).await.unwrap();
        }
    });
    read!(store, tx => {
        let found = tx.services_annotated(SLUG, "acme/SHOP").await.unwrap();
        assert_eq!(found, [service(2, "a"), service(1, "b")]);
        assert_eq!(tx.services_annotated("none.example/x", "acme/shop").await.unwrap(), []);
        assert_eq!(tx.services_annotated(SLUG, "%").await.unwrap(), []);
    });
}
