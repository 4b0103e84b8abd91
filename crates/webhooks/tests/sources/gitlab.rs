use serde_json::json;
use slipway_dora::{Status, Tier};
use slipway_webhooks::Lookup;

use super::*;

const KEY: [(&str, &str); 1] = [("idempotency-key", "f1a8c0de")];

fn project() -> Value {
    json!({"id": 30, "name": "checkout", "path_with_namespace": "acme/checkout", "default_branch": "main"})
}

fn hook(status: &str) -> Value {
    json!({
        "object_kind": "deployment", "status": status, "status_changed_at": "2021-04-28 21:50:00 +0200",
        "deployment_id": 15, "deployable_id": 796, "deployable_url": "http://gitlab.example/acme/checkout/-/jobs/796",
        "environment": "production", "environment_tier": "production", "environment_slug": "production",
        "environment_external_url": "https://checkout.example", "project": project(), "short_sha": "6113728f",
        "user": {"id": 1}, "user_url": "", "commit_url": format!("http://gitlab.example/acme/checkout/-/commit/{SHA}"),
        "commit_title": "Round to cents", "ref": "main",
    })
}

#[test]
fn the_full_commit_is_the_end_of_its_url() {
    let delivery = read(Source::GitLab, &KEY, &hook("success"));
    assert_eq!((delivery.key.as_str(), delivery.event.as_str()), ("f1a8c0de", "deployment.success"));
    let told = only(delivery);
    assert_eq!((told.key.as_str(), told.at), ("gitlab:deployment:30:15", at("2021-04-28T19:50:00Z")));
    let record = deployment(&told);
    assert_eq!((record.revision.as_str(), record.status), (SHA, Status::Success));
    assert_eq!((record.tier, record.finished_at), (Some(Tier::Production), Some(told.at)));
    assert_eq!(told.subject.repository.as_deref(), Some("acme/checkout"));
    for (status, expected, finished) in [
        ("running", Status::InProgress, false),
        ("failed", Status::Failure, true),
        ("canceled", Status::Cancelled, true),
    ] {
        let told = only(read(Source::GitLab, &KEY, &hook(status)));
        assert_eq!((deployment(&told).status, deployment(&told).finished_at.is_some()), (expected, finished));
    }
    let mut body = hook("success");
    body["environment_tier"] = json!("staging");
    assert_eq!(deployment(&only(read(Source::GitLab, &KEY, &body))).tier, Some(Tier::Staging));
    body["commit_url"] = json!("http://gitlab.example/acme/checkout/-/commit/6113728f");
    assert_eq!(wrong(Source::GitLab, &KEY, &body), "commit_url");
    assert_eq!(wrong(Source::GitLab, &KEY, &hook("exploded")), "status");
}

#[test]
fn without_a_key_the_body_is_the_key() {
    let first = read(Source::GitLab, &[], &hook("success")).key;
    assert_eq!(first, read(Source::GitLab, &[("x-gitlab-event-uuid", "same-for-many")], &hook("success")).key);
    assert_ne!(first, read(Source::GitLab, &[], &hook("failed")).key);
    assert!(first.starts_with("sha256:"));
}

#[test]
fn a_push_tells_twenty_commits_and_the_range_tells_all() {
    let body = json!({
        "object_kind": "push", "event_name": "push", "before": "0".repeat(40), "after": SHA, "ref": "refs/heads/main",
        "checkout_sha": SHA, "project_id": 30, "project": project(), "total_commits_count": 34,
        "commits": [{"id": SHA, "message": "Round", "timestamp": "2021-04-28T21:40:00+02:00", "added": [],
            "modified": ["lib.rs"], "removed": []}],
    });
    let told = only(read(Source::GitLab, &KEY, &body));
    assert_eq!(told.key, format!("gitlab:push:30:refs/heads/main:{SHA}"));
    assert_eq!(told.lookups, [Lookup::CommitRange { before: None, after: SHA.to_owned() }]);
    let Fact::Push(push) = told.fact else { panic!("no push") };
    assert_eq!((push.branch.as_str(), push.commits.len(), push.is_default_branch), ("main", 1, true));
}

fn merge_request() -> Value {
    json!({
        "object_kind": "merge_request", "event_type": "merge_request", "project": project(),
        "labels": [{"id": 206, "title": "API"}],
        "object_attributes": {"id": 99, "iid": 1, "target_branch": "main", "source_branch": "round", "state": "merged",
            "created_at": "2021-04-27 10:00:00 UTC", "updated_at": "2021-04-28 17:23:34 UTC", "action": "merge",
            "last_commit": {"id": OTHER, "timestamp": "2021-04-26T12:00:00+00:00"}, "merge_commit_sha": SHA},
    })
}

#[test]
fn a_merged_request_is_a_change_to_be_completed() {
    let told = only(read(Source::GitLab, &KEY, &merge_request()));
    assert_eq!(told.key, "gitlab:merge_request:30:1");
    let record = change(&told);
    assert_eq!((record.change.landed.as_str(), record.hotfix), (SHA, false));
    assert_eq!(record.change.first_commit_at, at("2021-04-26T12:00:00Z"));
    assert_eq!(record.change.opened_at, Some(at("2021-04-27T10:00:00Z")));
    assert_eq!(told.lookups, [Lookup::MergeRequest { project: "30".to_owned(), iid: 1 }]);
    let mut body = merge_request();
    body["object_attributes"]["merge_commit_sha"] = json!(null);
    body["labels"][0]["title"] = json!("hotfix");
    let told = only(read(Source::GitLab, &KEY, &body));
    assert_eq!((change(&told).change.landed.as_str(), change(&told).hotfix), (OTHER, true));
    body["object_attributes"]["action"] = json!("approved");
    assert_eq!(read(Source::GitLab, &KEY, &body).told, []);
}

#[test]
fn incidents_are_work_items_or_labelled_issues() {
    let body = |kind: &str, more: Value| {
        let mut body = json!({
            "object_kind": kind, "project": project(), "labels": [],
            "object_attributes": {"id": 301, "iid": 23, "title": "Checkout is down", "state": "opened", "action": "open",
                "severity": "high", "escalation_status": "triggered", "created_at": "2025-05-06 10:20:00 UTC",
                "updated_at": "2025-05-06 10:20:00 UTC", "closed_at": null, "type": "Issue"},
        });
        body["object_attributes"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let opened = only(read(Source::GitLab, &KEY, &body("work_item", json!({"type": "Incident"}))));
    assert_eq!((opened.key.as_str(), incident(&opened).resolved_at), ("gitlab:issue:30:23", None));
    let more = json!({"type": "Incident", "action": "close", "state": "closed", "closed_at": "2025-05-06 11:05:00 UTC",
        "updated_at": "2025-05-06 11:05:00 UTC"});
    let closed = only(read(Source::GitLab, &KEY, &body("work_item", more)));
    assert_eq!(incident(&closed).resolved_at, Some(at("2025-05-06T11:05:00Z")));
    let reopened =
        only(read(Source::GitLab, &KEY, &body("work_item", json!({"type": "Incident", "action": "reopen"}))));
    assert!(incident(&reopened).reopened);

    assert_eq!(read(Source::GitLab, &KEY, &body("issue", json!({}))).told, []);
    let mut labelled = body("issue", json!({}));
    labelled["labels"] = json!([{"title": "incident"}]);
    assert!(!incident(&only(read(Source::GitLab, &KEY, &labelled))).retracted);
    let mut lost = body("issue", json!({"action": "update"}));
    lost["changes"] = json!({"labels": {"previous": [{"title": "incident"}], "current": []}});
    assert!(incident(&only(read(Source::GitLab, &KEY, &lost))).retracted);
}

#[test]
fn other_hooks_tell_nothing() {
    assert_eq!(read(Source::GitLab, &KEY, &json!({"object_kind": "note"})).told, []);
    assert_eq!(wrong(Source::GitLab, &KEY, &json!({})), "object_kind");
}
