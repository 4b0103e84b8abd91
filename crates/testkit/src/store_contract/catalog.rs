//! Locations, entities, relations and lists of them.

use super::{NO_CURSORS, make, read, refused, walk, write};
use serde_json::json;
use slipway_domain::catalog::{Entity, Location, LocationKind};
use slipway_ports::{
    Store, StoreError,
    store::catalog::{CatalogEntity, EntityFilter},
};
use std::sync::Arc;

/// Adds location 1 and entities.
pub(super) async fn put(store: &Arc<dyn Store>, entities: &[CatalogEntity]) {
    write!(store, tx => {
        tx.put_location(&make::location(1, "/catalog")).await.unwrap();
        tx.put_entities(entities).await.unwrap();
    });
}

/// A location's target is unique; its status is kept.
pub async fn locations(store: Arc<dyn Store>) {
    write!(store, tx => {
        let first = tx.put_location(&make::location(1, "/b")).await.unwrap();
        assert_eq!(tx.put_location(&make::location(2, "/b")).await.unwrap(), first, "the one that is there");
        tx.put_location(&make::location(3, "/a")).await.unwrap();
        let read = Location { checked_at: Some(make::at(5)), read_at: Some(make::at(5)), digest: Some("a".into()), ..make::location(1, "/b") };
        tx.set_location_status(&read).await.unwrap();
        let failed = Location { checked_at: Some(make::at(6)), error: Some(make::DIFFICULT.into()), ..make::location(1, "/b") };
        tx.set_location_status(&failed).await.unwrap();
        refused!(tx.set_location_status(&make::location(9, "/c")).await, StoreError::Dangling(_));
    });
    read!(store, tx => {
        let all = tx.locations().await.unwrap();
        assert_eq!(all.iter().map(|l| l.target.as_str()).collect::<Vec<_>>(), ["/a", "/b"]);
        let one = tx.location(make::location_id(1)).await.unwrap().unwrap();
        assert_eq!(one.read_at, Some(make::at(5)), "the last time without error stays");
        assert_eq!(one.unreachable(), Some(make::DIFFICULT));
        assert_eq!(one.checked_at, Some(make::at(6)));
        assert_eq!(tx.location_by_target("/b").await.unwrap(), Some(one.clone()));
        assert_eq!(tx.location_by_target("/c").await.unwrap(), None);
        assert_eq!(tx.locations_by_id(&[make::location_id(1), make::location_id(2)]).await.unwrap(), [one]);
        assert_eq!(tx.location(make::location_id(2)).await.unwrap(), None);
    });
}

/// A location is due when it was not read for long, or when somebody asks; one of a hosted repository knows it.
pub async fn locations_are_due(store: Arc<dyn Store>) {
    let of_repository = |n: u128, target: &str| Location {
        repository: Some(make::repository_id(1)),
        entry: Some("docs/all.yaml".into()),
        ..make::location(n, target)
    };
    let read = |n: u128, at: i64| Location {
        checked_at: Some(make::at(at)),
        digest: Some("a".into()),
        ..of_repository(n, "")
    };
    write!(store, tx => {
        tx.add_repository(&make::repository(1, "team/a")).await.unwrap();
        tx.put_location(&of_repository(1, "/a")).await.unwrap();
        tx.put_location(&of_repository(2, "/b")).await.unwrap();
        tx.put_location(&make::location(3, "/c")).await.unwrap();
        let own = Location { kind: LocationKind::BuiltIn, ..make::location(4, "slipway:templates") };
        tx.put_location(&own).await.unwrap();
        tx.set_location_status(&read(1, 10)).await.unwrap();
        tx.set_location_status(&read(2, 20)).await.unwrap();
    });
    let due = async |before: i64, limit| {
        let due = read!(store, tx => tx.locations_due(make::at(before), limit).await.unwrap());
        due.into_iter().map(|location| location.target).collect::<Vec<_>>()
    };
    assert_eq!(due(9, 10).await, ["/c"], "never read");
    assert_eq!(due(10, 10).await, ["/c", "/a"]);
    assert_eq!(due(30, 2).await, ["/c", "/a"], "the longest ago first");
    write!(store, tx => assert_eq!(tx.ask_locations(make::repository_id(1), make::at(15)).await.unwrap(), 2));
    assert_eq!(due(9, 10).await, ["/c", "/a"], "/b was read after that");
    write!(store, tx => tx.delete_repository(make::repository_id(1)).await.unwrap());
    let location = read!(store, tx => tx.location(make::location_id(1)).await.unwrap().unwrap());
    assert_eq!((location.repository, location.entry.as_deref()), (None, Some("docs/all.yaml")));
}

/// An entity comes back with every field, by reference in any case.
pub async fn entities(store: Arc<dyn Store>) {
    let checkout = make::component("Checkout", "payments");
    put(&store, std::slice::from_ref(&checkout)).await;
    let reference = make::reference("component", "checkout");
    read!(store, tx => {
        let nothing = make::reference("component", "nothing");
        assert_eq!(tx.entities(&[nothing, reference.clone()]).await.unwrap(), std::slice::from_ref(&checkout));
        assert_eq!(tx.entity(&reference).await.unwrap(), Some(checkout));
        assert_eq!(tx.entity(&make::reference("component", "nothing\0")).await.unwrap(), None);
        assert_eq!(tx.entities_of_location(make::location_id(1)).await.unwrap(), std::slice::from_ref(&reference));
        assert_eq!(tx.entities_of_kind("COMPONENT").await.unwrap().len(), 1);
        assert_eq!(tx.entities_of_kind("api").await.unwrap().len(), 0);
    });
    write!(store, tx => {
        tx.set_entity_error(&reference, Some("line 3: no")).await.unwrap();
        tx.set_entity_error(&make::reference("component", "nothing"), Some("x")).await.unwrap();
    });
    let broken = read!(store, tx => tx.entity(&reference).await.unwrap().unwrap());
    assert_eq!(broken.error.as_deref(), Some("line 3: no"));
    write!(store, tx => {
        tx.delete_entity(&reference).await.unwrap();
        tx.delete_entity(&reference).await.unwrap();
        assert_eq!(tx.entity(&reference).await.unwrap(), None);
    });
    let mut tx = store.begin_write().await.unwrap();
    let homeless = CatalogEntity { location: make::location_id(9), ..make::component("a", "b") };
    refused!(tx.put_entities(&[homeless]).await, StoreError::Dangling(_));
}

/// The version counts changes of the document; what is the same keeps version and time.
pub async fn entities_count_changes(store: Arc<dyn Store>) {
    let reference = make::reference("component", "checkout");
    let later = |owner: &str, millis| CatalogEntity {
        created_at: make::at(millis),
        updated_at: make::at(millis),
        ..make::component("checkout", owner)
    };
    let mut seen = Vec::new();
    for entity in
        [later("a", 0), later("a", 1), CatalogEntity { file: "b.yaml".into(), ..later("a", 2) }, later("b", 3)]
    {
        put(&store, &[entity]).await;
        let held = read!(store, tx => tx.entity(&reference).await.unwrap().unwrap());
        seen.push((held.version, held.created_at, held.updated_at, held.file));
    }
    let file = || "catalog-info.yaml".to_owned();
    assert_eq!(
        seen,
        [
            (1, make::at(0), make::at(0), file()),
            (1, make::at(0), make::at(0), file()),
            (1, make::at(0), make::at(0), "b.yaml".to_owned()),
            (2, make::at(0), make::at(3), file()),
        ]
    );
}

/// A batch may be large, empty, or name an entity twice: the last counts.
pub async fn batches(store: Arc<dyn Store>) {
    let mut many: Vec<_> = (0..1_234).map(|n| make::component(&format!("c{n:04}"), "payments")).collect();
    many.push(make::component("C0000", "search"));
    put(&store, &many).await;
    put(&store, &[]).await;
    read!(store, tx => {
        let filter = EntityFilter::default();
        let rows = walk!(cursor => tx.list_entities(&filter, cursor, 500).await.unwrap());
        let names: Vec<_> = rows.iter().map(|row| row.reference.name().to_owned()).collect();
        assert_eq!(names, (0..1_234).map(|n| format!("c{n:04}")).collect::<Vec<_>>());
        assert_eq!(rows[0].owner, Some(make::reference("group", "search")));
        assert_eq!(tx.relations_of(&make::reference("group", "payments")).await.unwrap().len(), 500, "at most");
    });
}

/// Relations stand both ways, follow the document, and know their target's title.
pub async fn relations(store: Arc<dyn Store>) {
    let spec = |parts: serde_json::Value| json!({"type": "service", "lifecycle": "x", "owner": "payments", "dependsOn": parts});
    let group = make::held(
        Entity::new(json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Group",
            "metadata": {"name": "payments", "title": "Payments ✓"}, "spec": {"type": "team", "children": []},
        }))
        .unwrap(),
    );
    put(&store, &[make::entity("Component", "checkout", spec(json!(["resource:db", "resource:db"]))), group]).await;
    let (checkout, payments) = (make::reference("component", "checkout"), make::reference("group", "payments"));
    let lines = |found: Vec<(slipway_domain::catalog::Relation, Option<String>)>| -> Vec<String> {
        found.into_iter().map(|(r, title)| format!("{} {} {title:?}", r.kind, r.target)).collect()
    };
    read!(store, tx => {
        assert_eq!(lines(tx.relations_of(&checkout).await.unwrap()), [
            "dependsOn resource:default/db None",
            "ownedBy group:default/payments Some(\"Payments ✓\")",
        ]);
        assert_eq!(lines(tx.relations_of(&payments).await.unwrap()), ["ownerOf component:default/checkout Some(\"checkout\")"]);
    });
    put(&store, &[make::entity("Component", "checkout", spec(json!([])))]).await;
    read!(store, tx => {
        assert_eq!(tx.relations_of(&make::reference("resource", "db")).await.unwrap(), []);
        assert_eq!(tx.relations_of(&checkout).await.unwrap().len(), 1);
    });
    write!(store, tx => tx.delete_entity(&checkout).await.unwrap());
    assert_eq!(read!(store, tx => tx.relations_of(&payments).await.unwrap()), []);
}

/// A list can be narrowed to each field, and to several at once.
pub async fn filters(store: Arc<dyn Store>) {
    let spec = json!({"type": "website", "lifecycle": "experimental", "owner": "search"});
    put(
        &store,
        &[
            make::component("service-001", "payments"),
            make::entity("Component", "shop", spec),
            make::entity("System", "all", json!({"owner": "payments"})),
        ],
    )
    .await;
    make::services(&store, 2).await;
    let all = EntityFilter::default();
    let some = |text: &str| Some(text.to_owned());
    let cases = [
        (all.clone(), vec!["all", "service-001", "shop"]),
        (EntityFilter { kind: some("cOMPONENT"), ..all.clone() }, vec!["service-001", "shop"]),
        (EntityFilter { owner: Some(make::reference("group", "payments")), ..all.clone() }, vec!["all", "service-001"]),
        (EntityFilter { lifecycle: some("experimental"), ..all.clone() }, vec!["shop"]),
        (EntityFilter { entity_type: some("service"), ..all.clone() }, vec!["service-001"]),
        (EntityFilter { runtime: some("local"), ..all.clone() }, vec!["service-001"]),
        (EntityFilter { runtime: some("elsewhere"), ..all.clone() }, vec![]),
        (
            EntityFilter {
                kind: some("Component"),
                lifecycle: some("production"),
                runtime: some("local"),
                ..all.clone()
            },
            vec!["service-001"],
        ),
        (EntityFilter { kind: some("' OR 1=1 --\0"), ..all.clone() }, vec![]),
    ];
    read!(store, tx => {
        for (filter, expected) in cases {
            let page = tx.list_entities(&filter, None, 20).await.unwrap();
            let names: Vec<_> = page.items.iter().map(|row| row.name.as_str()).collect();
            assert_eq!(names, expected, "{filter:?}");
        }
        let row = tx.list_entities(&all, None, 2).await.unwrap().items.pop().unwrap();
        assert_eq!((row.kind.as_str(), row.title.as_str(), row.description.as_str()), ("Component", "service-001", make::DIFFICULT));
        assert_eq!((row.entity_type.as_deref(), row.lifecycle.as_deref(), row.error), (Some("service"), Some("production"), None));
    });
}

/// Pages neither repeat nor skip what was there all along, whatever is added and removed meanwhile.
pub async fn pages(store: Arc<dyn Store>) {
    let names = |range: std::ops::Range<u32>| range.map(|n| format!("n{n:02}")).collect::<Vec<_>>();
    let mut entities: Vec<_> = names(10..35).iter().map(|name| make::component(name, "payments")).collect();
    // The same name in two kinds: the reference decides.
    entities.push(make::entity("System", "N20", json!({"owner": "payments"})));
    put(&store, &entities).await;
    let filter = EntityFilter::default();
    let mut seen = Vec::new();
    let mut cursor = None;
    for round in 0.. {
        let page = read!(store, tx => tx.list_entities(&filter, cursor.as_deref(), 7).await.unwrap());
        seen.extend(page.items.into_iter().map(|row| row.reference.to_string()));
        // Before everything: must not show up later. And the row that the cursor names goes.
        put(&store, &[make::component(&format!("a{round}"), "payments")]).await;
        let last = seen.last().unwrap().parse().unwrap();
        write!(store, tx => tx.delete_entity(&last).await.unwrap());
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let mut expected: Vec<_> = names(10..35).iter().map(|name| format!("component:default/{name}")).collect();
    expected.insert(11, "system:default/n20".to_owned());
    assert_eq!(seen, expected);
    read!(store, tx => {
        for cursor in NO_CURSORS {
            refused!(tx.list_entities(&filter, Some(cursor), 10).await, StoreError::BadCursor);
        }
        let one = tx.list_entities(&filter, None, 0).await.unwrap();
        assert_eq!(one.items.len(), 1, "a page has at least one row");
    });
}

/// Values are counted over the whole catalogue, the most frequent first.
pub async fn facets(store: Arc<dyn Store>) {
    let system = make::entity("System", "all", json!({"owner": "search"}));
    put(&store, &[make::component("a", "payments"), make::component("b", "payments"), system]).await;
    let facets = read!(store, tx => tx.facets().await.unwrap());
    assert_eq!(facets.kinds, [("Component".to_owned(), 2), ("System".to_owned(), 1)]);
    assert_eq!(facets.owners, [("group:default/payments".to_owned(), 2), ("group:default/search".to_owned(), 1)]);
    assert_eq!(facets.lifecycles, [("production".to_owned(), 2)]);
}

/// A location takes its entities, their relations and their search text with it.
pub async fn cascade(store: Arc<dyn Store>) {
    put(&store, &[make::component("checkout", "payments")]).await;
    write!(store, tx => {
        tx.delete_location(make::location_id(1)).await.unwrap();
        tx.delete_location(make::location_id(1)).await.unwrap();
    });
    read!(store, tx => {
        assert_eq!(tx.entity(&make::reference("component", "checkout")).await.unwrap(), None);
        assert_eq!(tx.relations_of(&make::reference("group", "payments")).await.unwrap(), []);
        let filter = EntityFilter { query: Some("checkout".to_owned()), ..EntityFilter::default() };
        assert_eq!(tx.list_entities(&filter, None, 10).await.unwrap().items, []);
    });
}
