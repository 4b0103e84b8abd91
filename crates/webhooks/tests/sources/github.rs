use serde_json::json;
use slipway_dora::{ChangeKind, Status, Tier};
use slipway_webhooks::Lookup;

use super::*;

fn event(name: &'static str) -> [(&'static str, &'static str); 2] {
    [("x-github-event", name), ("x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")]
}

fn repository() -> Value {
    json!({"id": 1296269, "full_name": "acme/checkout", "default_branch": "main", "private": true})
}

#[test]
fn a_push_moves_a_branch() {
    let mut body = json!({
        "ref": "refs/heads/main", "before": OTHER, "after": SHA, "created": false, "deleted": false, "forced": false,
        "base_ref": null, "compare": "https://github.com/acme/checkout/compare/a...b",
        "commits": [
            {"id": OTHER, "tree_id": "f9d2a07e9488b91af2641b26b9407fe22a451433", "distinct": true, "message": "Round",
             "timestamp": "2025-05-06T11:15:02+02:00", "author": {"name": "A", "email": "a@example.com"},
             "added": ["api/round.rs"], "removed": [], "modified": ["api/lib.rs", "api/round.rs"]},
            {"id": SHA, "tree_id": "f9d2a07e9488b91af2641b26b9407fe22a451433", "distinct": true, "message": "Test",
             "timestamp": "2025-05-06T11:20:00+02:00", "added": [], "removed": [], "modified": []}],
        "head_commit": {"id": SHA, "timestamp": "2025-05-06T11:20:00+02:00"}, "repository": repository(),
    });
    let delivery = read(Source::GitHub, &event("push"), &body);
    assert_eq!((delivery.key.as_str(), delivery.event.as_str()), ("72d3162e-cc78-11e3-81ab-4c9367dc0958", "push"));
    let told = only(delivery);
    assert_eq!(told.key, format!("github:push:1296269:refs/heads/main:{SHA}"));
    assert_eq!((told.at, told.subject.repository.as_deref()), (at("2025-05-06T09:20:00Z"), Some("acme/checkout")));
    assert_eq!(told.lookups, [Lookup::CommitRange { before: Some(OTHER.to_owned()), after: SHA.to_owned() }]);
    let Fact::Push(push) = told.fact else { panic!("no push") };
    assert!(push.is_default_branch && !push.forced);
    assert_eq!(push.commits[0].paths, ["api/lib.rs", "api/round.rs"]);
    assert_eq!(push.commits[0].at, at("2025-05-06T09:15:02Z"));

    body["commits"][1]["timestamp"] = json!("noon");
    assert_eq!(wrong(Source::GitHub, &event("push"), &body), "commits[1].timestamp");
    body["ref"] = json!("refs/tags/v1");
    assert_eq!(read(Source::GitHub, &event("push"), &body).told, []);
    body["ref"] = json!("refs/heads/gone");
    body["deleted"] = json!(true);
    assert_eq!(read(Source::GitHub, &event("push"), &body).told, []);
}

fn pull_request() -> Value {
    json!({
        "action": "closed", "number": 7,
        "pull_request": {
            "id": 279147437, "number": 7, "title": "Round to cents", "state": "closed", "merged": true,
            "created_at": "2025-05-05T08:00:00Z", "closed_at": "2025-05-06T09:00:00Z",
            "merged_at": "2025-05-06T09:00:00Z", "merge_commit_sha": SHA, "commits": 3,
            "labels": [{"id": 1, "name": "bug"}], "head": {"sha": OTHER, "ref": "round"}, "base": {"ref": "main"},
            "user": {"login": "octocat"}},
        "repository": repository(),
    })
}

#[test]
fn a_merged_pull_request_is_a_change() {
    let told = only(read(Source::GitHub, &event("pull_request"), &pull_request()));
    assert_eq!(told.key, "github:pull:1296269:7");
    assert_eq!(told.lookups, [Lookup::PullRequestCommits { number: 7 }]);
    let record = change(&told);
    assert_eq!((record.change.landed.as_str(), record.change.kind), (SHA, Some(ChangeKind::Pr)));
    assert_eq!(record.change.opened_at, Some(at("2025-05-05T08:00:00Z")));
    assert_eq!((record.change.merged_at, told.at), (Some(told.at), at("2025-05-06T09:00:00Z")));
    assert_eq!((record.hotfix, record.branch.as_deref()), (false, Some("main")));
    assert!(!record.change.bot);
    let mut body = pull_request();
    body["pull_request"]["user"] = json!({"login": "dependabot[bot]", "type": "Bot"});
    assert!(change(&only(read(Source::GitHub, &event("pull_request"), &body))).change.bot);
    for (path, value) in [("labels", json!([{"name": "Hotfix"}])), ("head", json!({"ref": "hotfix/round"}))] {
        let mut body = pull_request();
        body["pull_request"][path] = value;
        assert!(change(&only(read(Source::GitHub, &event("pull_request"), &body))).hotfix, "{path}");
    }
}

#[test]
fn a_test_merge_is_no_merge() {
    let mut body = pull_request();
    body["pull_request"]["merged"] = json!(false);
    assert_eq!(read(Source::GitHub, &event("pull_request"), &body).told, []);
    let mut body = pull_request();
    body["pull_request"]["merge_commit_sha"] = json!(null);
    assert_eq!(wrong(Source::GitHub, &event("pull_request"), &body), "pull_request.merge_commit_sha");
}

fn status(state: &str, created: &str) -> Value {
    json!({
        "action": "created",
        "deployment_status": {"id": 115168704, "state": state, "environment": "production", "created_at": created,
            "updated_at": "2025-05-06T10:07:00Z", "target_url": "", "log_url": "", "environment_url": ""},
        "deployment": {"id": 87972451, "sha": SHA, "ref": "main", "task": "deploy", "environment": "production",
            "original_environment": "production", "production_environment": true, "transient_environment": false,
            "payload": {}, "creator": {"login": "octocat"}, "created_at": "2025-05-06T09:54:00Z"},
        "check_run": null, "workflow_run": {"id": 4711, "run_attempt": 1}, "repository": repository(),
    })
}

#[test]
fn statuses_are_news_of_one_deployment() {
    let told = only(read(Source::GitHub, &event("deployment_status"), &status("success", "2025-05-06T10:00:00Z")));
    assert_eq!(told.key, "github:deployment:87972451");
    let record = deployment(&told);
    assert_eq!((record.status, record.tier), (Status::Success, Some(Tier::Production)));
    assert_eq!((record.revision.as_str(), record.group.as_deref()), (SHA, Some("github:run:4711")));
    // Not `updated_at`.
    assert_eq!(record.finished_at, Some(at("2025-05-06T10:00:00Z")));
    assert_eq!(record.started_at, Some(at("2025-05-06T09:54:00Z")));
    let running =
        only(read(Source::GitHub, &event("deployment_status"), &status("in_progress", "2025-05-06T09:55:00Z")));
    assert_eq!((running.key, running.at), (told.key, at("2025-05-06T09:55:00Z")));
    let Fact::Deployment(running) = running.fact else { panic!("no deployment") };
    assert_eq!((running.status, running.finished_at), (Status::InProgress, None));
    assert_eq!(running.started_at, Some(at("2025-05-06T09:55:00Z")));
    for (state, expected) in [
        ("queued", Status::Queued),
        ("pending", Status::Queued),
        ("waiting", Status::Queued),
        ("failure", Status::Failure),
        ("error", Status::Error),
    ] {
        let told = only(read(Source::GitHub, &event("deployment_status"), &status(state, "2025-05-06T10:00:00Z")));
        assert_eq!(deployment(&told).status, expected);
    }
    let inactive = read(Source::GitHub, &event("deployment_status"), &status("inactive", "2025-05-06T10:00:00Z"));
    assert_eq!((inactive.event.as_str(), inactive.told), ("deployment_status.inactive", Vec::new()));
    let body = status("great", "2025-05-06T10:00:00Z");
    assert_eq!(wrong(Source::GitHub, &event("deployment_status"), &body), "deployment_status.state");
    let body = status("success", "");
    assert_eq!(wrong(Source::GitHub, &event("deployment_status"), &body), "deployment_status.created_at");
}

#[test]
fn a_deployment_says_what_its_maker_wrote_into_it() {
    let mut body = status("success", "2025-05-06T10:00:00Z");
    let record = &mut body["deployment"];
    record["production_environment"] = json!(false);
    record["environment"] = json!("prod-eu");
    record["ref"] = json!("hotfix/round");
    record["payload"] = json!(r#"{"version": "sha256:4f2c", "group": "run-77", "rollback": true}"#);
    let told = only(read(Source::GitHub, &event("deployment_status"), &body));
    let record = deployment(&told);
    assert_eq!((record.tier, record.effective_tier()), (None, Tier::Production));
    assert_eq!((record.version.as_deref(), record.group.as_deref()), (Some("sha256:4f2c"), Some("run-77")));
    assert!(record.rollback && record.hotfix);
    body["deployment_status"] = json!(null);
    let told = only(read(Source::GitHub, &event("deployment"), &body));
    assert_eq!((deployment(&told).status, deployment(&told).finished_at), (Status::Queued, None));
}

#[test]
fn only_workflows_that_are_named_deploy() {
    let body = json!({
        "action": "completed",
        "workflow_run": {"id": 4711, "name": "Deploy", "path": ".github/workflows/deploy.yml", "head_sha": SHA,
            "head_branch": "main", "event": "push", "status": "completed", "conclusion": "success", "run_number": 9,
            "run_attempt": 2, "run_started_at": "2025-05-06T09:50:00Z", "created_at": "2025-05-06T09:00:00Z",
            "updated_at": "2025-05-06T10:00:00Z", "pull_requests": []},
        "repository": repository(),
    });
    assert_eq!(read(Source::GitHub, &event("workflow_run"), &body).told, []);
    let options = Options { deploy_workflows: vec![".github/workflows/deploy.yml".to_owned()], ..Options::default() };
    let with = |conclusion: &str| {
        let mut body = body.clone();
        body["workflow_run"]["conclusion"] = json!(conclusion);
        try_read(Source::GitHub, &options, &event("workflow_run"), &body).unwrap().remove(0).told
    };
    let told = with("success");
    assert_eq!(told[0].key, "github:run:4711");
    let record = deployment(&told[0]);
    assert_eq!((record.status, record.started_at), (Status::Success, Some(at("2025-05-06T09:50:00Z"))));
    assert_eq!(deployment(&with("timed_out")[0]).status, Status::Failure);
    assert_eq!(deployment(&with("cancelled")[0]).status, Status::Cancelled);
    assert_eq!(with("skipped"), []);
}

#[test]
fn a_release_deploys_where_that_is_said() {
    let body = json!({
        "action": "published",
        "release": {"id": 11, "tag_name": "v1.4.0", "target_commitish": "main", "draft": false, "prerelease": false,
            "published_at": "2025-05-06T10:00:00Z"},
        "repository": repository(),
    });
    assert_eq!(read(Source::GitHub, &event("release"), &body).told, []);
    let options = Options { releases_deploy: true, ..Options::default() };
    let told = try_read(Source::GitHub, &options, &event("release"), &body).unwrap().remove(0).told;
    assert_eq!((told[0].key.as_str(), deployment(&told[0]).version.as_deref()), ("github:release:11", Some("v1.4.0")));
    assert_eq!(told[0].lookups, [Lookup::Tag { name: "v1.4.0".to_owned() }]);
}

fn issue(action: &str, labels: Value) -> Value {
    json!({
        "action": action,
        "issue": {"id": 1, "number": 42, "title": "Checkout is down", "body": "Root cause: 6113728f27ae",
            "labels": labels, "created_at": "2025-05-06T10:20:00Z", "updated_at": "2025-05-06T10:30:00Z",
            "closed_at": null, "state": "open", "state_reason": null},
        "repository": repository(),
    })
}

#[test]
fn an_issue_is_an_incident_while_it_has_the_label() {
    let labels = json!([{"name": "Incident"}]);
    let told = only(read(Source::GitHub, &event("issues"), &issue("labeled", labels.clone())));
    let record = incident(&told);
    assert_eq!(told.key, "github:issue:1296269:42");
    assert_eq!((record.detected_at, record.resolved_at), (at("2025-05-06T10:20:00Z"), None));
    assert_eq!(record.root_cause_sha.as_deref(), Some("6113728f27ae"));

    let mut body = issue("closed", labels.clone());
    body["issue"]["state"] = json!("closed");
    body["issue"]["closed_at"] = json!("2025-05-06T11:05:00Z");
    let told = only(read(Source::GitHub, &event("issues"), &body));
    assert_eq!(incident(&told).resolved_at, Some(at("2025-05-06T11:05:00Z")));

    let told = only(read(Source::GitHub, &event("issues"), &issue("reopened", labels.clone())));
    assert!(incident(&told).reopened && incident(&told).resolved_at.is_none());

    let mut body = issue("unlabeled", json!([]));
    body["label"] = json!({"name": "incident"});
    assert!(incident(&only(read(Source::GitHub, &event("issues"), &body))).retracted);
    body["label"] = json!({"name": "bug"});
    assert_eq!(read(Source::GitHub, &event("issues"), &body).told, []);
    assert_eq!(read(Source::GitHub, &event("issues"), &issue("opened", json!([]))).told, []);
}

#[test]
fn what_is_unknown_tells_nothing_and_what_is_broken_is_named() {
    let ping = read(Source::GitHub, &event("ping"), &json!({"zen": "Design for failure.", "hook_id": 1}));
    assert_eq!((ping.event.as_str(), ping.told), ("ping", Vec::new()));
    assert_eq!(wrong(Source::GitHub, &[("x-github-event", "ping")], &json!({})), "x-github-delivery");
    assert_eq!(wrong(Source::GitHub, &event("push"), &json!({})), "ref");
    let [name, key] = event("ping");
    let pairs = [name, key, ("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(wrong(Source::GitHub, &pairs, &json!({})), "content-type");
}
