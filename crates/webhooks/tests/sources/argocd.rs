use serde_json::json;
use slipway_dora::Status;

use super::*;

fn app(phase: &str, health: &str) -> Value {
    json!({"app": {
        "metadata": {"name": "checkout", "namespace": "argocd", "uid": "3a1b"},
        "spec": {"project": "shop", "destination": {"server": "https://kubernetes.default.svc", "namespace": "production"},
            "source": {"repoURL": "https://git.example/acme/deploy.git"}},
        "status": {
            "operationState": {"phase": phase, "startedAt": "2025-05-06T09:58:00Z", "finishedAt": "2025-05-06T10:00:00Z",
                "message": "", "syncResult": {"revision": SHA}},
            "sync": {"revision": OTHER}, "health": {"status": health},
            "summary": {"images": ["r.example/web:2", "r.example/checkout:1.4.0"]}},
    }})
}

#[test]
fn synced_and_healthy_is_a_success() {
    let delivery = read(Source::ArgoCd, &[], &app("Succeeded", "Healthy"));
    assert!(delivery.key.starts_with("3a1b/") && delivery.key.ends_with("/Succeeded"), "{}", delivery.key);
    let told = only(delivery);
    let record = deployment(&told);
    // Not `sync.revision`, which moves with every commit of a monorepo.
    assert_eq!((record.status, record.revision.as_str()), (Status::Success, SHA));
    assert_eq!(record.version.as_deref(), Some("r.example/checkout:1.4.0,r.example/web:2"));
    assert_eq!(record.started_at, Some(at("2025-05-06T09:58:00Z")));
    assert_eq!(
        (told.subject.service.as_deref(), told.subject.environment.as_deref()),
        (Some("checkout"), Some("production"))
    );
}

#[test]
fn synced_is_not_healthy() {
    let of = |phase, health| {
        let delivery = read(Source::ArgoCd, &[], &app(phase, health));
        (delivery.key.clone(), deployment(&only(delivery)).status)
    };
    let (waiting, status) = of("Succeeded", "Progressing");
    assert_eq!(status, Status::InProgress);
    // The same operation is heard again when it is healthy, under another key.
    assert_ne!(waiting, of("Succeeded", "Healthy").0);
    assert_eq!(of("Succeeded", "Degraded").1, Status::Failure);
    assert_eq!(of("Failed", "Healthy").1, Status::Failure);
    assert_eq!(of("Error", "Missing").1, Status::Error);
    assert_eq!(of("Running", "Progressing").1, Status::InProgress);
}

#[test]
fn what_is_missing_is_named() {
    let mut body = app("Succeeded", "Healthy");
    body["app"]["status"]["operationState"]["syncResult"] = json!(null);
    assert_eq!(wrong(Source::ArgoCd, &[], &body), "app.status.operationState.syncResult.revision");
    let mut bare = app("Succeeded", "Healthy")["app"].clone();
    bare["metadata"]["uid"] = json!(null);
    assert_eq!(wrong(Source::ArgoCd, &[], &bare), "metadata.uid");
}
