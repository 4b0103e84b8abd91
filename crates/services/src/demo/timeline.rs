//! What was said during a deployment, as the reconciler would have written it.

use slipway_domain::{
    deployment::{Deployment, DeploymentState, Lane, TimelineEvent},
    runtime::RuntimeKind,
    time::{SECOND, Timestamp},
};

/// A few lines from the request to the end.
pub(super) fn of(deployment: &Deployment, kind: RuntimeKind) -> Vec<TimelineEvent> {
    let (number, environment) = (deployment.number, &deployment.environment);
    let begin = deployment.started_at.unwrap_or(deployment.requested_at);
    let end = deployment.finished_at.unwrap_or(deployment.state_since);
    let line = |key: &str, at: Timestamp, lane: Lane, message: String, warning: bool| TimelineEvent {
        deployment: deployment.id,
        key: key.to_owned(),
        // Never after the end, however short it was.
        at: at.min(end),
        lane,
        message,
        warning,
    };
    let runtime = kind.title();
    let requested = format!("{} asked for v{number} in {environment}", deployment.requested_by);
    let mut lines = vec![
        line("portal:requested", deployment.requested_at, Lane::Portal, requested, false),
        line("portal:begin", begin, Lane::Portal, format!("Telling {runtime} to run v{number}"), false),
        line("told", begin.plus(2 * SECOND), Lane::Runtime, format!("{runtime} accepted v{number}"), false),
    ];
    if deployment.state == DeploymentState::Succeeded {
        let path = &deployment.workload.health_path;
        lines.push(line(
            "completed",
            end.plus(-5 * SECOND),
            Lane::Runtime,
            format!("{runtime} says v{number} runs"),
            false,
        ));
        lines.push(line("probe:3", end.plus(-SECOND), Lane::Probe, format!("GET {path}: 200"), false));
        lines.push(line(
            "portal:succeeded",
            end,
            Lane::Portal,
            format!("v{number} runs and answers in {environment}"),
            false,
        ));
    } else {
        let cause = deployment.cause.as_ref().map_or("", |cause| cause.message.as_str());
        lines.push(line("cause", end.plus(-60 * SECOND), Lane::Runtime, cause.to_owned(), true));
        let back = "The version before runs again".to_owned();
        lines.push(line("portal:rolled-back", end, Lane::Portal, format!("{back} in {environment}"), false));
    }
    lines
}
