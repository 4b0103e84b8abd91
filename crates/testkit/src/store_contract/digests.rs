//! Digests of past weeks.

use super::{make, read, write};
use serde_json::json;
use slipway_ports::{Store, store::digests::StoredDigest};
use std::sync::Arc;

fn digest(owner: &str, week: &str, said: &str) -> StoredDigest {
    StoredDigest { owner: owner.to_owned(), week: week.to_owned(), body: json!({ "said": said }), made_at: make::at(3) }
}

/// One for each team and week: what was said first stays.
pub async fn digests(store: Arc<dyn Store>) {
    let first = digest("group:default/a", "2026-W09", make::DIFFICULT);
    write!(store, tx => {
        assert!(tx.add_digest(&first).await.unwrap());
        assert!(!tx.add_digest(&digest("group:default/a", "2026-W09", "other")).await.unwrap());
        assert!(tx.add_digest(&digest("group:default/a", "2026-W10", "later")).await.unwrap());
        assert!(tx.add_digest(&digest("group:default/b", "2026-W09", "theirs")).await.unwrap());
    });
    read!(store, tx => {
        assert_eq!(tx.digest("group:default/a", "2026-W09").await.unwrap(), Some(first));
        assert_eq!(tx.digest("group:default/a", "2026-W08\0").await.unwrap(), None);
        assert_eq!(tx.digest_weeks("group:default/a", 10).await.unwrap(), ["2026-W10", "2026-W09"]);
        assert_eq!(tx.digest_weeks("group:default/a", 1).await.unwrap(), ["2026-W10"]);
        let mut owners = tx.digest_owners("2026-W09").await.unwrap();
        owners.sort();
        assert_eq!(owners, ["group:default/a", "group:default/b"]);
    });
}
