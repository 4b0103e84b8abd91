use serde_json::json;
use slipway_dora::{Status, Tier};

use super::*;

#[test]
fn one_event_a_list_or_an_envelope() {
    let deployment_event = json!({"event": "deployment", "id": "42", "service": "checkout", "environment": "production",
        "revision": SHA, "started_at": "2025-05-06T09:50Z", "finished_at": "2025-05-06T10:00Z", "status": "success"});
    let incident_event = json!({"event": "incident", "id": "INC-9", "service": "checkout", "links": ["42"],
        "detected_at": "2025-05-06T10:20Z", "resolved_at": null});
    let change_event = json!({"event": "change", "id": "pr-7", "repository": "acme/checkout", "landed": SHA,
        "first_commit_at": "2025-05-05T10:00Z", "merged_at": "2025-05-06T09:00Z", "kind": "pr", "hotfix": true});
    let verdict = json!({"event": "verdict", "deployment": 42, "failed": true, "at": "2025-05-06T12:00Z"});
    let told = only(read(Source::Generic, &[("idempotency-key", "k1")], &deployment_event));
    assert_eq!((told.key.as_str(), told.subject.service.as_deref()), ("generic:deployment:42", Some("checkout")));
    assert_eq!((deployment(&told).status, told.at), (Status::Success, at("2025-05-06T10:00Z")));

    let list = json!([deployment_event, incident_event, change_event, verdict]);
    let delivery = read(Source::Generic, &[], &list);
    assert_eq!(delivery.event, "4 events");
    assert_eq!(delivery.told, read(Source::Generic, &[], &json!({"events": list})).told);
    assert_eq!(incident(&delivery.told[1]).links.len(), 1);
    assert!(change(&delivery.told[2]).hotfix);
    assert_eq!(delivery.told[3].fact, Fact::Verdict { deployment: "42".to_owned(), failed: true });
}

#[test]
fn errors_name_the_field_wherever_it_is() {
    let wrong = |body: Value| wrong(Source::Generic, &[], &body);
    assert_eq!(wrong(json!({"event": "deployment", "id": "1", "revision": "a"})), "status");
    assert_eq!(wrong(json!([{"event": "deployment", "id": "1", "revision": "a", "status": "great"}])), "[0].status");
    assert_eq!(
        wrong(json!({"events": [{"event": "incident", "id": "i", "detected_at": "noon"}]})),
        "events[0].detected_at"
    );
    assert_eq!(wrong(json!({"event": "party"})), "event");
    assert_eq!(wrong(json!({"event": "verdict", "deployment": "1", "failed": "no"})), "failed");
}

#[test]
fn devlakes_deployments_have_one_record_for_each_commit() {
    let body = json!({
        "id": "Required. This will be the unique ID", "createdDate": "2025-05-06T09:40:00+00:00",
        "startedDate": "2025-05-06T09:50:00+00:00", "finishedDate": "2025-05-06T10:00:00+00:00", "result": "SUCCESS",
        "environment": "PRODUCTION", "displayTitle": "Deploy 9", "name": "checkout",
        "deploymentCommits": [
            {"repoUrl": "https://github.com/acme/checkout", "refName": "main", "commitSha": SHA,
             "finishedDate": "2025-05-06T09:58:00+00:00"},
            {"repoUrl": "https://github.com/acme/web", "refName": "main", "commitSha": OTHER, "result": "FAILURE"}],
    });
    let delivery = read(Source::DevLake, &[], &body);
    let [first, second] = &delivery.told[..] else { panic!("two are told") };
    assert_eq!((deployment(first).revision.as_str(), deployment(first).tier), (SHA, Some(Tier::Production)));
    assert_eq!(deployment(first).finished_at, Some(at("2025-05-06T09:58:00Z")));
    assert_eq!((deployment(second).status, second.at), (Status::Failure, at("2025-05-06T10:00:00Z")));
    assert_eq!(second.subject.repository.as_deref(), Some("https://github.com/acme/web"));
    let mut none = body.clone();
    none["deploymentCommits"] = json!([]);
    assert_eq!(wrong(Source::DevLake, &[], &none), "deploymentCommits");
    let mut odd = body;
    odd["deploymentCommits"][1]["result"] = json!("MAYBE");
    assert_eq!(wrong(Source::DevLake, &[], &odd), "deploymentCommits[1].result");
}

#[test]
fn devlakes_issues_and_pull_requests() {
    let issue = |more: Value| {
        let mut body = json!({"url": "", "issueKey": "DLK-1234", "title": "Down", "type": "INCIDENT", "status": "TODO",
            "createdDate": "2025-05-06T10:20:00+00:00", "updatedDate": "2025-05-06T10:20:00+00:00"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let opened = only(read(Source::DevLake, &[], &issue(json!({}))));
    assert_eq!((opened.key.as_str(), incident(&opened).resolved_at), ("devlake:issue:DLK-1234", None));
    let done = json!({"status": "DONE", "resolutionDate": "2025-05-06T11:05:00+00:00"});
    assert_eq!(incident(&only(read(Source::DevLake, &[], &issue(done)))).resolved_at, Some(at("2025-05-06T11:05:00Z")));
    assert_eq!(read(Source::DevLake, &[], &issue(json!({"type": "REQUIREMENT"}))).told, []);
    assert_eq!(title(&opened), Some("Down"));
    let close: Value =
        serde_json::from_slice(&slipway_webhooks::devlake_close("DLK-1234", at("2025-05-06T11:00Z"))).unwrap();
    let closed = only(read(Source::DevLake, &[], &close));
    assert_eq!((closed.key, closed.at, closed.fact), (opened.key, at("2025-05-06T11:00Z"), Fact::Resolved));

    let pull = json!({"pullRequestKey": 7, "title": "Round", "baseRepoId": "acme/checkout", "headRef": "hotfix/round",
        "baseRef": "main", "createdDate": "2025-05-05T08:00:00+00:00", "mergedDate": "2025-05-06T09:00:00+00:00",
        "mergeCommitSha": SHA});
    let told = only(read(Source::DevLake, &[], &pull));
    assert_eq!((told.key.as_str(), change(&told).hotfix), ("devlake:pull:acme/checkout:7", true));
    assert_eq!(wrong(Source::DevLake, &[], &json!({})), "deploymentCommits");
}
