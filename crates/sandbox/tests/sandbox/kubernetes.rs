use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::{
    apps::v1::{Deployment, ReplicaSet},
    core::v1::{ConfigMap, Event, Pod, Service},
};
use kube::{
    Api, Client,
    api::{DeleteParams, ListParams, LogParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams},
};
use serde_json::{Value, json};

use crate::support::{eventually, kubernetes, sandbox, visit};

fn manifest(tag: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "web", "labels": { "app": "web" } },
        "spec": {
            "replicas": 2, "progressDeadlineSeconds": 1,
            "selector": { "matchLabels": { "app": "web" } },
            "template": {
                "metadata": { "labels": { "app": "web" } },
                "spec": { "containers": [{
                    "name": "web", "image": format!("registry.example/web:{tag}"), "ports": [{ "containerPort": 8080 }],
                    "readinessProbe": { "httpGet": { "path": "/ready", "port": 8080 } },
                }] },
            },
        },
    })
}

fn parameters() -> PatchParams {
    PatchParams::apply("portal").force().validation_strict()
}

async fn apply(client: &Client, tag: &str) -> Deployment {
    Api::<Deployment>::default_namespaced(client.clone())
        .patch("web", &parameters(), &Patch::Apply(manifest(tag)))
        .await
        .expect("applied")
}

fn is_done(deployment: &Deployment) -> bool {
    let (Some(spec), Some(status)) = (&deployment.spec, &deployment.status) else { return false };
    status.observed_generation >= deployment.metadata.generation
        && [status.replicas, status.updated_replicas, status.available_replicas]
            .iter()
            .all(|count| *count == spec.replicas)
        && status.unavailable_replicas.is_none()
}

async fn rolled_out(client: &Client) -> Deployment {
    let api = Api::<Deployment>::default_namespaced(client.clone());
    eventually("the roll-out is done", || async { Some(api.get("web").await.expect("the Deployment")).filter(is_done) })
        .await
}

fn waiting_reasons(pods: &[Pod]) -> Vec<String> {
    let statuses = pods.iter().filter_map(|pod| pod.status.as_ref()?.container_statuses.as_ref()).flatten();
    statuses.filter_map(|status| status.state.as_ref()?.waiting.as_ref()?.reason.clone()).collect()
}

#[tokio::test]
async fn a_deployment_is_applied_updated_and_deleted() {
    let sandbox = sandbox().await;
    let client = kubernetes(&sandbox);
    assert_eq!(client.apiserver_version().await.expect("a version").major, "1");
    let services = Api::<Service>::default_namespaced(client.clone());
    let service = json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "web" },
                          "spec": { "selector": { "app": "web" }, "ports": [{ "port": 80, "targetPort": 8080 }] } });
    let service = services.patch("web", &parameters(), &Patch::Apply(service)).await.expect("applied");
    let endpoint = eventually("the Service has an address", || async {
        services
            .get("web")
            .await
            .expect("the Service")
            .metadata
            .annotations?
            .get("sandbox.slipway.dev/endpoint")
            .cloned()
    })
    .await;
    assert!(service.spec.expect("a spec").cluster_ip.is_some());

    apply(&client, "v1").await;
    rolled_out(&client).await;
    assert_eq!(visit(&endpoint).await.expect("an answer")["image"], "registry.example/web:v1");
    let pods = Api::<Pod>::default_namespaced(client.clone());
    let listed = pods.list(&ListParams::default().labels("app=web")).await.expect("listed").items;
    assert_eq!(listed.len(), 2);
    for pod in &listed {
        assert_eq!(pod.status.as_ref().and_then(|status| status.host_ip.as_deref()), Some("127.0.0.1"));
        let port = pod.spec.as_ref().and_then(|spec| spec.containers[0].ports.as_ref()?[0].host_port).expect("a port");
        assert!(visit(&format!("http://127.0.0.1:{port}/ready")).await.is_some());
    }
    let name = listed[0].metadata.name.as_deref().expect("a name");
    assert!(pods.logs(name, &LogParams::default()).await.expect("a log").contains("listening on 127.0.0.1"));

    let updated = apply(&client, "v2").await;
    assert_eq!(updated.metadata.generation, Some(2));
    rolled_out(&client).await;
    assert_eq!(
        visit(&endpoint).await.expect("an answer")["image"],
        "registry.example/web:v2",
        "the same address serves the new version"
    );
    let sets =
        Api::<ReplicaSet>::default_namespaced(client.clone()).list(&ListParams::default()).await.expect("listed").items;
    let mut revisions: Vec<_> = sets
        .iter()
        .filter_map(|set| set.metadata.annotations.as_ref()?.get("deployment.kubernetes.io/revision").cloned())
        .collect();
    revisions.sort();
    assert_eq!(revisions, ["1", "2"]);
    let version = rolled_out(&client).await.metadata.resource_version;
    assert_eq!(
        apply(&client, "v2").await.metadata.resource_version,
        version,
        "applying the same again changes nothing"
    );

    Api::<Deployment>::default_namespaced(client.clone())
        .delete("web", &DeleteParams::foreground())
        .await
        .expect("deleted");
    assert!(pods.list(&ListParams::default()).await.expect("listed").items.is_empty());
    assert!(visit(&endpoint).await.is_some_and(|answer| answer["status"] == "no instance is ready"));
    sandbox.shutdown().await;
}

#[tokio::test]
async fn a_bad_image_stays_failed_while_the_old_one_serves() {
    let sandbox = sandbox().await;
    let client = kubernetes(&sandbox);
    apply(&client, "v1").await;
    rolled_out(&client).await;
    let pods = Api::<Pod>::default_namespaced(client.clone());
    let api = Api::<Deployment>::default_namespaced(client.clone());
    for (tag, reason) in [("v2-fail-pull", "ImagePullBackOff"), ("v2-crash", "CrashLoopBackOff")] {
        apply(&client, tag).await;
        eventually(reason, || async {
            let listed = pods.list(&ListParams::default()).await.expect("listed").items;
            waiting_reasons(&listed).contains(&reason.to_owned()).then_some(())
        })
        .await;
        let failed = eventually("the deadline passes", || async {
            let deployment = api.get("web").await.expect("the Deployment");
            let conditions = deployment.status.as_ref()?.conditions.clone()?;
            let found = conditions.iter().any(|condition| {
                condition.type_ == "Progressing" && condition.reason.as_deref() == Some("ProgressDeadlineExceeded")
            });
            found.then_some(deployment)
        })
        .await;
        assert!(failed.status.and_then(|status| status.available_replicas) >= Some(2), "the old pods still serve");
    }
    let events =
        Api::<Event>::default_namespaced(client.clone()).list(&ListParams::default()).await.expect("listed").items;
    assert!(events.iter().any(|event| event.reason.as_deref() == Some("Failed")));
    apply(&client, "v1").await;
    let back = rolled_out(&client).await;
    assert_eq!(
        back.metadata.annotations.expect("annotations")["deployment.kubernetes.io/revision"],
        "4",
        "going back is a new revision"
    );
    sandbox.shutdown().await;
}

#[tokio::test]
async fn field_managers_meet_in_conflicts() {
    let sandbox = sandbox().await;
    let client = kubernetes(&sandbox);
    let api = Api::<ConfigMap>::default_namespaced(client.clone());
    let map = |data: Value| {
        Patch::Apply(
            json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "settings" }, "data": data }),
        )
    };
    api.patch("settings", &PatchParams::apply("a"), &map(json!({ "x": "1", "y": "1" }))).await.expect("applied");
    let conflict =
        api.patch("settings", &PatchParams::apply("b"), &map(json!({ "x": "2" }))).await.expect_err("a conflict");
    let kube::Error::Api(status) = conflict else { panic!("{conflict}") };
    assert_eq!((status.code, status.reason.as_str()), (409, "Conflict"));
    assert!(status.message.contains("conflict with \"a\": .data.x"), "{}", status.message);
    let forced =
        api.patch("settings", &PatchParams::apply("b").force(), &map(json!({ "x": "2" }))).await.expect("forced");
    assert_eq!(forced.data.expect("data")["x"], "2");
    // What `a` stops applying and nobody else owns goes away; what `b` took stays.
    let left = api.patch("settings", &PatchParams::apply("a"), &map(json!({ "z": "1" }))).await.expect("applied");
    assert_eq!(
        left.data.expect("data").into_iter().collect::<Vec<_>>(),
        [("x".to_owned(), "2".to_owned()), ("z".to_owned(), "1".to_owned())]
    );
    let patched = api
        .patch("settings", &PatchParams::default(), &Patch::Merge(json!({ "data": { "x": null } })))
        .await
        .expect("patched");
    assert!(!patched.data.expect("data").contains_key("x"));
    sandbox.shutdown().await;
}

#[tokio::test]
async fn mistakes_are_named_as_the_api_names_them() {
    let sandbox = sandbox().await;
    let client = kubernetes(&sandbox);
    let api = Api::<Deployment>::default_namespaced(client.clone());
    let code = |outcome: Result<Deployment, kube::Error>| match outcome {
        Err(kube::Error::Api(status)) => (status.code, status.reason.clone(), status.message.clone()),
        other => panic!("{other:?}"),
    };
    let mut unknown = manifest("v1");
    unknown["spec"]["replicaz"] = json!(2);
    let (status, reason, message) = code(api.patch("web", &parameters(), &Patch::Apply(unknown)).await);
    assert_eq!((status, reason.as_str()), (400, "BadRequest"));
    assert!(message.contains("unknown field \"spec.replicaz\""), "{message}");
    let mut labels = manifest("v1");
    labels["spec"]["template"]["metadata"]["labels"] = json!({ "app": "other" });
    let (status, reason, _) = code(api.patch("web", &parameters(), &Patch::Apply(labels)).await);
    assert_eq!((status, reason.as_str()), (422, "Invalid"));
    assert_eq!(code(api.get("none").await).0, 404);
    let elsewhere = Api::<Deployment>::namespaced(client.clone(), "nowhere");
    assert_eq!(code(elsewhere.patch("web", &parameters(), &Patch::Apply(manifest("v1"))).await).0, 404);
    let dry = api.patch("web", &parameters().dry_run(), &Patch::Apply(manifest("v1"))).await.expect("a dry run");
    assert_eq!(dry.spec.and_then(|spec| spec.replicas), Some(2));
    assert_eq!(code(api.get("web").await).0, 404, "a dry run stores nothing");
    let deployment: Deployment = serde_json::from_value(manifest("v1")).expect("a Deployment");
    api.create(&PostParams::default(), &deployment).await.expect("created");
    assert_eq!(code(api.create(&PostParams::default(), &deployment).await).1, "AlreadyExists");
    sandbox.shutdown().await;
}

#[tokio::test]
async fn watchers_see_every_change_in_order() {
    let sandbox = sandbox().await;
    let client = kubernetes(&sandbox);
    let api = Api::<ConfigMap>::default_namespaced(client.clone());
    let from = api.list(&ListParams::default()).await.expect("listed").metadata.resource_version.expect("a version");
    let mut events = api.watch(&WatchParams::default().labels("watched=yes"), &from).await.expect("a watch").boxed();
    let map = |name: &str, labels: Value, x: &str| -> ConfigMap {
        serde_json::from_value(json!({ "metadata": { "name": name, "labels": labels }, "data": { "x": x } }))
            .expect("a ConfigMap")
    };
    api.create(&PostParams::default(), &map("other", json!({}), "0")).await.expect("created");
    api.create(&PostParams::default(), &map("mine", json!({ "watched": "yes" }), "1")).await.expect("created");
    api.replace("mine", &PostParams::default(), &map("mine", json!({ "watched": "yes" }), "2"))
        .await
        .expect("replaced");
    api.delete("mine", &DeleteParams::default()).await.expect("deleted");
    let mut seen = Vec::new();
    while seen.len() < 3 {
        match events.try_next().await.expect("an event").expect("the watch goes on") {
            WatchEvent::Added(map) => seen.push(("added", map.data.expect("data")["x"].clone())),
            WatchEvent::Modified(map) => seen.push(("modified", map.data.expect("data")["x"].clone())),
            WatchEvent::Deleted(map) => seen.push(("deleted", map.data.expect("data")["x"].clone())),
            WatchEvent::Bookmark(_) => {}
            WatchEvent::Error(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(seen, [("added", "1".to_owned()), ("modified", "2".to_owned()), ("deleted", "2".to_owned())]);
    sandbox.shutdown().await;
}

#[tokio::test]
async fn lists_come_in_pages() {
    let sandbox = sandbox().await;
    let api = Api::<ConfigMap>::default_namespaced(kubernetes(&sandbox));
    for index in 0..5 {
        let map: ConfigMap =
            serde_json::from_value(json!({ "metadata": { "name": format!("map-{index}") } })).expect("a ConfigMap");
        api.create(&PostParams::default(), &map).await.expect("created");
    }
    let (mut names, mut token) = (Vec::new(), None);
    loop {
        let page = api
            .list(&ListParams { limit: Some(2), continue_token: token, ..ListParams::default() })
            .await
            .expect("a page");
        names.extend(page.items.into_iter().filter_map(|map| map.metadata.name));
        token = page.metadata.continue_.filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    assert_eq!(names, ["map-0", "map-1", "map-2", "map-3", "map-4"]);
    sandbox.shutdown().await;
}
