//! Tells what sources sent and was not told: kept just before a crash, or matched to nothing when it came.

use super::pool::Pool;
use crate::{Result, Slipway, errors::store, ingest};
use slipway_domain::time::MINUTE;
use std::sync::Arc;

/// How many deliveries one process reads at a time.
const AT_ONCE: usize = 8;
/// How long after a try something that matched nothing is tried again, milliseconds: somebody may have annotated its component.
const TRY_AGAIN: i64 = 10 * MINUTE;

/// Reads every delivery that is due. Two that read the same one write the same.
pub(super) async fn pass(slipway: Arc<Slipway>) -> Result<u64> {
    // Of the beginning of the pass: what was just tried is not due again within it.
    let before = slipway.clock.now().plus(-TRY_AGAIN);
    let slipway = &*slipway;
    let due = || async {
        let mut tx = slipway.read().await?;
        tx.due_source_deliveries(before, 200).await.map_err(store)
    };
    let tell = |id| async move { ingest::tell(slipway, id).await.map(|_| true) };
    Pool::new(&slipway.wake.ingest, AT_ONCE).work_on_all(due, tell).await
}
