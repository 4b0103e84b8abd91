//! Finds pushes that were accepted but, because of a crash, never recorded.

use crate::{Result, Slipway, errors::store, repositories};
use std::sync::Arc;

/// Compares every repository's head with the one recorded.
pub(super) async fn pass(slipway: Arc<Slipway>) -> Result<u64> {
    let repositories = {
        let mut tx = slipway.read().await?;
        tx.repositories().await.map_err(store)?
    };
    let mut found = 0;
    for repository in repositories {
        if repositories::record_push(&slipway, &repository, "git").await? {
            found += 1;
        }
    }
    Ok(found)
}
