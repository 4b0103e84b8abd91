//! Keeps every version of every template that is seen, and notes upgrades that were merged elsewhere.

use crate::{Result, Slipway, upgrades};
use std::sync::Arc;

/// Looks at every template on the disk, then at every open upgrade.
pub(super) async fn pass(slipway: Arc<Slipway>) -> Result<u64> {
    upgrades::keep_all(&slipway).await?;
    upgrades::settle(&slipway).await
}
