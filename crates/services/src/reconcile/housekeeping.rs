//! Forgets what has served its time.

use crate::{Result, Slipway, errors::store};
use slipway_domain::time::{DAY, HOUR};
use std::sync::Arc;

/// Expired sessions, old feed entries, leases nobody holds.
pub(super) async fn pass(slipway: Arc<Slipway>) -> Result<u64> {
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    let mut gone = tx.delete_expired_sessions(now).await.map_err(store)?;
    gone += tx.trim_feed(now.plus(-HOUR)).await.map_err(store)?;
    gone += tx.delete_expired_leases(now.plus(-DAY)).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(gone)
}
