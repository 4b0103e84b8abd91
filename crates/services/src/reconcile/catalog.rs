//! Reads again what the catalogue reads from: the templates that ship when their folder changed, every other location when its time
//! has come or it was pushed to.

use super::{acquire, pool::Pool, release};
use crate::{Result, Slipway, catalog};
use slipway_domain::ids::LocationId;
use std::{collections::BTreeSet, sync::Arc, sync::Mutex, sync::PoisonError};

/// How many locations one process reads at a time.
const AT_ONCE: usize = 4;

/// Looks at the built-in folder, and at every location that is due.
pub(super) async fn pass(slipway: Arc<Slipway>) -> Result<u64> {
    let built_in = catalog::read_built_in(&slipway).await?;
    let slipway = &*slipway;
    // Each location once a pass: one that cannot be read stays due.
    let looked_at = Mutex::new(BTreeSet::new());
    let due = || async {
        let due = catalog::due(slipway).await?;
        let looked_at = looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(due.into_iter().filter(|id| !looked_at.contains(id)).collect())
    };
    let work = |id: LocationId| {
        looked_at.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        read(slipway, id)
    };
    let read = Pool::new(&slipway.wake.catalog, AT_ONCE).work_on_all(due, work).await?;
    Ok(read + u64::from(built_in.is_some()))
}

/// `false`: somebody else reads it.
async fn read(slipway: &Slipway, id: LocationId) -> Result<bool> {
    let Some(lease) = acquire(slipway, &format!("location:{id}")).await? else { return Ok(false) };
    let done = catalog::read_again(slipway, id).await;
    release(slipway, &lease).await?;
    done.map(|()| true)
}
