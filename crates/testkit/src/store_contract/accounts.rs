//! People, sessions, tokens and the audit log.

use super::{NO_CURSORS, make, read, refused, walk, write};
use slipway_domain::time::{DAY, MINUTE};
use slipway_ports::{Store, StoreError};
use std::sync::Arc;

/// People are kept whole and found by id and login; a login is unique.
pub async fn people(store: Arc<dyn Store>) {
    let (ada, bob) = (make::user(1, "ada"), make::user(2, "bob"));
    write!(store, tx => {
        tx.add_user(&bob).await.unwrap();
        tx.add_user(&ada).await.unwrap();
    });
    read!(store, tx => {
        assert_eq!(tx.user(ada.id).await.unwrap().as_ref(), Some(&ada));
        assert_eq!(tx.user_by_login("bob").await.unwrap().as_ref(), Some(&bob));
        assert_eq!(tx.user_by_login("nobody\0").await.unwrap(), None);
        assert_eq!(tx.user(make::user_id(9)).await.unwrap(), None);
        assert_eq!(tx.users().await.unwrap(), [ada.clone(), bob]);
        assert_eq!(tx.count_users().await.unwrap(), 2);
    });
    let mut tx = store.begin_write().await.unwrap();
    refused!(tx.add_user(&make::user(3, "ada")).await, StoreError::Conflict(_));
    // A conflict is an answer, not a failure: the transaction goes on.
    tx.add_user(&make::user(3, "cyd")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(read!(store, tx => tx.count_users().await.unwrap()), 3);
}

/// Sessions are found until they end.
pub async fn sessions(store: Arc<dyn Store>) {
    let (ada, session) = (make::user(1, "ada"), make::session(1, 1));
    write!(store, tx => {
        tx.add_user(&ada).await.unwrap();
        tx.add_session(&session).await.unwrap();
        tx.add_session(&make::session(2, 1)).await.unwrap();
        refused!(tx.add_session(&session).await, StoreError::Conflict(_));
    });
    read!(store, tx => {
        let found = tx.session_by_secret("hash1", make::at(999)).await.unwrap();
        assert_eq!(found, Some((session.clone(), ada)));
        assert_eq!(tx.session_by_secret("hash1", make::at(1_000)).await.unwrap(), None);
        assert_eq!(tx.session_by_secret("hash9", make::at(0)).await.unwrap(), None);
    });
    write!(store, tx => {
        tx.delete_session(session.id).await.unwrap();
        tx.delete_session(session.id).await.unwrap();
        assert_eq!(tx.delete_expired_sessions(make::at(999)).await.unwrap(), 0);
        assert_eq!(tx.delete_expired_sessions(make::at(1_000)).await.unwrap(), 1);
    });
    let mut tx = store.begin_write().await.unwrap();
    refused!(tx.add_session(&make::session(3, 9)).await, StoreError::Dangling(_));
}

/// There is at most one set-up link.
pub async fn setup_link(store: Arc<dyn Store>) {
    write!(store, tx => {
        tx.put_setup_secret("first", make::at(0)).await.unwrap();
        tx.put_setup_secret("second", make::at(1)).await.unwrap();
    });
    read!(store, tx => {
        assert!(!tx.is_setup_secret("first").await.unwrap());
        assert!(tx.is_setup_secret("second").await.unwrap());
    });
    write!(store, tx => {
        tx.delete_setup_secret().await.unwrap();
        assert!(!tx.is_setup_secret("second").await.unwrap());
    });
}

/// Failed sign-ins are counted by key and time, and do not pile up for ever.
pub async fn failed_sign_ins(store: Arc<dyn Store>) {
    let odd = "a\0b";
    write!(store, tx => {
        for (key, millis) in [("ada", 0), ("ada", MINUTE), ("bob", MINUTE), (odd, MINUTE)] {
            tx.add_failed_sign_in(key, make::at(millis)).await.unwrap();
        }
        assert_eq!(tx.count_failed_sign_ins("ada", make::at(0)).await.unwrap(), 2);
        assert_eq!(tx.count_failed_sign_ins("ada", make::at(1)).await.unwrap(), 1);
        assert_eq!(tx.count_failed_sign_ins(odd, make::at(0)).await.unwrap(), 1);
        tx.clear_failed_sign_ins("ada").await.unwrap();
        assert_eq!(tx.count_failed_sign_ins("ada", make::at(0)).await.unwrap(), 0);
        tx.add_failed_sign_in("cyd", make::at(2 * DAY)).await.unwrap();
        assert_eq!(tx.count_failed_sign_ins("bob", make::at(0)).await.unwrap(), 0);
    });
}

/// Tokens are found until they end or are taken back by whose they are.
pub async fn tokens(store: Arc<dyn Store>) {
    let (ada, token) = (make::user(1, "ada"), make::token(1, 1, 0));
    write!(store, tx => {
        tx.add_user(&ada).await.unwrap();
        tx.add_token(&token).await.unwrap();
        tx.add_token(&make::token(2, 1, 5)).await.unwrap();
        tx.touch_token(make::token_id(2), make::at(60)).await.unwrap();
    });
    read!(store, tx => {
        assert_eq!(tx.token_by_secret("hash1", make::at(999)).await.unwrap(), Some((token.clone(), ada)));
        assert_eq!(tx.token_by_secret("hash1", make::at(1_000)).await.unwrap(), None);
        let all = tx.tokens_of(make::user_id(1)).await.unwrap();
        assert_eq!(all.iter().map(|t| (t.id, t.last_used_at)).collect::<Vec<_>>(), [
            (make::token_id(2), Some(make::at(60))),
            (make::token_id(1), None),
        ]);
    });
    write!(store, tx => {
        assert!(!tx.revoke_token(token.id, make::user_id(2), make::at(7)).await.unwrap(), "not theirs");
        assert!(tx.revoke_token(token.id, make::user_id(1), make::at(7)).await.unwrap());
        assert!(!tx.revoke_token(token.id, make::user_id(1), make::at(8)).await.unwrap(), "already gone");
        assert_eq!(tx.token_by_secret("hash1", make::at(9)).await.unwrap(), None);
        refused!(tx.touch_token(make::token_id(9), make::at(0)).await, StoreError::Dangling(_));
    });
    let gone = read!(store, tx => tx.tokens_of(make::user_id(1)).await.unwrap());
    assert_eq!(gone[1].revoked_at, Some(make::at(7)));
}

/// The audit log reads newest first; new lines shift no page; a broken cursor is said to be one.
pub async fn audit(store: Arc<dyn Store>) {
    write!(store, tx => {
        for n in 1..=25 {
            // Several lines of one instant: the id decides.
            tx.add_audit(&make::audit(n, i64::try_from(n / 3).unwrap())).await.unwrap();
        }
    });
    let first = read!(store, tx => tx.audit(None, 10).await.unwrap());
    assert_eq!(first.items[0], make::audit(25, 8));
    write!(store, tx => tx.add_audit(&make::audit(26, 99)).await.unwrap());
    let rest = read!(store, tx => {
        let mut rest = Vec::new();
        let mut next = first.next.clone();
        while let Some(cursor) = next {
            let page = tx.audit(Some(&cursor), 10).await.unwrap();
            rest.extend(page.items);
            next = page.next;
        }
        rest
    });
    let ids: Vec<_> = first.items.iter().chain(&rest).map(|line| line.id).collect();
    assert_eq!(ids, (1..=25).rev().map(make::audit_id).collect::<Vec<_>>());
    read!(store, tx => {
        for cursor in NO_CURSORS {
            refused!(tx.audit(Some(cursor), 10).await, StoreError::BadCursor);
        }
        let all = walk!(cursor => tx.audit(cursor, 1).await.unwrap());
        assert_eq!(all.len(), 26);
    });
}
