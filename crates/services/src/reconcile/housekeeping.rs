//! Forgets what has served its time.

use crate::{Result, Slipway, errors::store};
use slipway_domain::time::{DAY, HOUR};
use std::sync::Arc;

/// How long what a source sent is kept, to be read again and to know it when it comes again.
const KEPT: i64 = 90 * DAY;

/// Expired sessions, old feed entries, leases nobody holds, what sources sent and subscribers were told long ago.
pub(super) async fn pass(slipway: Arc<Slipway>) -> Result<u64> {
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    let mut gone = tx.delete_expired_sessions(now).await.map_err(store)?;
    gone += tx.trim_feed(now.plus(-HOUR)).await.map_err(store)?;
    gone += tx.delete_expired_leases(now.plus(-DAY)).await.map_err(store)?;
    gone += tx.trim_source_deliveries(now.plus(-KEPT)).await.map_err(store)?;
    gone += tx.trim_notices(now.plus(-KEPT)).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(gone)
}
