//! Subscriptions and what they are told.

use super::{make, read, refused, write};
use slipway_ports::{
    Store, StoreError,
    store::subscriptions::{Notice, NoticeState, Subscription},
};
use std::sync::Arc;

/// Subscriptions are found by id and listed by name; one that is taken back is told nothing more.
pub async fn subscriptions(store: Arc<dyn Store>) {
    let (a, b) = (make::subscription(2, "a"), make::subscription(1, "b"));
    write!(store, tx => {
        tx.add_subscription(&b).await.unwrap();
        tx.add_subscription(&a).await.unwrap();
        refused!(tx.add_subscription(&make::subscription(3, "a")).await, StoreError::Conflict(_));
        tx.add_notices(&[make::notice(1, 1, 0), make::notice(2, 2, 0)]).await.unwrap();
        tx.revoke_subscription(b.id, make::at(5)).await.unwrap();
        refused!(tx.revoke_subscription(make::subscription_id(9), make::at(5)).await, StoreError::Dangling(_));
    });
    read!(store, tx => {
        let gone = Subscription { revoked_at: Some(make::at(5)), ..b };
        assert_eq!(tx.subscriptions().await.unwrap(), [a.clone(), gone]);
        assert_eq!(tx.subscription(a.id).await.unwrap(), Some(a));
        assert_eq!(tx.due_notices(make::at(9), 9).await.unwrap(), [make::notice_id(2)]);
    });
}

/// A notice is due until it is taken or given up, and each try counts.
pub async fn notices(store: Arc<dyn Store>) {
    let (first, second) = (make::notice(1, 1, 10), make::notice(2, 1, 20));
    write!(store, tx => {
        tx.add_subscription(&make::subscription(1, "a")).await.unwrap();
        tx.add_notices(&[second.clone(), first.clone()]).await.unwrap();
    });
    read!(store, tx => {
        assert_eq!(tx.notice(first.id).await.unwrap().as_ref(), Some(&first));
        assert_eq!(tx.due_notices(make::at(19), 9).await.unwrap(), [first.id]);
        assert_eq!(tx.due_notices(make::at(20), 9).await.unwrap(), [first.id, second.id]);
        assert_eq!(tx.due_notices(make::at(20), 1).await.unwrap(), [first.id]);
    });
    let failed = Notice { attempts: 1, due_at: make::at(99), error: Some(make::DIFFICULT.to_owned()), ..first.clone() };
    let given_up = Notice { state: NoticeState::GivenUp, ..failed.clone() };
    let sent = Notice { attempts: 1, state: NoticeState::Sent, ..second };
    write!(store, tx => {
        tx.set_notice(&failed, make::at(30)).await.unwrap();
        assert_eq!(tx.due_notices(make::at(98), 9).await.unwrap(), [sent.id]);
        tx.set_notice(&sent, make::at(31)).await.unwrap();
        assert_eq!(tx.trim_notices(make::at(11)).await.unwrap(), 0, "it still waits");
        tx.set_notice(&given_up, make::at(32)).await.unwrap();
    });
    read!(store, tx => {
        assert_eq!(tx.notice(first.id).await.unwrap(), Some(given_up));
        assert_eq!(tx.due_notices(make::at(200), 9).await.unwrap(), []);
        let counted = tx.subscription(make::subscription_id(1)).await.unwrap().unwrap();
        assert_eq!((counted.sent, counted.sent_at), (1, Some(make::at(31))));
        assert_eq!((counted.given_up, counted.failed_at), (1, Some(make::at(32))));
        assert_eq!(counted.failed_why.as_deref(), Some(make::DIFFICULT));
    });
    write!(store, tx => assert_eq!(tx.trim_notices(make::at(11)).await.unwrap(), 1));
}
