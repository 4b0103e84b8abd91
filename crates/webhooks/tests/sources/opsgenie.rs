use serde_json::json;

use super::*;

fn action(name: &str, updated_ns: i64) -> Value {
    json!({"action": name, "integrationId": "37c8f316", "alert": {
        "alertId": "70413a06-38d6-4c85-92b8-5ebc900d42e2", "alias": "checkout-5xx", "tinyId": "1791",
        "message": "Checkout is down", "tags": ["prod"], "teams": ["shop"], "entity": "checkout", "source": "monitor",
        "createdAt": 1_746_526_800_000_i64, "updatedAt": updated_ns}})
}

#[test]
fn milliseconds_and_nanoseconds_are_told_apart() {
    let delivery = read(Source::Opsgenie, &[], &action("Create", 1_746_526_800_000_000_000));
    assert_eq!(delivery.key, "70413a06-38d6-4c85-92b8-5ebc900d42e2/Create/1746526800000000000");
    let told = only(delivery);
    assert_eq!((incident(&told).detected_at, told.at), (at("2025-05-06T10:20:00Z"), at("2025-05-06T10:20:00Z")));
    assert_eq!((incident(&told).resolved_at, told.subject.service.as_deref()), (None, Some("checkout")));
    assert_eq!(title(&told), Some("Checkout is down"));
}

#[test]
fn it_closes_and_may_be_deleted() {
    let close = only(read(Source::Opsgenie, &[], &action("Close", 1_746_529_500_000_000_000)));
    assert_eq!(incident(&close).resolved_at, Some(at("2025-05-06T11:05:00Z")));
    assert!(incident(&only(read(Source::Opsgenie, &[], &action("Delete", 1_746_529_500_000_000_000)))).retracted);
    assert_eq!(read(Source::Opsgenie, &[], &action("Acknowledge", 1_746_529_500_000_000_000)).told, []);
    assert_eq!(
        wrong(Source::Opsgenie, &[], &json!({"action": "Create", "alert": {"alertId": "a"}})),
        "alert.createdAt"
    );
}
