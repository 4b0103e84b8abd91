//! Waiting for a condition, never for a time to pass.

use std::{
    fmt::Display,
    future::Future,
    time::{Duration, Instant},
};

/// How long anything may take on a machine that does other things too.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// How often a condition is looked at.
const PERIOD: Duration = Duration::from_millis(50);

/// Looks until there is something. `what` is for the failure: "the deployment is over".
///
/// # Panics
/// When it did not come true within [`PATIENCE`].
pub async fn until<T, F: Future<Output = Option<T>>>(what: impl Display, look: impl FnMut() -> F) -> T {
    match within(PATIENCE, look).await {
        Some(found) => found,
        None => panic!("waited {} s in vain until {what}", PATIENCE.as_secs()),
    }
}

/// Looks until there is something, or the time is up.
pub async fn within<T, F: Future<Output = Option<T>>>(time: Duration, mut look: impl FnMut() -> F) -> Option<T> {
    let end = Instant::now() + time;
    loop {
        if let Some(found) = look().await {
            return Some(found);
        }
        if Instant::now() >= end {
            return None;
        }
        tokio::time::sleep(PERIOD).await;
    }
}
