use serde_json::json;

use super::*;

fn event(kind: &str, occurred: &str) -> Value {
    json!({"event": {
        "id": "01BVC3ZBX4KYVLQC7J3XM4D4CU", "event_type": kind, "resource_type": "incident", "occurred_at": occurred,
        "agent": {"id": "PLH1HKV", "type": "user_reference"}, "client": null,
        "data": {"id": "PGR0VU2", "type": "incident", "number": 2, "status": "triggered", "incident_key": "d3640fbd41094207",
            "created_at": "2025-05-06T10:20:00Z", "title": "Checkout is down", "service": {"id": "PF9KMXH"},
            "teams": [{"id": "PFCVPS0"}], "priority": {"summary": "P1"}, "urgency": "high", "resolve_reason": null},
    }})
}

#[test]
fn an_open_incident_has_no_end() {
    let delivery =
        read(Source::PagerDuty, &[("x-webhook-id", "stable")], &event("incident.triggered", "2025-05-06T10:20:05Z"));
    assert_eq!((delivery.key.as_str(), delivery.event.as_str()), ("stable", "incident.triggered"));
    let told = only(delivery);
    assert_eq!((told.key.as_str(), told.subject.service.as_deref()), ("pagerduty:PGR0VU2", Some("PF9KMXH")));
    let record = incident(&told);
    // Every event has `occurred_at`: taking it for the end would make every open incident last no time.
    assert_eq!((record.detected_at, record.resolved_at), (at("2025-05-06T10:20:00Z"), None));
    assert_eq!(title(&told), Some("Checkout is down"));
}

#[test]
fn it_is_resolved_and_may_be_reopened() {
    let read = |kind, occurred| read(Source::PagerDuty, &[], &event(kind, occurred));
    let resolved = only(read("incident.resolved", "2025-05-06T11:05:00Z"));
    assert_eq!(incident(&resolved).resolved_at, Some(at("2025-05-06T11:05:00Z")));
    let reopened = only(read("incident.reopened", "2025-05-06T11:30:00Z"));
    assert!(incident(&reopened).reopened && incident(&reopened).resolved_at.is_none());
    assert!(incident(&reopened).updated_at > incident(&resolved).updated_at);
    assert_eq!(read("incident.acknowledged", "2025-05-06T10:22:00Z").told, []);
    assert_eq!(read("pagey.ping", "2025-05-06T10:22:00Z").key, "01BVC3ZBX4KYVLQC7J3XM4D4CU");
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(wrong(Source::PagerDuty, &[], &event("incident.triggered", "")), "event.occurred_at");
    assert_eq!(wrong(Source::PagerDuty, &[], &json!({})), "event.event_type");
}
