//! Steps of scaffold runs that wait for a person's word.

use super::{make, read, refused, write};
use slipway_domain::{access::Role, scaffold::Approval};
use slipway_ports::{Store, StoreError};
use std::sync::Arc;

fn approval(n: u128, run: u128, millis: i64) -> Approval {
    Approval {
        id: make::approval_id(n),
        run: make::run_id(run),
        title: make::DIFFICULT.to_owned(),
        user: make::user_id(1),
        step: "ask".to_owned(),
        message: make::DIFFICULT.to_owned(),
        role: Role::TeamLead,
        team: Some("group:default/payments".to_owned()),
        other_person: true,
        asked_at: make::at(millis),
        expires_at: None,
        approved: None,
        decided_by: None,
        reason: String::new(),
        decided_at: None,
    }
}

/// A run that waits is no worker's, until somebody decided or the time is over; what was decided stays.
pub async fn approvals(store: Arc<dyn Store>) {
    let open = approval(1, 1, 5);
    let short = Approval { team: None, expires_at: Some(make::at(50)), ..approval(2, 2, 6) };
    write!(store, tx => {
        tx.add_user(&make::user(1, "ada")).await.unwrap();
        for n in 1..=3 {
            tx.add_run(&make::run(n, i64::try_from(n).unwrap()), &[]).await.unwrap();
        }
        tx.add_approval(&short).await.unwrap();
        tx.add_approval(&open).await.unwrap();
        refused!(tx.add_approval(&open).await, StoreError::Conflict(_));
    });
    read!(store, tx => {
        assert_eq!(tx.approval(open.id).await.unwrap().as_ref(), Some(&open));
        assert_eq!(tx.approval(make::approval_id(9)).await.unwrap(), None);
        assert_eq!(tx.approvals_of(make::run_id(2)).await.unwrap(), std::slice::from_ref(&short));
        assert_eq!(tx.open_approvals(make::at(49), 10).await.unwrap(), [open.clone(), short.clone()]);
        assert_eq!(tx.open_approvals(make::at(49), 1).await.unwrap(), std::slice::from_ref(&open));
        assert_eq!(tx.open_approvals(make::at(50), 10).await.unwrap(), std::slice::from_ref(&open));
        assert_eq!(tx.active_runs(make::at(49), 10).await.unwrap(), [make::run_id(3)]);
        assert_eq!(tx.active_runs(make::at(50), 10).await.unwrap(), [2, 3].map(make::run_id));
    });
    let decided = Approval {
        approved: Some(true),
        decided_by: Some(make::DIFFICULT.to_owned()),
        reason: make::DIFFICULT.to_owned(),
        decided_at: Some(make::at(9)),
        ..open.clone()
    };
    let refusal = Approval { approved: Some(false), ..decided.clone() };
    write!(store, tx => {
        assert!(tx.decide_approval(&decided).await.unwrap());
        assert!(!tx.decide_approval(&refusal).await.unwrap(), "the first word stands");
        tx.reopen_approvals(open.run).await.unwrap();
        tx.reopen_approvals(short.run).await.unwrap();
    });
    read!(store, tx => {
        assert_eq!(tx.approval(open.id).await.unwrap().as_ref(), Some(&decided));
        assert_eq!(tx.approval(short.id).await.unwrap(), None, "asked for again");
        assert_eq!(tx.active_runs(make::at(49), 10).await.unwrap(), [1, 2, 3].map(make::run_id));
    });
    write!(store, tx => {
        tx.delete_approval(open.id).await.unwrap();
        tx.delete_approval(open.id).await.unwrap();
        assert_eq!(tx.approvals_of(open.run).await.unwrap(), []);
    });
}
