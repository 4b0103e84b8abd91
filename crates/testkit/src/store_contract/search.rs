//! Searching the catalogue.

use super::{catalog::put, make, read, walk};
use serde_json::json;
use slipway_domain::catalog::Entity;
use slipway_ports::{
    Store,
    store::catalog::{CatalogEntity, EntityFilter},
};
use std::sync::Arc;

fn described(name: &str, description: &str) -> CatalogEntity {
    make::held(
        Entity::new(json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Component",
            "metadata": {"name": name, "title": format!("The {name}"), "description": description, "tags": ["java", "c++"]},
            "spec": {"type": "service", "lifecycle": "production", "owner": "payments"},
        }))
        .unwrap(),
    )
}

/// The names that a question finds, in order.
async fn find(store: &Arc<dyn Store>, question: &str) -> Vec<String> {
    let filter = EntityFilter { query: Some(question.to_owned()), ..EntityFilter::default() };
    let rows = read!(store, tx => walk!(cursor => tx.list_entities(&filter, cursor, 100).await.unwrap()));
    rows.into_iter().map(|row| row.name).collect()
}

/// All words, by prefix, any case, in every field that counts.
pub async fn words(store: Arc<dyn Store>) {
    put(
        &store,
        &[
            described("checkout-api", "Takes payments for Bücher und Čaj"),
            described("search_v2.core", "Finds things"),
            described("tokyo", "東京 タワー"),
        ],
    )
    .await;
    for (question, expected) in [
        ("checkout", vec!["checkout-api"]),
        ("CHECK ap", vec!["checkout-api"]),
        ("api-checkout", vec!["checkout-api"]),
        ("v2", vec!["search_v2.core"]),
        ("core find", vec!["search_v2.core"]),
        ("bücher", vec!["checkout-api"]),
        ("BÜCH čaj", vec!["checkout-api"]),
        ("java", vec!["checkout-api", "search_v2.core", "tokyo"]),
        ("payments service", vec!["checkout-api", "search_v2.core", "tokyo"]),
        ("東", vec!["tokyo"]),
        ("checkout finds", vec![]),
        ("eckout", vec![]),
    ] {
        assert_eq!(find(&store, question).await, expected, "{question}");
    }
}

/// What was changed is found by its new words only, what was deleted not at all.
pub async fn follows_changes(store: Arc<dyn Store>) {
    put(&store, &[described("checkout", "old")]).await;
    put(&store, &[described("checkout", "new")]).await;
    assert_eq!(find(&store, "old").await, Vec::<String>::new());
    assert_eq!(find(&store, "new").await, ["checkout"]);
    let mut tx = store.begin_write().await.unwrap();
    tx.delete_entity(&make::reference("component", "checkout")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(find(&store, "new").await, Vec::<String>::new());
}

/// Nothing a person types is query syntax; what has no word in it narrows nothing.
pub async fn is_never_syntax(store: Arc<dyn Store>) {
    put(&store, &[described("a-b", "or near not"), described("plain", "")]).await;
    for question in
        ["a-b OR *", "\"a\" b", "a:b", "a' & 'b", "(a) ^b", "a\\b", "NOT a NEAR b", "words:a b - not", "{a} +b", "a\0b"]
    {
        let found = find(&store, question).await;
        assert!(!found.contains(&"plain".to_owned()), "{question}: {found:?}");
    }
    assert_eq!(find(&store, "a-b OR *").await, ["a-b"]);
    for question in
        ["\"", "*", "'; DROP TABLE entities; --", &"x".repeat(100_000), &"(".repeat(10_000), &"w ".repeat(5_000)]
    {
        find(&store, question).await;
    }
    for question in ["", "\"", " * ", "\0"] {
        assert_eq!(find(&store, question).await, ["a-b", "plain"], "{question:?}");
    }
}

/// Words and filters narrow together, page by page.
pub async fn with_filters(store: Arc<dyn Store>) {
    let mut entities: Vec<_> = (0..40).map(|n| described(&format!("shop-{n:02}"), "")).collect();
    entities.push(make::entity("System", "shop", json!({"owner": "payments"})));
    put(&store, &entities).await;
    let filter = EntityFilter {
        query: Some("shop".to_owned()),
        kind: Some("component".to_owned()),
        owner: Some(make::reference("group", "payments")),
        ..EntityFilter::default()
    };
    let rows = read!(store, tx => walk!(cursor => tx.list_entities(&filter, cursor, 7).await.unwrap()));
    let names: Vec<_> = rows.into_iter().map(|row| row.name).collect();
    assert_eq!(names, (0..40).map(|n| format!("shop-{n:02}")).collect::<Vec<_>>());
}

/// A question that very many answer gives the same rows as one that few do: by prefix of a word, narrowed, page by page.
pub async fn many_matches(store: Arc<dyn Store>) {
    let mut entities: Vec<_> = (0..600).map(|n| described(&format!("shop-{n:03}"), "")).collect();
    entities.extend((0..600).map(|n| described(&format!("workshop-{n:03}"), "")));
    entities.push(make::entity("System", "shop", json!({"owner": "payments"})));
    put(&store, &entities).await;
    let names = |prefix: &str| (0..600).map(|n| format!("{prefix}-{n:03}")).collect::<Vec<_>>();
    let filter = EntityFilter {
        query: Some("SHO java".to_owned()),
        kind: Some("component".to_owned()),
        ..EntityFilter::default()
    };
    let rows = read!(store, tx => walk!(cursor => tx.list_entities(&filter, cursor, 70).await.unwrap()));
    assert_eq!(rows.into_iter().map(|row| row.name).collect::<Vec<_>>(), names("shop"));
    assert_eq!(find(&store, "workshop").await, names("workshop"));
}

/// What is named as was typed comes before what only speaks of it, and no part is skipped or repeated between the two.
pub async fn names_first(store: Arc<dyn Store>) {
    for (named, others) in [(30, 30), (3, 700)] {
        let mut entities: Vec<_> = (0..others).map(|n| described(&format!("a-{n:03}"), "of the shop")).collect();
        entities.extend((0..named).map(|n| described(&format!("Shop-{n:03}"), "")));
        put(&store, &entities).await;
        let filter = EntityFilter { query: Some(" SHOP".to_owned()), ..EntityFilter::default() };
        let rows = read!(store, tx => walk!(cursor => tx.list_entities(&filter, cursor, 7).await.unwrap()));
        let names: Vec<_> = rows.into_iter().map(|row| row.name).collect();
        let shops = (0..30).map(|n| format!("Shop-{n:03}"));
        let expected: Vec<_> = shops.chain((0..others).map(|n| format!("a-{n:03}"))).collect();
        assert_eq!(names, expected, "{named} and {others}");
    }
}
