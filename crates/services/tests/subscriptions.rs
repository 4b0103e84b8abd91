//! CDEvents out: queued with the deed, signed, tried again with growing pauses, given up after a day.

mod common;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use common::TestWorld;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use slipway_api_types::{ErrorCode, sources::SubscriptionRow};
use slipway_domain::{
    access::Role,
    time::{DAY, HOUR, MINUTE, SECOND},
};
use slipway_services::{
    Caller,
    import::{self, Tag},
    incidents, reconcile, sources, subscriptions,
};
use std::sync::atomic::Ordering;

async fn world() -> (TestWorld, Caller, String) {
    let world = TestWorld::new().await;
    let tag = Tag { name: "v1".to_owned(), sha: "a".repeat(40), at: world.slipway.clock.now().plus(-DAY) };
    let team = Some("group:default/payments");
    import::git(&world.slipway, &import::operator(), "parser", team, Vec::new(), vec![tag]).await.unwrap();
    let admin = world.person("ada", Role::Administrator, None).await;
    let made = subscriptions::make(&world.slipway, &admin, "Bus", "https://events.example.com/x").await.unwrap();
    let secret = made.lines[0].1.clone();
    (world, admin, secret)
}

async fn row(world: &TestWorld, admin: &Caller) -> SubscriptionRow {
    sources::list(&world.slipway, admin).await.unwrap().subscriptions.remove(0)
}

#[tokio::test]
async fn an_incident_is_told_when_it_begins_and_when_it_ends() {
    let (world, admin, secret) = world().await;
    let id = incidents::open(&world.slipway, &admin, "parser", "Down", "").await.unwrap();
    assert_eq!(reconcile::pass_notices(world.slipway.clone()).await.unwrap(), 1);
    world.clock.advance(HOUR);
    incidents::resolve(&world.slipway, &admin, &id).await.unwrap();
    assert_eq!(reconcile::pass_notices(world.slipway.clone()).await.unwrap(), 1);
    assert_eq!(reconcile::pass_notices(world.slipway.clone()).await.unwrap(), 0);
    let sent = world.courier.sent.lock().unwrap().clone();
    let types: Vec<Value> =
        sent.iter().map(|(.., body)| serde_json::from_str::<Value>(body).unwrap()["type"].clone()).collect();
    assert_eq!(types, ["dev.cdevents.incident.detected.0.3.0", "dev.cdevents.incident.resolved.0.3.0"]);
    let (url, headers, body) = &sent[0];
    assert_eq!(url, "https://events.example.com/x");
    let header = |name: &str| headers.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.{body}", header("webhook-id"), header("webhook-timestamp")).as_bytes());
    assert_eq!(header("webhook-signature"), format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())));
    let event: Value = serde_json::from_str(body).unwrap();
    assert_eq!((&event["specversion"], &event["id"]), (&json!("1.0"), &json!(header("webhook-id"))));
    let content = &event["data"]["subject"]["content"];
    assert_eq!((&content["service"]["id"], &content["description"]), (&json!("parser"), &json!("Down")));
    // What it sends can be read as what it means.
    let mut map = http::HeaderMap::new();
    map.insert("content-type", header("content-type").parse().unwrap());
    let request = slipway_webhooks::Request { headers: &map, body: body.as_bytes() };
    let read = slipway_webhooks::read(slipway_webhooks::Source::CdEvents, &Default::default(), &request).unwrap();
    assert!(matches!(read[0].told[0].fact, slipway_webhooks::Fact::Incident(_)));
    assert_eq!((row(&world, &admin).await.sent, row(&world, &admin).await.given_up), (2, 0));
}

#[tokio::test]
async fn what_is_not_taken_is_tried_again_and_given_up_after_a_day() {
    let (world, admin, _) = world().await;
    world.courier.refuses.store(true, Ordering::SeqCst);
    incidents::open(&world.slipway, &admin, "parser", "Down", "").await.unwrap();
    let pass = async || reconcile::pass_notices(world.slipway.clone()).await.unwrap();
    assert_eq!((pass().await, pass().await), (1, 0), "not again at once");
    world.clock.advance(10 * SECOND);
    assert_eq!(pass().await, 1);
    world.clock.advance(10 * SECOND);
    assert_eq!(pass().await, 0, "the pause doubles");
    assert_eq!(row(&world, &admin).await.last_failure.unwrap().1, "it answered 503");
    let mut tries = 0;
    for _ in 0..200 {
        world.clock.advance(10 * MINUTE);
        tries += pass().await;
    }
    assert!((20..40).contains(&tries), "{tries} tries in a day");
    assert_eq!((row(&world, &admin).await.sent, row(&world, &admin).await.given_up), (0, 1));
    world.courier.refuses.store(false, Ordering::SeqCst);
    world.clock.advance(DAY);
    assert_eq!(pass().await, 0);
}

#[tokio::test]
async fn only_administrators_say_who_is_told() {
    let (world, admin, secret) = world().await;
    let lead = world.person("lea", Role::TeamLead, Some("group:default/payments")).await;
    let make = async |caller: &Caller, name: &str, url: &str| {
        subscriptions::make(&world.slipway, caller, name, url).await.map(drop).unwrap_err()
    };
    assert_eq!(make(&lead, "Mine", "https://a.example").await.code, ErrorCode::Forbidden);
    assert_eq!(sources::list(&world.slipway, &lead).await.unwrap().subscriptions.len(), 0);
    for wrong in
        ["", "events.example.com", "ftp://a.example", "https://", "https://u:p@a.example/", "https://a .example"]
    {
        assert_eq!(make(&admin, "Bus 2", wrong).await.fields[0].field, "url", "{wrong}");
    }
    assert_eq!(make(&admin, "Bus", "https://a.example").await.code, ErrorCode::Conflict);
    let listed = row(&world, &admin).await;
    assert!(!format!("{listed:?}").contains(&secret));
    // What waits when it ends is not sent any more.
    incidents::open(&world.slipway, &admin, "parser", "Down", "").await.unwrap();
    subscriptions::revoke(&world.slipway, &admin, &listed.id).await.unwrap();
    incidents::open(&world.slipway, &admin, "parser", "Down again", "").await.unwrap();
    assert_eq!(reconcile::pass_notices(world.slipway.clone()).await.unwrap(), 0);
}
