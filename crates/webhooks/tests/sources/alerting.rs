use serde_json::json;

use super::*;

fn group() -> Value {
    json!({
        "version": "4", "groupKey": "{}:{alertname=\"CheckoutDown\"}", "truncatedAlerts": 0, "status": "firing",
        "receiver": "slipway", "groupLabels": {"alertname": "CheckoutDown"}, "commonLabels": {}, "commonAnnotations": {},
        "externalURL": "http://alertmanager.example",
        "alerts": [
            {"status": "firing", "labels": {"alertname": "CheckoutDown", "app": "checkout", "env": "production"},
             "annotations": {"summary": "Checkout answers\n nothing"}, "startsAt": "2025-05-06T10:20:00.123Z", "endsAt": "0001-01-01T00:00:00Z",
             "generatorURL": "", "fingerprint": "c0ffee"},
            {"status": "resolved", "labels": {"alertname": "CheckoutDown", "service": "web", "app": "shop"},
             "annotations": {}, "startsAt": "2025-05-06T09:00:00Z", "endsAt": "2025-05-06T09:30:00+00:00",
             "generatorURL": "", "fingerprint": "dec0de"}],
    })
}

#[test]
fn every_alert_is_an_incident() {
    let delivery = read(Source::Alertmanager, &[], &group());
    assert_eq!(delivery.event, "alerts.firing");
    let [firing, resolved] = &delivery.told[..] else { panic!("two are told") };
    assert_eq!(firing.key, format!("alertmanager:c0ffee:{}", at("2025-05-06T10:20:00.123Z").ms()));
    // Go's zero time is no end.
    assert_eq!((incident(firing).resolved_at, firing.subject.service.as_deref()), (None, Some("checkout")));
    assert_eq!(firing.subject.environment.as_deref(), Some("production"));
    assert_eq!(incident(resolved).resolved_at, Some(at("2025-05-06T09:30:00Z")));
    assert_eq!(resolved.subject.service.as_deref(), Some("web"));
    assert_eq!((title(firing), title(resolved)), (Some("Checkout answers nothing"), Some("CheckoutDown")));
}

#[test]
fn a_repeated_group_has_the_same_names() {
    let first = read(Source::Alertmanager, &[], &group());
    let mut later = group();
    later["alerts"][0]["status"] = json!("resolved");
    later["alerts"][0]["endsAt"] = json!("2025-05-06T11:05:00Z");
    let later = read(Source::Alertmanager, &[], &later);
    assert_ne!(first.key, later.key);
    assert_eq!(first.told[0].key, later.told[0].key);
    assert_eq!(first, read(Source::Alertmanager, &[], &group()));
}

#[test]
fn grafana_sends_the_same_and_more() {
    let mut body = group();
    body["version"] = json!("1");
    body["orgId"] = json!(1);
    body["title"] = json!("[FIRING:1] CheckoutDown");
    body["state"] = json!("alerting");
    body["alerts"][0]["values"] = json!({"B": 22.0});
    body["alerts"][0]["silenceURL"] = json!("https://grafana.example/alerting/silence/new");
    let delivery = read(Source::Grafana, &[], &body);
    assert!(delivery.told[0].key.starts_with("grafana:c0ffee:"));
    assert_eq!(wrong(Source::Alertmanager, &[], &body), "version");
}

#[test]
fn what_is_wrong_is_named() {
    let mut body = group();
    body["alerts"][1]["startsAt"] = json!("soon");
    assert_eq!(wrong(Source::Alertmanager, &[], &body), "alerts[1].startsAt");
    body["alerts"] = json!(null);
    assert_eq!(wrong(Source::Grafana, &[], &body), "alerts");
}
