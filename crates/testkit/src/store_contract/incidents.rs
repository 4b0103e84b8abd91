//! Incidents and verdicts.

use super::{make, read, refused, walk, write};
use slipway_ports::{
    Store, StoreError,
    store::incidents::{Incident, IncidentCause, Verdict},
};
use std::sync::Arc;

/// An incident is written once for its service and key, and whole.
pub async fn incidents(store: Arc<dyn Store>) {
    let first = make::incident(1, "k", 1);
    write!(store, tx => tx.put_incident(&first).await.unwrap());
    let later = Incident {
        id: make::incident_id(2),
        impact_started_at: Some(make::at(0)),
        resolved_at: Some(make::at(5)),
        told_at: make::at(5),
        retracted: true,
        named: true,
        cause: IncidentCause::External,
        links: Some(vec!["a".to_owned(), make::DIFFICULT.to_owned()]),
        decided_by: Some("ada".to_owned()),
        decided_at: Some(make::at(6)),
        ..first.clone()
    };
    let elsewhere = Incident { id: make::incident_id(3), service: make::service_id(2), ..first.clone() };
    write!(store, tx => {
        tx.put_incident(&later).await.unwrap();
        tx.put_incident(&elsewhere).await.unwrap();
    });
    // Two that hear of it at once: the older word does not overwrite the newer one.
    write!(store, tx => tx.put_incident(&Incident { told_at: make::at(4), ..first.clone() }).await.unwrap());
    let stands = Incident { id: first.id, ..later };
    read!(store, tx => {
        assert_eq!(tx.incident(first.id).await.unwrap().as_ref(), Some(&stands));
        assert_eq!(tx.incident_by_key(first.service, "k").await.unwrap(), Some(stands));
        assert_eq!(tx.incident(elsewhere.id).await.unwrap(), Some(elsewhere));
        assert_eq!(tx.incident(make::incident_id(2)).await.unwrap(), None);
        assert_eq!(tx.incident_by_key(first.service, "none").await.unwrap(), None);
    });
}

/// By the whole id in the event log, or by what several begin with, whosever they are.
pub async fn known_as(store: Arc<dyn Store>) {
    write!(store, tx => {
        for (n, key) in [(1, "alarm:a:1"), (2, "alarm:a:2"), (3, "alarm:ab:1"), (4, "issue:1"), (5, "issue:12"), (6, "alarm:%:1")] {
            tx.put_incident(&make::incident(n, key, i64::try_from(n).unwrap())).await.unwrap();
        }
        let elsewhere = Incident { service: make::service_id(2), ..make::incident(7, "issue:1", 9) };
        tx.put_incident(&elsewhere).await.unwrap();
    });
    read!(store, tx => {
        for (key, expected) in [("alarm:a:", &[2, 1][..]), ("issue:1", &[7, 4]), ("alarm:a", &[]), ("%:", &[]), ("", &[])] {
            let found = tx.incidents_known_as(key).await.unwrap();
            let ids: Vec<_> = found.iter().map(|incident| incident.id).collect();
            assert_eq!(ids, expected.iter().map(|n| make::incident_id(*n)).collect::<Vec<_>>(), "{key}");
        }
    });
}

/// Newest first, open or all, without those that were taken back.
pub async fn pages(store: Arc<dyn Store>) {
    write!(store, tx => {
        for n in 0..6_u32 {
            let made = make::incident(u128::from(n) + 1, &n.to_string(), i64::from(n / 2));
            let resolved_at = n.is_multiple_of(2).then(|| make::at(9));
            tx.put_incident(&Incident { resolved_at, retracted: n == 5, ..made }).await.unwrap();
        }
    });
    read!(store, tx => {
        let keys = |list: &[Incident]| list.iter().map(|incident| incident.key.clone()).collect::<Vec<_>>();
        let all = walk!(cursor => tx.list_incidents(false, cursor, 2).await.unwrap());
        assert_eq!(keys(&all), ["4", "3", "2", "1", "0"]);
        let open = walk!(cursor => tx.list_incidents(true, cursor, 1).await.unwrap());
        assert_eq!(keys(&open), ["3", "1"]);
        for cursor in super::NO_CURSORS {
            refused!(tx.list_incidents(true, Some(cursor), 2).await, StoreError::BadCursor);
        }
    });
}

/// The latest verdict on a deployment stands.
pub async fn verdicts(store: Arc<dyn Store>) {
    let first = Verdict {
        deployment: "d".to_owned(),
        service: make::service_id(1),
        failed: true,
        reason: make::DIFFICULT.to_owned(),
        decided_by: "ada".to_owned(),
        decided_at: make::at(1),
    };
    let second = Verdict { failed: false, decided_by: "lea".to_owned(), decided_at: make::at(2), ..first.clone() };
    write!(store, tx => {
        tx.put_verdict(&first).await.unwrap();
        assert_eq!(tx.verdict("d").await.unwrap(), Some(first));
        tx.put_verdict(&second).await.unwrap();
    });
    read!(store, tx => {
        assert_eq!(tx.verdict("d").await.unwrap(), Some(second));
        assert_eq!(tx.verdict("e").await.unwrap(), None);
    });
}
