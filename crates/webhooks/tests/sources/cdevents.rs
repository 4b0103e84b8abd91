use serde_json::json;
use slipway_dora::Status;
use slipway_webhooks::Lookup;

use super::*;

const STRUCTURED: [(&str, &str); 1] = [("content-type", "application/cloudevents+json; charset=utf-8")];

fn deployed(kind: &str) -> Value {
    json!({
        "context": {"specversion": "0.6.0-draft", "id": "271069a8-fc18-44f1-b38f-9d70a1695819",
            "chainId": "4c8cb7dd-3448-41de-8768-eec704e2829b", "source": "/event/source/123", "type": kind,
            "timestamp": "2023-03-20T14:27:05.315384Z"},
        "subject": {"id": "checkout", "source": "/event/source/123", "content": {
            "environment": {"id": "production", "source": "https://clusters.example"},
            "artifactId": "pkg:oci/checkout@sha256%3A0b31b1c02ff458ad9b7b81cbdf8f028bd54699fa151f221d1e8de6817db93427"}},
    })
}

fn envelope(data: Value) -> Value {
    json!({"specversion": "1.0", "id": "A234-1234-1234", "source": "/event/source/123",
        "type": "dev.cdevents.service.deployed.0.3.0", "time": "2023-03-20T14:27:05.315384Z",
        "datacontenttype": "application/json", "data": data})
}

#[test]
fn a_structured_event_is_a_deployment() {
    let delivery = read(Source::CdEvents, &STRUCTURED, &envelope(deployed("dev.cdevents.service.deployed.0.3.0")));
    assert_eq!(delivery.key, "/event/source/123 271069a8-fc18-44f1-b38f-9d70a1695819");
    let told = only(delivery);
    let record = deployment(&told);
    assert_eq!(
        (record.status, record.rollback, record.environment.as_deref()),
        (Status::Success, false, Some("production"))
    );
    assert_eq!(record.finished_at, Some(at("2023-03-20T14:27:05.315Z")));
    assert_eq!((told.subject.service.as_deref(), record.revision.as_str()), (Some("checkout"), ""));
    assert!(
        matches!(&told.lookups[..], [Lookup::Artifact { reference }] if reference.starts_with("pkg:oci/checkout@"))
    );
}

#[test]
fn any_version_is_read_old_and_new() {
    let mut old = deployed("dev.cdevents.service.rolledback.0.2.0");
    let context = old["context"].as_object_mut().unwrap();
    context.remove("specversion");
    context.insert("version".to_owned(), json!("0.4.1"));
    old["subject"]["type"] = json!("service");
    old["customData"] = json!({"revision": SHA});
    let told = only(read(Source::CdEvents, &STRUCTURED, &envelope(old.clone())));
    assert!(deployment(&told).rollback);
    assert_eq!((deployment(&told).revision.as_str(), told.lookups.len()), (SHA, 0));
    old["context"].as_object_mut().unwrap().remove("version");
    assert_eq!(wrong(Source::CdEvents, &STRUCTURED, &envelope(old)), "data.context.specversion");
}

#[test]
fn a_binary_event_has_its_envelope_in_the_headers() {
    let pairs = [
        ("content-type", "application/json"),
        ("ce-specversion", "1.0"),
        ("ce-id", "A234-1234-1234"),
        ("ce-source", "/event/source/123"),
        ("ce-type", "dev.cdevents.service.upgraded.0.3.0"),
    ];
    let body = deployed("dev.cdevents.service.upgraded.0.3.0");
    assert_eq!(deployment(&only(read(Source::CdEvents, &pairs, &body))).status, Status::Success);
    assert_eq!(wrong(Source::CdEvents, &pairs[..4], &body), "ce-type");
    assert_eq!(wrong(Source::CdEvents, &[("ce-specversion", "0.3")], &body), "ce-specversion");
}

#[test]
fn a_batch_is_many_deliveries() {
    let batch = [("content-type", "application/cloudevents-batch+json")];
    let mut second = deployed("dev.cdevents.service.published.0.3.0");
    second["context"]["id"] = json!("second");
    let body = json!([envelope(deployed("dev.cdevents.service.deployed.0.3.0")), envelope(second)]);
    let deliveries = try_read(Source::CdEvents, &Options::default(), &batch, &body).unwrap();
    assert_eq!(deliveries.iter().map(|d| d.told.len()).collect::<Vec<_>>(), [1, 0]);
    let mut body = body;
    body[1]["specversion"] = json!("0.3");
    assert_eq!(wrong(Source::CdEvents, &batch, &body), "[1].specversion");
    assert_eq!(wrong(Source::CdEvents, &batch, &json!({})), ".");
}

fn incident_event(predicate: &str, timestamp: &str) -> Value {
    json!({
        "context": {"specversion": "0.5.1", "id": predicate, "source": "/monitoring/prod1",
            "type": format!("dev.cdevents.incident.{predicate}.0.3.0"), "timestamp": timestamp},
        "subject": {"id": "incident-123", "source": "/monitoring/prod1", "content": {
            "description": "Response time above 10ms", "environment": {"id": "production"},
            "service": {"id": "checkout"}, "artifactId": "pkg:oci/checkout@sha256%3A0b31"}},
    })
}

#[test]
fn an_incident_is_detected_and_resolved_under_one_name() {
    let opened = only(read(Source::CdEvents, &[], &incident_event("detected", "2025-05-06T10:20:00Z")));
    let closed = only(read(Source::CdEvents, &[], &incident_event("resolved", "2025-05-06T11:05:00Z")));
    assert_eq!(opened.key, closed.key);
    assert_eq!(incident(&opened).root_cause_artifact.as_deref(), Some("pkg:oci/checkout@sha256%3A0b31"));
    assert_eq!(incident(&opened).detected_at, at("2025-05-06T10:20:00Z"));
    assert_eq!(incident(&closed).resolved_at, Some(at("2025-05-06T11:05:00Z")));
    let mut body = incident_event("reported", "2025-05-06T10:20:00Z");
    body["subject"]["content"]["environment"] = json!({});
    assert_eq!(wrong(Source::CdEvents, &[], &body), "subject.content.environment.id");
}

#[test]
fn a_merged_change_is_only_named() {
    let mut body = json!({
        "context": {"specversion": "0.5.1", "id": "1", "source": "/scm", "type": "dev.cdevents.change.merged.0.3.0",
            "timestamp": "2025-05-06T09:00:00Z"},
        "subject": {"id": "pr-7", "content": {"repository": {"id": "acme/checkout", "source": "/scm"}}},
    });
    let told = only(read(Source::CdEvents, &[], &body));
    assert_eq!(told.lookups, [Lookup::ChangeCommit { change: "pr-7".to_owned() }]);
    assert_eq!(told.subject.repository.as_deref(), Some("acme/checkout"));
    body["customData"] = json!({"sha": SHA});
    let told = only(read(Source::CdEvents, &[], &body));
    assert_eq!((change(&told).change.landed.as_str(), told.lookups.len()), (SHA, 0));
}

#[test]
fn other_types_tell_nothing_and_foreign_ones_are_wrong() {
    let told = read(Source::CdEvents, &[], &deployed("dev.cdevents.environment.created.0.3.0")).told;
    assert_eq!(told, []);
    // Events of one tool, which the specification allows beside its own.
    let custom = read(Source::CdEvents, &[], &deployed("dev.cdeventsx.slipway-approval.approved.0.1.0"));
    assert_eq!((custom.told, custom.event.as_str()), (vec![], "dev.cdeventsx.slipway-approval.approved.0.1.0"));
    assert_eq!(wrong(Source::CdEvents, &[], &deployed("com.example.deployed")), "context.type");
}
