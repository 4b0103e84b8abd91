//! A lead's word on a deployment, and what subscribers hear of deployments.

mod common;

use common::TestWorld;
use serde_json::Value;
use slipway_api_types::{ErrorCode, insights::Metric};
use slipway_domain::{access::Role, artifact::Digest, deployment::Intent, time::DAY};
use slipway_services::{
    Caller,
    artifacts::{self, RecordArtifact},
    deployments, insights, reconcile, subscriptions, verdicts,
};

const TEAM: Option<&str> = Some("group:default/payments");

/// Deploys a version of `orders` and gives the deployment's id.
async fn deploy(world: &TestWorld, caller: &Caller, environment: &str, version: &str) -> String {
    let digest = Digest::of(version.as_bytes()).as_str().to_owned();
    let report = RecordArtifact {
        service: "orders".to_owned(),
        image: "registry.example.com/payments/orders".to_owned(),
        digest: digest.clone(),
        revision: format!("{version:0>40}"),
        version: Some(version.to_owned()),
        built_at: None,
        source: "test".to_owned(),
    };
    artifacts::record(&world.slipway, caller, report).await.unwrap();
    let row = deployments::request(&world.slipway, caller, "orders", environment, &digest, Intent::Planned, "")
        .await
        .unwrap();
    reconcile::pass_deployments(world.slipway.clone()).await.unwrap();
    row.id
}

#[tokio::test]
async fn a_verdict_stands_with_its_reason_and_moves_the_fail_rate() {
    let world = TestWorld::new().await;
    let admin = world.person("ada", Role::Administrator, None).await;
    let (dev, lead) = (world.developer().await, world.person("lea", Role::TeamLead, TEAM).await);
    let slipway = &world.slipway;
    world.start_golden_path(&dev, "orders", "ecs").await;
    reconcile::pass_runs(slipway.clone()).await.unwrap();
    subscriptions::make(slipway, &admin, "Bus", "https://events.example.com/x").await.unwrap();
    let id = deploy(&world, &dev, "production", "1").await;
    let page = async |caller: &Caller| deployments::page(slipway, caller, &id).await.unwrap();
    assert!(page(&lead).await.may_judge && !page(&dev).await.may_judge);
    assert_eq!(page(&lead).await.verdict, None);
    let mark = async |caller: &Caller, verdict: &str, reason: &str| {
        verdicts::mark(slipway, caller, &id, verdict, reason).await
    };
    assert_eq!(mark(&dev, "failed", "It lost orders").await.unwrap_err().code, ErrorCode::Forbidden);
    assert_eq!(mark(&lead, "perhaps", "It lost orders").await.unwrap_err().fields[0].field, "verdict");
    assert_eq!(mark(&lead, "failed", " ").await.unwrap_err().fields[0].field, "reason");

    world.clock.advance(DAY);
    let note = async || {
        let panel = insights::panel_of(slipway, &lead, "orders").await.unwrap();
        let tile = panel.tiles.into_iter().find(|tile| tile.metric == Metric::ChangeFailRate).unwrap();
        format!("{:?} {} {}", tile.value, tile.sample, tile.note)
    };
    let unknown = note().await;
    mark(&lead, "failed", "It lost orders").await.unwrap();
    let failed = note().await;
    let said = page(&dev).await.verdict.unwrap();
    assert_eq!((said.failed, said.reason.as_str(), said.by.as_str()), (true, "It lost orders", "lea"));
    world.clock.advance(1);
    mark(&lead, "not-failed", "It was the network after all").await.unwrap();
    let acquitted = note().await;
    assert!(unknown != failed && failed != acquitted && unknown != acquitted, "{unknown}\n{failed}\n{acquitted}");
    assert!(!page(&dev).await.verdict.unwrap().failed);

    reconcile::pass_notices(slipway.clone()).await.unwrap();
    let sent = world.courier.sent.lock().unwrap().clone();
    let event: Value = serde_json::from_str(&sent.last().unwrap().2).unwrap();
    assert_eq!(event["type"], "dev.cdevents.service.deployed.0.3.0");
    let content = &event["data"]["subject"]["content"];
    assert_eq!(content["environment"]["id"], "production");
    assert!(content["artifactId"].as_str().unwrap().starts_with("pkg:oci/orders@sha256%3A"), "{content}");
}
