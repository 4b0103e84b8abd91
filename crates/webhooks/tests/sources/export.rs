use serde_json::json;
use slipway_dora::{Status, Tier};
use slipway_webhooks::{ExportRelation, read_gitlab_export};

use super::*;

fn lines(relation: ExportRelation, body: &Value) -> Result<Vec<Told>, Invalid> {
    read_gitlab_export(relation, &Options::default(), body.to_string().as_bytes())
}

fn merge_request() -> Value {
    json!({
        "iid": 1, "target_project_id": 30, "source_project_id": 30, "state": "merged", "title": "Round",
        "target_branch": "main", "source_branch": "hotfix/round", "created_at": "2025-05-05T09:00:00.000Z",
        "updated_at": "2025-05-07T00:00:00.000Z", "merge_commit_sha": SHA, "squash_commit_sha": null,
        "diff_head_sha": OTHER, "metrics": {"merged_at": "2025-05-06T09:00:00.000Z"}, "label_links": [],
        "merge_request_diff": {"merge_request_diff_commits": [
            {"sha": OTHER, "authored_date": "2025-05-04T10:00:00.000+02:00", "relative_order": 0},
            {"sha": "aa", "authored_date": "2025-05-03T10:00:00.000+02:00", "relative_order": 1}]},
    })
}

#[test]
fn a_merge_request_has_the_name_that_its_webhook_tells() {
    let told = lines(ExportRelation::MergeRequests, &merge_request()).unwrap().remove(0);
    assert_eq!((told.key.as_str(), told.at), ("gitlab:merge_request:30:1", at("2025-05-06T09:00:00Z")));
    let known = change(&told);
    assert_eq!((known.change.landed.as_str(), known.hotfix), (SHA, true));
    assert_eq!(known.change.first_commit_at, at("2025-05-03T08:00:00Z"));
    assert_eq!(known.change.opened_at, Some(at("2025-05-05T09:00:00Z")));
    assert_eq!(known.commits, [OTHER, "aa"]);

    let mut forwarded = merge_request();
    forwarded["merge_commit_sha"] = json!(null);
    forwarded["metrics"] = json!(null);
    let told = lines(ExportRelation::MergeRequests, &forwarded).unwrap().remove(0);
    assert_eq!((change(&told).change.landed.as_str(), &change(&told).commits[..]), (OTHER, &["aa".to_owned()][..]));
    assert_eq!(told.at, at("2025-05-07T00:00:00Z"));
    let mut open = merge_request();
    open["state"] = json!("opened");
    assert_eq!(lines(ExportRelation::MergeRequests, &open).unwrap(), []);
    let mut broken = merge_request();
    broken["iid"] = json!("one");
    assert_eq!(lines(ExportRelation::MergeRequests, &broken).unwrap_err().field, "iid");
}

#[test]
fn incidents_are_issues_of_that_type_or_with_the_label() {
    let issue = |kind: &str, label: &str| {
        json!({"iid": 7, "project_id": 30, "title": "Checkout is down", "description": format!("Root cause: {SHA}"),
            "state": "closed", "issue_type": kind, "created_at": "2025-05-06T10:20:00.000Z",
            "closed_at": "2025-05-06T11:05:00.000Z", "updated_at": "2025-05-06T11:05:00.000Z",
            "label_links": [{"label": {"title": label}}]})
    };
    for body in [issue("incident", "ux"), issue("issue", "Incident")] {
        let told = lines(ExportRelation::Issues, &body).unwrap().remove(0);
        assert_eq!((told.key.as_str(), title(&told)), ("gitlab:issue:30:7", Some("Checkout is down")));
        assert_eq!(incident(&told).resolved_at, Some(at("2025-05-06T11:05:00Z")));
        assert_eq!(incident(&told).root_cause_sha.as_deref(), Some(SHA));
    }
    assert_eq!(lines(ExportRelation::Issues, &issue("issue", "ux")).unwrap(), []);
}

#[test]
fn jobs_with_an_environment_are_the_deployments_of_their_pipeline() {
    let job = |name: &str, status: &str, more: Value| {
        let mut job = json!({"name": name, "status": status, "environment": "production", "retried": false,
            "started_at": "2025-05-06T09:50:00.000Z", "finished_at": "2025-05-06T10:00:00.000Z"});
        job.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        job
    };
    let tier = |tier: &str| json!({"environment": "live-eu", "options": {"environment": {"deployment_tier": tier}}});
    let stop = json!({"options": {"environment": {"name": "production", "action": "stop"}}});
    let pipeline = json!({"iid": 12, "project_id": 30, "sha": SHA, "ref": "main", "status": "success", "stages": [
        {"name": "test", "builds": [job("unit", "success", json!({"environment": null}))]},
        {"name": "deploy", "builds": [
            job("deploy", "failed", json!({"retried": true})), job("deploy", "success", json!({})),
            job("deploy-eu", "success", tier("production")), job("review", "success", tier("development")),
            job("by hand", "manual", json!({})), job("stop", "success", stop)],
         "bridges": [job("downstream", "failed", json!({}))]},
        {"name": "old", "statuses": [job("older", "canceled", json!({}))]}]});
    let told = lines(ExportRelation::Pipelines, &pipeline).unwrap();
    let seen: Vec<_> = told
        .iter()
        .map(|told| {
            (
                told.key.trim_start_matches("gitlab:job:30:12:"),
                deployment(told).status,
                deployment(told).effective_tier(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("deploy", Status::Success, Tier::Production),
            ("deploy-eu", Status::Success, Tier::Production),
            ("review", Status::Success, Tier::Development),
            ("downstream", Status::Failure, Tier::Production),
            ("older", Status::Cancelled, Tier::Production),
        ]
    );
    let first = deployment(&told[0]);
    assert_eq!((first.revision.as_str(), first.finished_at), (SHA, Some(at("2025-05-06T10:00:00Z"))));
    assert_eq!(first.group.as_deref(), Some("gitlab:pipeline:30:12"));
}
