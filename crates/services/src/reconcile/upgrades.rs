//! Notes upgrades that were merged elsewhere, and carries campaigns on.

use super::{acquire, pool::Pool, release};
use crate::{Result, Slipway, errors::store, upgrades};
use slipway_domain::ids::CampaignId;
use std::{collections::BTreeSet, sync::Arc, sync::Mutex, sync::PoisonError};

/// How many campaigns one process carries on at a time.
const AT_ONCE: usize = 4;

/// Looks at every open upgrade, and at every campaign that runs.
pub(super) async fn pass(slipway: Arc<Slipway>) -> Result<u64> {
    let settled = upgrades::settle(&slipway).await?;
    let slipway = &*slipway;
    // Each campaign once a pass: what it waits for does not come faster by looking again.
    let looked_at = Mutex::new(BTreeSet::new());
    let due = || async {
        let running = slipway.read().await?.running_campaigns(100).await.map_err(store)?;
        let looked_at = looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(running.into_iter().filter(|id| !looked_at.contains(id)).collect())
    };
    let work = |id: CampaignId| {
        looked_at.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        carry_on(slipway, id)
    };
    let carried = Pool::new(&slipway.wake.upgrades, AT_ONCE).work_on_all(due, work).await?;
    Ok(settled + carried)
}

/// `false`: somebody else carries it on.
async fn carry_on(slipway: &Slipway, id: CampaignId) -> Result<bool> {
    let Some(lease) = acquire(slipway, &format!("campaign:{id}")).await? else { return Ok(false) };
    let done = upgrades::advance(slipway, &lease, id).await;
    release(slipway, &lease).await?;
    done.map(|()| true)
}
