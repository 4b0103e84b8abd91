//! Keeps the days that metrics are read from as the event log says.

use crate::{
    Result, Slipway,
    insights::rollups::{check as compare, make},
};
use std::sync::Arc;

/// Makes the days of marked services anew.
pub(super) async fn pass(slipway: Arc<Slipway>) -> Result<u64> {
    make::pass(&slipway).await
}

/// Compares some of them with the log, once a day.
pub(super) async fn check(slipway: Arc<Slipway>) -> Result<u64> {
    compare::pass(&slipway).await
}
