//! Reconcilers: workers that make what is look like what is wanted.
//!
//! Each takes no input, looks at rows and at the world, does the next idempotent step and writes down what it saw. It is woken
//! by a bell and by a timer, holds a lease with a fencing token while it works on a row, and may die at any instant: another
//! takes over. A worker that panics is started again, with backoff; the rest goes on.

mod builds;
mod catalog;
mod deployments;
mod digests;
mod housekeeping;
mod ingest;
mod notices;
mod observer;
mod pool;
mod pushes;
mod rollups;
mod runs;
mod upgrades;

pub(crate) use builds::slipway_caller;

use crate::{Result, Slipway, errors::store};
use slipway_domain::time::SECOND;
use slipway_ports::{StoreError, store::leases::Lease};
use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long a lease holds without being renewed, milliseconds. After a crash this is how long another waits.
pub(crate) const LEASE: i64 = 10 * SECOND;

/// What a worker did lately, for operators.
#[derive(Clone, Debug, Default)]
pub struct WorkerStatus {
    /// Passes that ended.
    pub passes: u64,
    /// Passes that failed.
    pub failures: u64,
    /// Times it panicked and was started again.
    pub restarts: u64,
    /// How many things the last pass worked on.
    pub last_count: u64,
    /// Why the last pass failed; `None` when it did not.
    pub last_error: Option<String>,
}

type Statuses = Arc<Mutex<BTreeMap<&'static str, WorkerStatus>>>;
type Pass = fn(Arc<Slipway>) -> Pin<Box<dyn Future<Output = Result<u64>> + Send>>;

/// The running workers.
#[derive(Debug)]
pub struct Supervisor {
    workers: JoinSet<()>,
    statuses: Statuses,
}

impl Supervisor {
    /// What each worker did lately.
    pub fn status(&self) -> BTreeMap<&'static str, WorkerStatus> {
        self.statuses.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A handle that gives the same while the supervisor itself is waited for.
    pub fn statuses(&self) -> impl Fn() -> BTreeMap<&'static str, WorkerStatus> + Clone + Send + Sync + 'static {
        let statuses = self.statuses.clone();
        move || statuses.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until every worker has stopped; cancel the token first.
    pub async fn stopped(mut self) {
        while self.workers.join_next().await.is_some() {}
    }
}

/// Starts every worker. They stop between passes when `shutdown` is cancelled.
pub fn start(slipway: Arc<Slipway>, shutdown: CancellationToken) -> Supervisor {
    let statuses = Statuses::default();
    let mut workers = JoinSet::new();
    let mut worker = |name, period, pass: Pass, bell: fn(&Slipway) -> Option<&tokio::sync::Notify>| {
        workers.spawn(supervise(name, period, pass, bell, slipway.clone(), statuses.clone(), shutdown.clone()));
    };
    worker("deployments", 1_000, |s| Box::pin(deployments::pass(s)), |s| Some(&s.wake.deployments));
    worker("runs", 2_000, |s| Box::pin(runs::pass(s)), |s| Some(&s.wake.runs));
    worker("builds", 2_000, |s| Box::pin(builds::pass(s)), |s| Some(&s.wake.builds));
    worker("observer", 2_000, |s| Box::pin(observer::pass(s)), |s| Some(&s.wake.observer));
    worker("ingest", 15_000, |s| Box::pin(ingest::pass(s)), |s| Some(&s.wake.ingest));
    worker("notices", 5_000, |s| Box::pin(notices::pass(s)), |s| Some(&s.wake.notices));
    worker("pushes", 15_000, |s| Box::pin(pushes::pass(s)), |_| None);
    worker("catalog", 10_000, |s| Box::pin(catalog::pass(s)), |s| Some(&s.wake.catalog));
    worker("upgrades", 10_000, |s| Box::pin(upgrades::pass(s)), |s| Some(&s.wake.upgrades));
    worker("digests", 600_000, |s| Box::pin(digests::pass(s)), |_| None);
    worker("rollups", 1_000, |s| Box::pin(rollups::pass(s)), |_| None);
    worker("rollups-check", 600_000, |s| Box::pin(rollups::check(s)), |_| None);
    worker("housekeeping", 600_000, |s| Box::pin(housekeeping::pass(s)), |_| None);
    Supervisor { workers, statuses }
}

async fn supervise(
    name: &'static str,
    period_millis: u64,
    pass: Pass,
    bell: fn(&Slipway) -> Option<&tokio::sync::Notify>,
    slipway: Arc<Slipway>,
    statuses: Statuses,
    shutdown: CancellationToken,
) {
    let mut panics_in_a_row = 0_u32;
    while !shutdown.is_cancelled() {
        // A task of its own, so that a panic ends the pass and not the worker.
        let ended = tokio::spawn(pass(slipway.clone())).await;
        let mut wait = period_millis;
        {
            let mut statuses = statuses.lock().unwrap_or_else(PoisonError::into_inner);
            let status = statuses.entry(name).or_default();
            match ended {
                Ok(Ok(count)) => {
                    panics_in_a_row = 0;
                    status.passes += 1;
                    status.last_count = count;
                    status.last_error = None;
                }
                Ok(Err(error)) => {
                    status.failures += 1;
                    status.last_error = Some(error.to_string());
                    tracing::warn!(worker.name = name, error.cause = %error, "a worker's pass failed; it tries again");
                }
                Err(error) => {
                    panics_in_a_row += 1;
                    status.restarts += 1;
                    status.last_error = Some(error.to_string());
                    wait = 1_000 * u64::from(2_u32.saturating_pow(panics_in_a_row.min(6)));
                    tracing::error!(worker.name = name, error.cause = %error, "a worker panicked; it starts again in {wait} ms");
                }
            }
        }
        let rung = async {
            match bell(&slipway) {
                Some(bell) => bell.notified().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = rung => {}
            () = tokio::time::sleep(Duration::from_millis(wait)) => {}
        }
    }
}

/// One pass of the worker `digests`. For tests and tools that do without a supervisor.
pub async fn pass_digests(slipway: Arc<Slipway>) -> Result<u64> {
    digests::pass(slipway).await
}

/// One pass of the worker `rollups`: makes the days of every service of which the log says more.
pub async fn pass_rollups(slipway: Arc<Slipway>) -> Result<u64> {
    rollups::pass(slipway).await
}

/// One pass of the worker `rollups-check`: compares some days with the log, once a day.
pub async fn pass_rollups_check(slipway: Arc<Slipway>) -> Result<u64> {
    rollups::check(slipway).await
}

/// One pass of the worker `runs`: takes every scaffold run as far as it goes. For tests and tools that do without a supervisor.
pub async fn pass_runs(slipway: Arc<Slipway>) -> Result<u64> {
    runs::pass(slipway).await
}

/// One pass of the worker `ingest`: tells what was kept and not told.
pub async fn pass_ingest(slipway: Arc<Slipway>) -> Result<u64> {
    ingest::pass(slipway).await
}

/// One pass of the worker `notices`: tries everything that is due.
pub async fn pass_notices(slipway: Arc<Slipway>) -> Result<u64> {
    notices::pass(slipway).await
}

/// One pass of the worker `catalog`: reads every location again whose time has come.
pub async fn pass_catalog(slipway: Arc<Slipway>) -> Result<u64> {
    catalog::pass(slipway).await
}

/// One pass of the worker `upgrades`: takes every campaign as far as it goes.
pub async fn pass_upgrades(slipway: Arc<Slipway>) -> Result<u64> {
    upgrades::pass(slipway).await
}

/// One pass of the worker `builds`: builds what is queued.
pub async fn pass_builds(slipway: Arc<Slipway>) -> Result<u64> {
    builds::pass(slipway).await
}

/// One pass of the worker `deployments`: takes every deployment as far as it goes.
pub async fn pass_deployments(slipway: Arc<Slipway>) -> Result<u64> {
    deployments::pass(slipway).await
}

/// Takes the lease `name`; `None` when another worker holds it.
pub(crate) async fn acquire(slipway: &Slipway, name: &str) -> Result<Option<Lease>> {
    let mut tx = slipway.write().await?;
    let lease = tx.acquire_lease(name, &slipway.worker, slipway.clock.now(), LEASE).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(lease)
}

pub(crate) async fn release(slipway: &Slipway, lease: &Lease) -> Result<()> {
    let mut tx = slipway.write().await?;
    tx.release_lease(lease).await.map_err(store)?;
    tx.commit().await.map_err(store)
}

/// Whether a write failed because somebody else changed the row or took the lease: nothing was written, look again.
pub(crate) fn overtaken(error: &StoreError) -> bool {
    matches!(error, StoreError::Conflict(_) | StoreError::LeaseLost(_))
}
