//! Carries deployments through their states. The decision is `slipway_domain::plan`; here is only doing and writing down.

use super::{LEASE, acquire, overtaken, pool::Pool, release};
use crate::{
    Result, Slipway,
    deployments::{end, enter, portal_line},
    errors::store,
    insights::events::deployment_event,
    subscriptions,
};
use slipway_domain::{
    artifact::Artifact,
    deployment::{Deployment, DeploymentState, Lane, Placement, TimelineEvent},
    environment::Tier,
    ids::DeploymentId,
    plan::{Context, Step, after_bad_probe, plan},
    runtime::{Cause, Desired, Observed, Target},
    workload::spec_hash,
};
use slipway_ports::{
    Runtime, Tx,
    runtime::RuntimeError,
    store::{leases::Lease, services::Service},
};
use std::{sync::Arc, time::Duration};

/// How many deployments one process works on at a time.
const AT_ONCE: usize = 64;

/// Works on every deployment that is not over and that nobody else works on.
pub(super) async fn pass(slipway: Arc<Slipway>) -> Result<u64> {
    let due = || async {
        let mut tx = slipway.read().await?;
        tx.active_deployments(200).await.map_err(store)
    };
    Pool::new(&slipway.wake.deployments, AT_ONCE).work_on_all(due, |id| work_on(&slipway, id)).await
}

/// What is known of a deployment while working on it.
struct Case {
    deployment: Deployment,
    service: Service,
    artifact: Artifact,
    placement: Placement,
    previous: Option<(Deployment, Artifact)>,
}

impl Case {
    fn target(&self) -> Target {
        Target { service: self.service.name.clone(), environment: self.deployment.environment.clone() }
    }

    fn desired(&self, deployment: &Deployment, artifact: &Artifact) -> Desired {
        Desired {
            target: self.target(),
            deployment: deployment.id,
            image: artifact.reference(),
            revision: artifact.revision.clone(),
            owner: self.service.owner.clone(),
            workload: deployment.workload.clone(),
        }
    }

    fn wanted_hash(&self) -> String {
        spec_hash(&self.artifact.reference(), &self.deployment.workload)
    }

    fn previous_hash(&self) -> Option<String> {
        self.previous.as_ref().map(|(deployment, artifact)| spec_hash(&artifact.reference(), &deployment.workload))
    }
}

async fn load(tx: &mut dyn Tx, id: DeploymentId) -> Result<Option<Case>> {
    let Some(deployment) = tx.deployment(id).await.map_err(store)? else { return Ok(None) };
    let Some(service) = tx.service(deployment.service).await.map_err(store)? else { return Ok(None) };
    let Some(artifact) = tx.artifact(deployment.artifact).await.map_err(store)? else { return Ok(None) };
    let Some(placement) = tx.placement(deployment.placement).await.map_err(store)? else { return Ok(None) };
    let previous = match deployment.previous {
        Some(previous) => tx.deployment(previous).await.map_err(store)?,
        None => None,
    };
    let previous = match previous {
        Some(previous) => tx.artifact(previous.artifact).await.map_err(store)?.map(|artifact| (previous, artifact)),
        None => None,
    };
    Ok(Some(Case { deployment, service, artifact, placement, previous }))
}

/// Takes steps until the deployment is over. `false`: somebody else works on it, or will when this program has stopped.
async fn work_on(slipway: &Slipway, id: DeploymentId) -> Result<bool> {
    let Some(lease) = acquire(slipway, &format!("deployment:{id}")).await? else { return Ok(false) };
    loop {
        match step(slipway, &lease, id).await? {
            Next::Again(millis) => {
                let pause = tokio::time::sleep(Duration::from_millis(millis));
                if slipway.wake.stopping.run_until_cancelled(pause).await.is_none() {
                    release(slipway, &lease).await?;
                    return Ok(false);
                }
            }
            Next::Over => break,
            Next::Overtaken => return Ok(false),
        }
    }
    release(slipway, &lease).await?;
    Ok(true)
}

enum Next {
    Again(u64),
    Over,
    Overtaken,
}

async fn step(slipway: &Slipway, lease: &Lease, id: DeploymentId) -> Result<Next> {
    let case = {
        let mut tx = slipway.read().await?;
        load(&mut *tx, id).await?
    };
    let Some(case) = case else { return Ok(Next::Over) };
    if case.deployment.state.is_final() {
        return Ok(Next::Over);
    }
    let Some(runtime) = slipway.runtimes.get(&case.placement.runtime).cloned() else {
        let cause = Cause {
            code: "runtime-missing".to_owned(),
            message: format!("The runtime `{}` is not configured any more.", case.placement.runtime),
            mend: "Configure the runtime again, then deploy again.".to_owned(),
        };
        return write(slipway, lease, &case, None, Change::Fail(cause)).await;
    };
    // Nothing was asked of the runtime yet: no need to look before the first step.
    let observed = if case.deployment.state == DeploymentState::Pending {
        Observed::absent(slipway.clock.now())
    } else {
        match runtime.observe(&case.target(), case.deployment.handle.as_deref()).await {
            Ok(observed) => observed,
            Err(error) => return trouble(slipway, lease, &case, &error).await,
        }
    };
    let (wanted, previous) = (case.wanted_hash(), case.previous_hash());
    let context = Context { wanted: &wanted, previous: previous.as_deref(), now: slipway.clock.now() };
    match plan(&case.deployment, &observed, context) {
        Step::Done => Ok(Next::Over),
        Step::Ensure if case.deployment.state == DeploymentState::Pending => {
            write(slipway, lease, &case, None, Change::Begin).await
        }
        Step::Ensure => {
            let desired = case.desired(&case.deployment, &case.artifact);
            match runtime.ensure(&desired, case.deployment.handle.as_deref()).await {
                Ok(told) => write(slipway, lease, &case, Some(&told), Change::Told).await,
                Err(error) => trouble(slipway, lease, &case, &error).await,
            }
        }
        Step::Wait(millis, detail) => {
            let next = write(slipway, lease, &case, Some(&observed), Change::Waiting(detail)).await?;
            Ok(if let Next::Again(_) = next { Next::Again(millis.unsigned_abs().min(700)) } else { next })
        }
        Step::Verify => write(slipway, lease, &case, Some(&observed), Change::Verify).await,
        Step::Probe => probe(slipway, lease, &case, &observed, context).await,
        Step::Succeed => write(slipway, lease, &case, Some(&observed), Change::Succeed).await,
        Step::RollBack(cause) => write(slipway, lease, &case, Some(&observed), Change::RollBack(cause)).await,
        Step::Return => return_to_previous(slipway, lease, &case, &*runtime).await,
        Step::RolledBack => write(slipway, lease, &case, Some(&observed), Change::RolledBack).await,
        Step::Fail(cause) => write(slipway, lease, &case, Some(&observed), Change::Fail(cause)).await,
    }
}

async fn return_to_previous(slipway: &Slipway, lease: &Lease, case: &Case, runtime: &dyn Runtime) -> Result<Next> {
    let Some((previous, artifact)) = &case.previous else { return Ok(Next::Over) };
    let desired = case.desired(previous, artifact);
    match runtime.roll_back(&desired, case.deployment.handle.as_deref()).await {
        Ok(told) => write(slipway, lease, case, Some(&told), Change::Returning(previous.number)).await,
        Err(error) => trouble(slipway, lease, case, &error).await,
    }
}

async fn probe(
    slipway: &Slipway,
    lease: &Lease,
    case: &Case,
    observed: &Observed,
    context: Context<'_>,
) -> Result<Next> {
    let (ok, message) = match &observed.url {
        Some(url) => {
            let path = &case.deployment.workload.health_path;
            let result = slipway.prober.get(&format!("{url}{path}")).await;
            (result.ok, format!("GET {path}: {}", result.message))
        }
        // Without an address to ask, the runtime's own health checks are all there is.
        None => {
            (observed.ready >= observed.desired, format!("{} of {} instances ready", observed.ready, observed.desired))
        }
    };
    let change = match (!ok).then(|| after_bad_probe(&case.deployment, context)).flatten() {
        Some(Step::RollBack(cause)) => Change::RollBack(with_answer(cause, &message)),
        Some(Step::Fail(cause)) => Change::Fail(with_answer(cause, &message)),
        _ => Change::Probed { ok, message },
    };
    write(slipway, lease, case, Some(observed), change).await
}

/// The cause together with the answer that decided.
fn with_answer(cause: Cause, answer: &str) -> Cause {
    Cause { message: format!("{} The last answer: {answer}.", cause.message), ..cause }
}

/// A runtime that could not do it: later, or never.
async fn trouble(slipway: &Slipway, lease: &Lease, case: &Case, error: &RuntimeError) -> Result<Next> {
    let cause = crate::errors::cause(error);
    let too_long = slipway.clock.now().since(case.deployment.state_since) > slipway_domain::plan::ROLLOUT_DEADLINE;
    if error.is_transient() && !too_long {
        let next = write(slipway, lease, case, None, Change::Waiting(cause.message)).await?;
        return Ok(if let Next::Again(_) = next { Next::Again(2_000) } else { next });
    }
    // What was refused changed nothing on the runtime, so the version before is what still runs.
    write(slipway, lease, case, None, Change::Fail(cause)).await
}

/// What to write down.
enum Change {
    Begin,
    Told,
    Waiting(String),
    Verify,
    Probed { ok: bool, message: String },
    Succeed,
    RollBack(Cause),
    Returning(i64),
    RolledBack,
    Fail(Cause),
}

/// Writes one change with what was seen, under the lease, in one transaction.
async fn write(
    slipway: &Slipway,
    lease: &Lease,
    case: &Case,
    observed: Option<&Observed>,
    change: Change,
) -> Result<Next> {
    let now = slipway.clock.now();
    let mut deployment = case.deployment.clone();
    let mut lines = observed.map(|observed| heard(&deployment, observed)).unwrap_or_default();
    let version = deployment.number;
    let mut finished = None;
    let runtime = &case.placement.runtime;
    let says = |lane, key: String, message: String, warning| TimelineEvent {
        deployment: case.deployment.id,
        key,
        at: now,
        lane,
        message,
        warning,
    };
    let portal = |key: &str, message: String| portal_line(&case.deployment, key, now, message);
    match change {
        Change::Begin => {
            enter(&mut deployment, DeploymentState::RollingOut, now);
            deployment.started_at = Some(now);
            lines.push(portal("begin", format!("Telling {runtime} to run v{version}")));
        }
        Change::Told => {
            deployment.handle = observed.and_then(|o| o.handle.clone()).or(deployment.handle);
            lines.push(says(Lane::Runtime, "told".to_owned(), format!("{runtime} accepted v{version}"), false));
        }
        Change::Waiting(detail) => {
            lines.push(says(Lane::Runtime, format!("waiting:{}:{detail}", deployment.state.as_str()), detail, false));
        }
        Change::Verify => {
            enter(&mut deployment, DeploymentState::Verifying, now);
            deployment.good_probes = 0;
            lines.push(says(Lane::Runtime, "completed".to_owned(), format!("{runtime} says v{version} runs"), false));
        }
        Change::Probed { ok, message } => {
            deployment.good_probes = if ok { deployment.good_probes + 1 } else { 0 };
            let key = format!("probe:{}:{message}", if ok { deployment.good_probes } else { 0 });
            lines.push(says(Lane::Probe, key, message, !ok));
        }
        Change::Succeed => {
            end(&mut deployment, DeploymentState::Succeeded, now);
            lines.push(portal("succeeded", format!("v{version} runs and answers in {}", deployment.environment)));
            finished = Some(true);
        }
        Change::RollBack(cause) => {
            lines.push(says(Lane::Runtime, "cause".to_owned(), cause.message.clone(), true));
            enter(&mut deployment, DeploymentState::RollingBack, now);
            deployment.cause = Some(cause);
        }
        Change::Returning(number) => {
            deployment.handle = observed.and_then(|o| o.handle.clone()).or(deployment.handle);
            lines.push(portal("returning", format!("Telling {runtime} to return to v{number}")));
        }
        Change::RolledBack => {
            end(&mut deployment, DeploymentState::RolledBack, now);
            let number = case.previous.as_ref().map_or(0, |(previous, _)| previous.number);
            lines.push(portal("rolled-back", format!("v{number} runs again in {}", deployment.environment)));
            finished = Some(false);
        }
        Change::Fail(cause) => {
            end(&mut deployment, DeploymentState::Failed, now);
            lines.push(TimelineEvent {
                warning: true,
                ..portal("failed", format!("v{version} failed: {}", cause.message))
            });
            deployment.cause = Some(cause);
            finished = Some(false);
        }
    }
    let result = commit(slipway, lease, case, &deployment, &lines, finished).await;
    match result {
        Ok(()) if deployment.state.is_final() => {
            slipway.wake.observer.notify_one();
            slipway.wake.notices.notify_one();
            Ok(Next::Over)
        }
        Ok(()) => Ok(Next::Again(250)),
        Err(error) if overtaken(&error) => Ok(Next::Overtaken),
        Err(error) => Err(store(error)),
    }
}

async fn commit(
    slipway: &Slipway,
    lease: &Lease,
    case: &Case,
    deployment: &Deployment,
    lines: &[TimelineEvent],
    finished: Option<bool>,
) -> Result<(), slipway_ports::StoreError> {
    let now = slipway.clock.now();
    let mut tx = slipway.store.begin_write().await?;
    tx.hold_lease(lease, now, LEASE).await?;
    let new_lines = tx.add_timeline(lines).await?;
    let changed = *deployment != case.deployment;
    if changed {
        tx.set_deployment(deployment).await?;
    }
    if changed || new_lines > 0 {
        tx.publish("deployment", &deployment.id.to_string(), deployment.version + 1, now).await?;
    }
    if let Some(succeeded) = finished {
        if let Some(mut placement) = tx.placement(deployment.placement).await? {
            if succeeded {
                placement.current = Some(deployment.id);
            }
            placement.observe_at = now;
            tx.set_placement(&placement).await?;
            tx.publish("placement", &placement.id.to_string(), placement.version + 1, now).await?;
        }
        let environments = tx.environments().await?;
        if environments.iter().any(|e| e.name == deployment.environment && e.tier == Tier::Production) {
            tx.add_delivery(&[deployment_event(deployment, &case.artifact, succeeded)]).await?;
            tx.publish("delivery", &case.service.name, 0, now).await?;
        }
        if let Some(deed) = subscriptions::deployment(deployment, &case.artifact, &case.service) {
            subscriptions::announce(slipway, &mut *tx, &deed).await?;
        }
    }
    tx.commit().await
}

/// What the runtime said by itself since this deployment began.
fn heard(deployment: &Deployment, observed: &Observed) -> Vec<TimelineEvent> {
    let since = deployment.started_at.unwrap_or(deployment.requested_at);
    observed
        .events
        .iter()
        // Runtimes date events to the second.
        .filter(|event| event.at.plus(1_000) >= since)
        .map(|event| TimelineEvent {
            deployment: deployment.id,
            key: format!("runtime:{}", event.id),
            at: event.at,
            lane: Lane::Runtime,
            message: event.message.clone(),
            warning: event.warning,
        })
        .collect()
}
