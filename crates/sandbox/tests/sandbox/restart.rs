use std::collections::BTreeMap;

use k8s_openapi::api::{apps::v1::Deployment, core::v1::Service};
use kube::Api;
use slipway_sandbox::{Placement, RuntimeKind, Sandbox, SandboxConfig, Timings};

use crate::support::{app_runner, ecs, eventually, http, kubernetes, sandbox, visit};

fn placement(runtime: RuntimeKind, name: &str) -> Placement {
    let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/web:v1".to_owned();
    Placement {
        runtime,
        name: name.to_owned(),
        cluster: Some("dev".to_owned()),
        namespace: Some("shop".to_owned()),
        region: None,
        image,
        replicas: 2,
        tags: BTreeMap::from([("team".to_owned(), "a".to_owned())]),
        labels: BTreeMap::new(),
        variables: BTreeMap::new(),
        port: 8080,
        health_path: "/healthz".to_owned(),
    }
}

fn one_of_each() -> Vec<Placement> {
    vec![
        placement(RuntimeKind::AppRunner, "orders-apprunner"),
        placement(RuntimeKind::Ecs, "orders-ecs"),
        placement(RuntimeKind::Kubernetes, "orders-kubernetes"),
    ]
}

/// Every one of the three is there, healthy, and answers.
async fn assert_all_serve(sandbox: &Sandbox) {
    let services = app_runner(sandbox).list_services().send().await.expect("listed");
    let url = services.service_summary_list()[0].service_url().expect("a URL").to_owned();
    assert!(visit(&format!("http://{url}/healthz")).await.expect("App Runner answers")["status"] == "ok");
    let ecs = ecs(sandbox);
    let service =
        ecs.describe_services().cluster("dev").services("orders-ecs").send().await.expect("described").services()[0]
            .clone();
    assert_eq!((service.running_count(), service.deployments().len()), (2, 1));
    let tasks = ecs.list_tasks().cluster("dev").send().await.expect("listed");
    let tasks = ecs
        .describe_tasks()
        .cluster("dev")
        .set_tasks(Some(tasks.task_arns().to_vec()))
        .send()
        .await
        .expect("described");
    let port = tasks.tasks()[0].containers()[0].network_bindings()[0].host_port().expect("a port");
    assert!(visit(&format!("http://127.0.0.1:{port}/healthz")).await.expect("the task answers")["status"] == "ok");
    let client = kubernetes(sandbox);
    let deployment =
        Api::<Deployment>::namespaced(client.clone(), "shop").get("orders-kubernetes").await.expect("the Deployment");
    assert_eq!(deployment.status.and_then(|status| status.available_replicas), Some(2));
    let service = Api::<Service>::namespaced(client, "shop").get("orders-kubernetes").await.expect("the Service");
    let endpoint = &service.metadata.annotations.expect("annotations")["sandbox.slipway.dev/endpoint"];
    assert!(visit(endpoint).await.expect("the Service answers")["status"] == "ok");
}

#[tokio::test]
async fn preloaded_services_run_at_once() {
    let sandbox = sandbox().await;
    sandbox.preload(&one_of_each()).await.expect("preloaded");
    assert_all_serve(&sandbox).await;
    let state = visit(&format!("{}/_sandbox/state", sandbox.aws_endpoint())).await.expect("an answer");
    assert_eq!(state["containers"].as_array().map(Vec::len), Some(6));
    let bad = http().post(format!("{}/_sandbox/preload", sandbox.aws_endpoint()));
    let mut nameless = placement(RuntimeKind::Ecs, "x");
    nameless.name = String::new();
    let bad = bad.json(&[nameless]).send().await.expect("an answer");
    assert_eq!(bad.status(), 400);
    sandbox.shutdown().await;
}

#[tokio::test]
async fn many_placements_start_and_stay_healthy() {
    let sandbox = sandbox().await;
    let kinds = [RuntimeKind::AppRunner, RuntimeKind::Ecs, RuntimeKind::Kubernetes];
    let all: Vec<Placement> = (0..120).map(|index| placement(kinds[index % 3], &format!("service-{index}"))).collect();
    sandbox.preload(&all).await.expect("preloaded");
    let state = visit(&format!("{}/_sandbox/state", sandbox.aws_endpoint())).await.expect("an answer");
    let containers = state["containers"].as_array().expect("containers");
    assert_eq!(containers.len(), 240);
    assert!(containers.iter().all(|container| container["healthy"] == true && container["port"].is_number()));
    sandbox.shutdown().await;
}

#[tokio::test]
async fn acknowledged_changes_are_there_after_a_start_without_a_shutdown() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = |dir: std::path::PathBuf| SandboxConfig {
        state_dir: Some(dir),
        timings: Timings::fast(),
        ..SandboxConfig::default()
    };
    let first = Sandbox::start(config(folder.path().to_owned())).await.expect("a sandbox");
    first.preload(&one_of_each()).await.expect("preloaded");
    ecs(&first).create_cluster().cluster_name("acknowledged").send().await.expect("a cluster");
    // What a kill would leave behind: the file as it was when the last answer came.
    let left = tempfile::tempdir().expect("a folder");
    std::fs::copy(folder.path().join("sandbox.json"), left.path().join("sandbox.json")).expect("copied");
    first.shutdown().await;
    let second = Sandbox::start(config(left.path().to_owned())).await.expect("a sandbox again");
    let clusters = ecs(&second).list_clusters().send().await.expect("listed");
    assert!(clusters.cluster_arns().iter().any(|arn| arn.ends_with("/acknowledged")));
    assert_all_serve(&second).await;
    second.shutdown().await;
}

#[tokio::test]
async fn a_roll_out_goes_on_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = || SandboxConfig {
        state_dir: Some(folder.path().to_owned()),
        timings: Timings::fast(),
        ..SandboxConfig::default()
    };
    let first = Sandbox::start(config()).await.expect("a sandbox");
    first.preload(&one_of_each()).await.expect("preloaded");
    ecs(&first)
        .update_service()
        .cluster("dev")
        .service("orders-ecs")
        .force_new_deployment(true)
        .send()
        .await
        .expect("updated");
    first.shutdown().await;
    let second = Sandbox::start(config()).await.expect("a sandbox again");
    let client = ecs(&second);
    eventually("the roll-out is done", || async {
        let service = client
            .describe_services()
            .cluster("dev")
            .services("orders-ecs")
            .send()
            .await
            .expect("described")
            .services()[0]
            .clone();
        (service.deployments().len() == 1 && service.running_count() == 2).then_some(())
    })
    .await;
    second.shutdown().await;
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let config = SandboxConfig { listen: "0.0.0.0:0".parse().expect("an address"), ..SandboxConfig::default() };
    assert!(Sandbox::start(config).await.is_err());
}
