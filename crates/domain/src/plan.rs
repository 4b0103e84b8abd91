//! The decision at the heart of deploying: given a deployment and what was just seen, what is the next step?
//!
//! Pure, so that every path can be tested as a table. The reconciler in `services` asks, does the one step it is told, and
//! writes down the result; it may die in between, and the next one asks again.

use crate::{
    deployment::{Deployment, DeploymentState},
    runtime::{Cause, Observed, Rollout},
    time::{MINUTE, Timestamp},
};

/// How many good probes in a row make a roll-out verified.
pub const GOOD_PROBES: i64 = 2;
/// How long a roll-out may take before it counts as failed, milliseconds.
pub const ROLLOUT_DEADLINE: i64 = 15 * MINUTE;
/// How long verification may take before it counts as failed, milliseconds.
pub const VERIFY_DEADLINE: i64 = MINUTE;
/// How long returning to the version before may take, milliseconds.
pub const ROLLBACK_DEADLINE: i64 = 15 * MINUTE;

/// What to do next. Every step is idempotent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Tell the runtime what is desired; then the state is `RollingOut`.
    Ensure,
    /// Look again after this many milliseconds; the words say what is waited for.
    Wait(i64, String),
    /// The runtime is done: the state is `Verifying`.
    Verify,
    /// Ask the service itself.
    Probe,
    /// All is well: the state is `Succeeded`.
    Succeed,
    /// It failed: the state is `RollingBack`; when the runtime does not do it itself, tell it to return.
    RollBack(Cause),
    /// While `RollingBack`: tell the runtime to return to the version before.
    Return,
    /// The version before runs again: the state is `RolledBack`.
    RolledBack,
    /// It failed and nothing can be returned to: the state is `Failed`.
    Fail(Cause),
    /// Nothing more to do.
    Done,
}

/// What else the decision needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The spec hash of what this deployment wants.
    pub wanted: &'a str,
    /// The spec hash of the version before, when there is one to return to.
    pub previous: Option<&'a str>,
    /// Now.
    pub now: Timestamp,
}

/// The next step for `deployment`, of whose target `observed` was just seen.
pub fn plan(deployment: &Deployment, observed: &Observed, context: Context<'_>) -> Step {
    match deployment.state {
        DeploymentState::Pending => Step::Ensure,
        DeploymentState::RollingOut => rolling_out(deployment, observed, context),
        DeploymentState::Verifying => verifying(deployment, observed, context),
        DeploymentState::RollingBack => rolling_back(deployment, observed, context),
        DeploymentState::Succeeded
        | DeploymentState::RolledBack
        | DeploymentState::Failed
        | DeploymentState::Superseded
        | DeploymentState::Cancelled => Step::Done,
    }
}

fn rolling_out(deployment: &Deployment, observed: &Observed, context: Context<'_>) -> Step {
    let step = rolled_so_far(deployment, observed, context);
    // Only who still waits can be late: a roll-out that ended while nobody looked is judged by how it ended.
    if matches!(step, Step::Ensure | Step::Wait(..)) && late(deployment, context.now, ROLLOUT_DEADLINE) {
        return give_up(context, timeout("The roll-out did not finish within 15 minutes."));
    }
    step
}

fn rolled_so_far(deployment: &Deployment, observed: &Observed, context: Context<'_>) -> Step {
    // Without a handle the runtime speaks of its latest roll-out, which may be an earlier deployment's and says nothing about this one. With
    // a handle it speaks of ours, even when it has gone back to the version before and carries that one's marks again.
    if deployment.handle.is_none() && observed.deployment != Some(deployment.id) {
        return Step::Ensure;
    }
    match &observed.rollout {
        Rollout::Failed { cause } => give_up(context, cause.clone()),
        Rollout::RollingBack { cause } => Step::RollBack(cause.clone()),
        // A first deployment that the runtime took back leaves nothing that runs.
        Rollout::RolledBack { cause } if context.previous.is_none() => Step::Fail(cause.clone()),
        Rollout::RolledBack { cause } => Step::RollBack(cause.clone()),
        // Told before a crash, or not at all: telling twice is harmless, not telling is not.
        _ if observed.spec_hash.as_deref() != Some(context.wanted) => Step::Ensure,
        Rollout::Completed => Step::Verify,
        Rollout::InProgress { detail } => Step::Wait(1_000, detail.clone()),
        Rollout::Unknown => Step::Wait(1_000, "The runtime has not said anything about this roll-out yet.".to_owned()),
    }
}

fn verifying(deployment: &Deployment, observed: &Observed, context: Context<'_>) -> Step {
    match &observed.rollout {
        Rollout::Failed { cause } => return give_up(context, cause.clone()),
        Rollout::RollingBack { cause } | Rollout::RolledBack { cause } => return Step::RollBack(cause.clone()),
        Rollout::Unknown | Rollout::InProgress { .. } | Rollout::Completed => {}
    }
    if deployment.good_probes >= GOOD_PROBES { Step::Succeed } else { Step::Probe }
}

/// What a bad probe means: nothing yet, or that verification failed. A good one is only ever good news, however late: the time may
/// have passed because nobody was there to ask.
#[must_use]
pub fn after_bad_probe(deployment: &Deployment, context: Context<'_>) -> Option<Step> {
    let cause = Cause {
        code: "unhealthy".to_owned(),
        message: "The runtime says it runs, but its health path did not answer well within a minute.".to_owned(),
        mend: "Check that the service listens on the workload's port and that the health path answers 2xx.".to_owned(),
    };
    late(deployment, context.now, VERIFY_DEADLINE).then(|| give_up(context, cause))
}

fn rolling_back(deployment: &Deployment, observed: &Observed, context: Context<'_>) -> Step {
    let Some(previous) = context.previous else {
        return Step::Fail(deployment.cause.clone().unwrap_or_else(|| timeout("The roll-out failed.")));
    };
    let step = returned_so_far(observed, previous);
    if matches!(step, Step::Return | Step::Wait(..)) && late(deployment, context.now, ROLLBACK_DEADLINE) {
        return Step::Fail(timeout("The version before could not be brought back within 15 minutes."));
    }
    step
}

fn returned_so_far(observed: &Observed, previous: &str) -> Step {
    match &observed.rollout {
        Rollout::RolledBack { .. } => Step::RolledBack,
        Rollout::RollingBack { .. } => Step::Wait(1_000, "The runtime is bringing the version before back.".to_owned()),
        Rollout::Completed if observed.spec_hash.as_deref() == Some(previous) => Step::RolledBack,
        Rollout::InProgress { detail } if observed.spec_hash.as_deref() == Some(previous) => {
            Step::Wait(1_000, detail.clone())
        }
        Rollout::Failed { cause } if observed.spec_hash.as_deref() == Some(previous) => Step::Fail(cause.clone()),
        Rollout::Unknown if observed.spec_hash.as_deref() == Some(previous) => {
            Step::Wait(1_000, "The runtime was told to bring the version before back.".to_owned())
        }
        _ => Step::Return,
    }
}

fn give_up(context: Context<'_>, cause: Cause) -> Step {
    if context.previous.is_some() { Step::RollBack(cause) } else { Step::Fail(cause) }
}

fn late(deployment: &Deployment, now: Timestamp, deadline: i64) -> bool {
    now.since(deployment.state_since) > deadline
}

fn timeout(message: &str) -> Cause {
    Cause {
        code: "timeout".to_owned(),
        message: message.to_owned(),
        mend: "Look at the runtime's events below; deploy again when the cause is gone.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        deployment::Intent,
        ids::{ArtifactId, DeploymentId, PlacementId, ServiceId},
        workload::Workload,
    };

    const NEW: &str = "new";
    const OLD: &str = "old";

    fn deployment(state: DeploymentState) -> Deployment {
        let id = Default::default();
        Deployment {
            id: DeploymentId::from_uuid(id),
            service: ServiceId::from_uuid(id),
            placement: PlacementId::from_uuid(id),
            environment: "dev".into(),
            number: 1,
            artifact: ArtifactId::from_uuid(id),
            workload: Workload::default(),
            intent: Intent::Planned,
            reason: None,
            rollback_of: None,
            previous: None,
            state,
            cause: None,
            handle: None,
            requested_by: "ada".into(),
            requested_at: Timestamp::from_millis(0),
            started_at: None,
            state_since: Timestamp::from_millis(0),
            finished_at: None,
            good_probes: 0,
            version: 1,
        }
    }

    fn observed(hash: &str, rollout: Rollout) -> Observed {
        Observed {
            exists: true,
            deployment: Some(DeploymentId::from_uuid(Default::default())),
            spec_hash: Some(hash.into()),
            rollout,
            ..Observed::absent(Timestamp::from_millis(0))
        }
    }

    fn cause() -> Cause {
        Cause { code: "crash".into(), message: "exit 3".into(), mend: "look".into() }
    }

    fn next(state: DeploymentState, observed: &Observed, previous: Option<&str>, now: i64) -> Step {
        plan(&deployment(state), observed, Context { wanted: NEW, previous, now: Timestamp::from_millis(now) })
    }

    #[test]
    fn the_good_path() {
        use DeploymentState::*;
        let absent = Observed::absent(Timestamp::from_millis(0));
        assert_eq!(next(Pending, &absent, None, 0), Step::Ensure);
        assert_eq!(next(RollingOut, &absent, None, 0), Step::Ensure);
        let progress = Rollout::InProgress { detail: "1 of 2".into() };
        assert_eq!(next(RollingOut, &observed(NEW, progress), None, 0), Step::Wait(1_000, "1 of 2".into()));
        assert_eq!(next(RollingOut, &observed(NEW, Rollout::Completed), None, 0), Step::Verify);
        assert_eq!(next(Verifying, &observed(NEW, Rollout::Completed), None, 0), Step::Probe);
        let mut verified = deployment(Verifying);
        verified.good_probes = GOOD_PROBES;
        let context = Context { wanted: NEW, previous: None, now: Timestamp::from_millis(0) };
        assert_eq!(plan(&verified, &observed(NEW, Rollout::Completed), context), Step::Succeed);
    }

    #[test]
    fn the_old_status_right_after_telling_is_not_success() {
        assert_eq!(next(DeploymentState::RollingOut, &observed(OLD, Rollout::Completed), Some(OLD), 0), Step::Ensure);
    }

    #[test]
    fn an_earlier_deployments_failure_is_not_this_ones() {
        let mut earlier = observed(OLD, Rollout::RolledBack { cause: cause() });
        earlier.deployment = None;
        assert_eq!(next(DeploymentState::RollingOut, &earlier, Some(OLD), 0), Step::Ensure);
    }

    #[test]
    fn a_failure_returns_when_there_is_something_to_return_to() {
        use DeploymentState::*;
        let failed = observed(NEW, Rollout::Failed { cause: cause() });
        assert_eq!(next(RollingOut, &failed, Some(OLD), 0), Step::RollBack(cause()));
        assert_eq!(next(RollingOut, &failed, None, 0), Step::Fail(cause()));
        assert_eq!(next(RollingBack, &failed, Some(OLD), 0), Step::Return);
        assert_eq!(next(RollingBack, &observed(OLD, Rollout::Completed), Some(OLD), 0), Step::RolledBack);
        let by_itself = observed(OLD, Rollout::RolledBack { cause: cause() });
        assert_eq!(next(RollingOut, &by_itself, Some(OLD), 0), Step::RollBack(cause()));
        assert_eq!(next(RollingBack, &by_itself, Some(OLD), 0), Step::RolledBack);
    }

    #[test]
    fn deadlines_end_waiting() {
        use DeploymentState::*;
        let progress = observed(NEW, Rollout::InProgress { detail: String::new() });
        assert!(
            matches!(next(RollingOut, &progress, None, ROLLOUT_DEADLINE + 1), Step::Fail(c) if c.code == "timeout")
        );
        let context = |now| Context { wanted: NEW, previous: Some(OLD), now: Timestamp::from_millis(now) };
        let verifying = deployment(Verifying);
        assert_eq!(after_bad_probe(&verifying, context(VERIFY_DEADLINE)), None);
        let given_up = after_bad_probe(&verifying, context(VERIFY_DEADLINE + 1));
        assert!(matches!(given_up, Some(Step::RollBack(c)) if c.code == "unhealthy"));
        assert!(matches!(next(RollingBack, &progress, Some(OLD), ROLLBACK_DEADLINE + 1), Step::Fail(_)));
    }

    #[test]
    fn what_ended_well_while_nobody_looked_is_not_late() {
        use DeploymentState::*;
        let done = observed(NEW, Rollout::Completed);
        assert_eq!(next(RollingOut, &done, Some(OLD), 10 * ROLLOUT_DEADLINE), Step::Verify);
        assert_eq!(next(Verifying, &done, Some(OLD), 10 * VERIFY_DEADLINE), Step::Probe);
        let returned = observed(OLD, Rollout::Completed);
        assert_eq!(next(RollingBack, &returned, Some(OLD), 10 * ROLLBACK_DEADLINE), Step::RolledBack);
    }

    #[test]
    fn nothing_follows_an_end() {
        for state in DeploymentState::ALL.into_iter().filter(|s| s.is_final()) {
            assert_eq!(next(state, &observed(NEW, Rollout::Completed), None, i64::MAX), Step::Done);
        }
    }
}
