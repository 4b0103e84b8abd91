//! The domain's states as the design system shows them.

use slipway_domain::{build::BuildState, deployment::DeploymentState, health::HealthState, scaffold::RunState};

use crate::components::StatusKind;

pub(super) const fn health_status(state: HealthState) -> StatusKind {
    match state {
        HealthState::Healthy => StatusKind::Healthy,
        HealthState::Degraded => StatusKind::Degraded,
        HealthState::Failing => StatusKind::Failing,
        HealthState::Unknown => StatusKind::Unknown,
    }
}

/// Of a deployment.
#[must_use]
pub const fn deployment_status(state: DeploymentState) -> StatusKind {
    match state {
        DeploymentState::Pending => StatusKind::Pending,
        DeploymentState::RollingOut => StatusKind::RollingOut,
        DeploymentState::Verifying => StatusKind::Verifying,
        DeploymentState::Succeeded => StatusKind::Succeeded,
        DeploymentState::RollingBack => StatusKind::RollingBack,
        DeploymentState::RolledBack => StatusKind::RolledBack,
        DeploymentState::Failed => StatusKind::Failed,
        DeploymentState::Superseded => StatusKind::Superseded,
        DeploymentState::Cancelled => StatusKind::Cancelled,
    }
}

/// Of a scaffold run.
#[must_use]
pub const fn run_status(state: RunState) -> StatusKind {
    match state {
        RunState::Queued => StatusKind::Queued,
        RunState::Running => StatusKind::Running,
        RunState::Succeeded => StatusKind::Succeeded,
        RunState::Failed => StatusKind::Failed,
        RunState::Undoing => StatusKind::Undoing,
        RunState::Undone => StatusKind::Undone,
    }
}

/// Of a build.
#[must_use]
pub const fn build_status(state: BuildState) -> StatusKind {
    match state {
        BuildState::Queued => StatusKind::Queued,
        BuildState::Running => StatusKind::Running,
        BuildState::Succeeded => StatusKind::Succeeded,
        BuildState::Failed => StatusKind::Failed,
    }
}
