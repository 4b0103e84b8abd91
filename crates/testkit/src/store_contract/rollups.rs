//! What the delivery log adds up to, by local day.

use super::{make, read, write};
use serde_json::json;
use slipway_domain::ids::DeploymentId;
use slipway_ports::{
    Store,
    store::delivery::{DeliveryEvent, DeliveryKind, SLIPWAY},
    store::rollups::{DirtyService, RollupDay, RollupMarks, RollupScope, RollupState},
};
use std::sync::Arc;
use uuid::Uuid;

fn day(scope: RollupScope, day: i32, body: &[u8]) -> RollupDay {
    RollupDay { scope, day, body: body.to_vec() }
}

fn marks(dirty: &[DirtyService]) -> Vec<(u128, i64)> {
    dirty.iter().map(|dirty| (dirty.service.as_uuid().as_u128(), dirty.marks)).collect()
}

/// Whatever is new in the log marks its service with the same commit; a mark that grew since is not taken off.
pub async fn marks_follow_the_log(store: Arc<dyn Store>) {
    write!(store, tx => {
        let events = [make::event(2, "a", 1), make::event(1, "b", 5), make::event(1, "c", 4)];
        tx.add_delivery(&events).await.unwrap();
    });
    let dirty = read!(store, tx => tx.dirty_services(10).await.unwrap());
    assert_eq!(marks(&dirty), [(1, 1), (2, 1)], "marked together: by id");
    assert_eq!(read!(store, tx => tx.dirty_services(1).await.unwrap()).len(), 1);
    let marked = RollupMarks { recipe: String::new(), log: 3, dirty: dirty.clone() };
    assert_eq!(read!(store, tx => tx.rollup_marks().await.unwrap()), marked);
    // What is known already says nothing more, and what is rolled back was never said.
    write!(store, tx => tx.add_delivery(&[make::event(1, "b", 5)]).await.unwrap());
    let mut dropped = store.begin_write().await.unwrap();
    dropped.add_delivery(&[make::event(3, "d", 1)]).await.unwrap();
    drop(dropped);
    assert_eq!(read!(store, tx => tx.dirty_services(10).await.unwrap()), dirty);
    write!(store, tx => tx.add_delivery(&[make::event(1, "late", 0)]).await.unwrap());
    write!(store, tx => {
        assert!(!tx.clean_service(dirty[0]).await.unwrap(), "it was marked again");
        assert!(tx.clean_service(dirty[1]).await.unwrap());
        assert!(!tx.clean_service(dirty[1]).await.unwrap());
    });
    assert_eq!(marks(&read!(store, tx => tx.dirty_services(10).await.unwrap())), [(1, 2)]);
}

/// Whoever was marked first has its turn first, and one that was marked again while it had its turn goes to the end. What a person said of
/// a service comes before all of them; what machines say of incidents, in masses maybe, does not.
pub async fn turns(store: Arc<dyn Store>) {
    let order = async || marks(&read!(store, tx => tx.dirty_services(10).await.unwrap()));
    for (service, key) in [(3, "a"), (1, "b"), (2, "c"), (3, "d")] {
        write!(store, tx => tx.add_delivery(&[make::event(service, key, 1)]).await.unwrap());
    }
    assert_eq!(order().await, [(3, 2), (1, 1), (2, 1)]);
    let first = read!(store, tx => tx.dirty_services(1).await.unwrap())[0];
    write!(store, tx => tx.add_delivery(&[make::event(3, "e", 1)]).await.unwrap());
    write!(store, tx => assert!(!tx.clean_service(first).await.unwrap()));
    assert_eq!(order().await, [(1, 1), (2, 1), (3, 3)]);
    let verdict = DeliveryEvent { kind: DeliveryKind::Verdict, ..make::event(2, "f", 1) };
    write!(store, tx => tx.add_delivery(&[verdict]).await.unwrap());
    assert_eq!(order().await, [(2, 2), (1, 1), (3, 3)]);
    assert!(read!(store, tx => tx.dirty_services(1).await.unwrap())[0].urgent);
    let incident = |of: u128, source: &str| DeliveryEvent {
        kind: DeliveryKind::Incident,
        source: source.to_owned(),
        ..make::event(of, "g", 1)
    };
    write!(store, tx => tx.add_delivery(&[incident(1, "webhook:pagerduty"), incident(3, SLIPWAY)]).await.unwrap());
    assert_eq!(order().await, [(2, 2), (3, 4), (1, 2)]);
}

/// A service that is deleted is marked: its days count for nobody any more.
pub async fn deletion_marks(store: Arc<dyn Store>) {
    make::services(&store, 1).await;
    write!(store, tx => tx.delete_service(make::service_id(1)).await.unwrap());
    assert_eq!(marks(&read!(store, tx => tx.dirty_services(10).await.unwrap())), [(1, 1)]);
}

/// Days are put, replaced and deleted, by scope; a range is half-open.
pub async fn days(store: Arc<dyn Store>) {
    let (one, two) = (make::service_id(1), make::service_id(2));
    let team = RollupScope::Team("group:default/payments".to_owned());
    let mut many: Vec<RollupDay> = (0..1_100).map(|n| day(RollupScope::Service(one), n, &n.to_le_bytes())).collect();
    many.push(day(RollupScope::Service(two), 7, b"two"));
    many.push(day(RollupScope::Organisation, 7, b"all"));
    many.push(day(team.clone(), -3, b"team"));
    write!(store, tx => tx.put_rollup_days(&many).await.unwrap());
    write!(store, tx => {
        let changed = [day(RollupScope::Service(one), 7, &[0, 255]), day(RollupScope::Service(one), 8, &[])];
        tx.put_rollup_days(&changed).await.unwrap();
        tx.put_rollup_days(&[]).await.unwrap();
    });
    read!(store, tx => {
        let found = tx.rollup_days(&RollupScope::Service(one), 6, 10).await.unwrap();
        let expected = [(6, many[6].body.clone()), (7, vec![0, 255]), (9, many[9].body.clone())];
        assert_eq!(found, expected);
        assert_eq!(tx.rollup_days(&RollupScope::Organisation, 0, 9).await.unwrap(), [(7, b"all".to_vec())]);
        assert_eq!(tx.rollup_days(&team, -3, -2).await.unwrap(), [(-3, b"team".to_vec())]);
        assert_eq!(tx.rollup_days(&team, -2, 9).await.unwrap(), []);
        let both = tx.rollup_days_of(&[two, one, make::service_id(9)], 7, 9).await.unwrap();
        assert_eq!(both, [(one, 7, vec![0, 255]), (two, 7, b"two".to_vec())]);
        let mut each = Vec::new();
        let take = &mut |service, day, body| each.push((service, day, body));
        tx.each_rollup_day_of(&[two, one], 7, 9, take).await.unwrap();
        assert_eq!(each, both);
        assert_eq!(tx.rollup_days_of(&[], 0, 9).await.unwrap(), []);
    });
}

/// What is known of services, and that a new recipe begins from nothing.
pub async fn standing(store: Arc<dyn Store>) {
    let (one, two) = (make::service_id(1), make::service_id(2));
    make::services(&store, 2).await;
    write!(store, tx => {
        assert_eq!(tx.rollup_state().await.unwrap(), RollupState::default());
        assert_eq!(tx.rollup_marks().await.unwrap(), RollupMarks::default());
        tx.reset_rollups("first").await.unwrap();
        tx.put_rollup_service(two, "b", &json!({"n": 2}), make::at(7)).await.unwrap();
        tx.put_rollup_service(one, "a", &json!({"n": 1}), make::at(7)).await.unwrap();
        tx.put_rollup_days(&[day(RollupScope::Organisation, 1, b"x")]).await.unwrap();
    });
    let before = read!(store, tx => tx.rollup_services(None).await.unwrap());
    assert_eq!(before.iter().map(|s| (s.service, s.owner.as_str())).collect::<Vec<_>>(), [(one, "a"), (two, "b")]);
    write!(store, tx => tx.put_rollup_service(one, "c", &json!({"n": 3}), make::at(7)).await.unwrap());
    let after = read!(store, tx => tx.rollup_services(Some(&[one])).await.unwrap());
    assert_eq!((after.len(), after[0].owner.as_str(), &after[0].standing), (1, "c", &json!({"n": 3})));
    assert!(before[0].version >= 7 && after[0].version > before[0].version);
    let checked =
        RollupState { recipe: "first".into(), checked_at: Some(make::at(5)), checked: 3, differing: "one".into() };
    write!(store, tx => {
        tx.set_rollup_check(&checked).await.unwrap();
        tx.delete_rollup_service(two).await.unwrap();
        tx.delete_rollup_service(two).await.unwrap();
    });
    read!(store, tx => {
        assert_eq!(tx.rollup_state().await.unwrap(), checked);
        assert_eq!(tx.rollup_services(None).await.unwrap(), after);
    });
    write!(store, tx => tx.reset_rollups("second").await.unwrap());
    read!(store, tx => {
        assert_eq!(tx.rollup_state().await.unwrap().recipe, "second");
        assert_eq!(tx.rollup_services(None).await.unwrap(), []);
        assert_eq!(tx.rollup_days(&RollupScope::Organisation, 0, 9).await.unwrap(), []);
        assert_eq!(marks(&tx.dirty_services(10).await.unwrap()), [(1, 2), (2, 2)]);
    });
}

/// What was decided of deployments is put, replaced and deleted by service, and forgotten with a new recipe.
pub async fn judgements(store: Arc<dyn Store>) {
    let (one, two) = (make::service_id(1), make::service_id(2));
    let id = |n: u128| DeploymentId::from_uuid(Uuid::from_u128(n));
    let many: Vec<(DeploymentId, String)> = (0..700).map(|n| (id(n), format!("said-{n}"))).collect();
    write!(store, tx => {
        tx.put_rollup_judgements(one, &many).await.unwrap();
        tx.put_rollup_judgements(two, &[(id(900), "of two".to_owned())]).await.unwrap();
    });
    write!(store, tx => {
        let changed = [(id(3), "other".to_owned()), (id(4), String::new()), (id(5_000), String::new())];
        tx.put_rollup_judgements(one, &changed).await.unwrap();
        tx.put_rollup_judgements(one, &[]).await.unwrap();
    });
    read!(store, tx => {
        let mut found = tx.rollup_judgements(&[id(900), id(3), id(4), id(77_000)]).await.unwrap();
        found.sort();
        assert_eq!(found, [(id(3), "other".to_owned()), (id(900), "of two".to_owned())]);
        assert_eq!(tx.rollup_judgements(&[]).await.unwrap(), []);
        let of_one = tx.rollup_judgements_of(one).await.unwrap();
        assert_eq!((of_one.len(), &of_one[3], &of_one[4]), (699, &(id(3), "other".to_owned()), &many[5]));
        assert_eq!(tx.rollup_judgements_of(two).await.unwrap().len(), 1);
    });
    write!(store, tx => tx.reset_rollups("next").await.unwrap());
    assert_eq!(read!(store, tx => tx.rollup_judgements_of(one).await.unwrap()), []);
}

/// What incidents are blamed on is put, replaced and deleted by service, and forgotten with a new recipe.
pub async fn blame(store: Arc<dyn Store>) {
    let (one, two) = (make::service_id(1), make::service_id(2));
    let text = |text: &str| text.to_owned();
    let many: Vec<(String, String)> = (0..700).map(|n| (format!("i-{n:03}"), format!("b-{n}"))).collect();
    write!(store, tx => {
        tx.put_rollup_blame(one, &many).await.unwrap();
        // Another service may call an incident the same.
        tx.put_rollup_blame(two, &[(text("i-003"), text("of two"))]).await.unwrap();
    });
    write!(store, tx => {
        let changed = [(text("i-003"), text("other")), (text("i-004"), text("")), (text("nothing"), text(""))];
        tx.put_rollup_blame(one, &changed).await.unwrap();
        tx.put_rollup_blame(two, &[(text("i-005"), text(""))]).await.unwrap();
    });
    read!(store, tx => {
        let mut found = tx.rollup_blame(&["i-003", "i-004", "i-699", "i-\"%"]).await.unwrap();
        found.sort();
        let expected = [(one, "i-003", "other"), (one, "i-699", "b-699"), (two, "i-003", "of two")];
        assert_eq!(found, expected.map(|(service, id, body)| (service, text(id), text(body))));
        assert_eq!(tx.rollup_blame(&[]).await.unwrap(), []);
        let of_one = tx.rollup_blame_of(one).await.unwrap();
        assert_eq!((of_one.len(), &of_one[3].1, &of_one[4]), (699, &text("other"), &many[5]));
        assert_eq!(tx.rollup_blame_of(two).await.unwrap().len(), 1);
    });
    write!(store, tx => tx.reset_rollups("next").await.unwrap());
    assert_eq!(read!(store, tx => tx.rollup_blame_of(one).await.unwrap()), []);
}
