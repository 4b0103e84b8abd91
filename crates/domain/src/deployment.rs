//! One artifact and workload going to one environment on one runtime.

use crate::{
    ids::{ArtifactId, DeploymentId, PlacementId, ServiceId},
    runtime::{Cause, Observed},
    time::Timestamp,
    workload::Workload,
};
use serde::{Deserialize, Serialize};

/// Where a deployment is.
///
/// `Pending → RollingOut → Verifying → Succeeded`, or through `RollingBack` to `RolledBack`, or `Failed` when there was nothing
/// to return to. `Superseded`: a newer deployment to the same placement took over before it ended. `Cancelled`: a person stopped it while pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeploymentState {
    /// Asked for; nothing was done yet.
    Pending,
    /// The runtime was told and is replacing instances.
    RollingOut,
    /// The runtime says done; Slipway probes it.
    Verifying,
    /// Runs and answers.
    Succeeded,
    /// The version before is being brought back.
    RollingBack,
    /// Failed, and the version before runs again.
    RolledBack,
    /// Failed; what runs is said in the cause.
    Failed,
    /// A newer deployment took over.
    Superseded,
    /// Stopped by a person before it began.
    Cancelled,
}

impl DeploymentState {
    /// Every state, in the order of a deployment's life.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::RollingOut,
        Self::Verifying,
        Self::Succeeded,
        Self::RollingBack,
        Self::RolledBack,
        Self::Failed,
        Self::Superseded,
        Self::Cancelled,
    ];

    /// As stored and in URLs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::RollingOut => "rolling-out",
            Self::Verifying => "verifying",
            Self::Succeeded => "succeeded",
            Self::RollingBack => "rolling-back",
            Self::RolledBack => "rolled-back",
            Self::Failed => "failed",
            Self::Superseded => "superseded",
            Self::Cancelled => "cancelled",
        }
    }

    /// In words, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::RollingOut => "Rolling out",
            Self::Verifying => "Verifying",
            Self::Succeeded => "Succeeded",
            Self::RollingBack => "Rolling back",
            Self::RolledBack => "Rolled back",
            Self::Failed => "Failed",
            Self::Superseded => "Superseded",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether nothing follows.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::RollingOut | Self::Verifying | Self::RollingBack)
    }
}

/// Why a deployment happens. Known at the moment of asking, so that no metric has to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intent {
    /// Ordinary work.
    Planned,
    /// Unplanned, to mend something in production.
    Hotfix,
    /// Back to an earlier deployment.
    Rollback,
    /// The same artifact with another workload.
    Config,
}

impl Intent {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Hotfix => "hotfix",
            Self::Rollback => "rollback",
            Self::Config => "config",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Planned, Self::Hotfix, Self::Rollback, Self::Config].into_iter().find(|i| i.as_str() == text)
    }
}

/// One deployment: desired state, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// Identity.
    pub id: DeploymentId,
    /// The service.
    pub service: ServiceId,
    /// The placement it goes to.
    pub placement: PlacementId,
    /// The environment's name (kept here: history outlives placements).
    pub environment: String,
    /// Counts up per service from 1; people say "v41".
    pub number: i64,
    /// What is deployed.
    pub artifact: ArtifactId,
    /// With which workload.
    pub workload: Workload,
    /// Why.
    pub intent: Intent,
    /// In a person's words; required for a rollback.
    pub reason: Option<String>,
    /// The earlier deployment a rollback returns to.
    pub rollback_of: Option<DeploymentId>,
    /// What ran before it was asked for, to return to on failure.
    pub previous: Option<DeploymentId>,
    /// Where it is.
    pub state: DeploymentState,
    /// Why it failed.
    pub cause: Option<Cause>,
    /// The runtime's id of the roll-out.
    pub handle: Option<String>,
    /// Who asked: a person's name, or `slipway` for an automatic one.
    pub requested_by: String,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When the runtime was first told.
    pub started_at: Option<Timestamp>,
    /// When the current state began.
    pub state_since: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Consecutive good probes while verifying.
    pub good_probes: i64,
    /// Counts up with each change; what live pages compare.
    pub version: i64,
}

/// Who spoke in a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lane {
    /// Slipway and its people.
    Portal,
    /// The runtime.
    Runtime,
    /// HTTP probes.
    Probe,
}

impl Lane {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Runtime => "runtime",
            Self::Probe => "probe",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Portal, Self::Runtime, Self::Probe].into_iter().find(|l| l.as_str() == text)
    }
}

/// One line of a deployment's timeline. Unique by deployment and `key`, so that hearing something twice writes one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEvent {
    /// The deployment.
    pub deployment: DeploymentId,
    /// What makes it unique within the deployment.
    pub key: String,
    /// When it happened.
    pub at: Timestamp,
    /// Who spoke.
    pub lane: Lane,
    /// What was said.
    pub message: String,
    /// Whether it is bad news.
    pub warning: bool,
}

/// Where one service runs in one environment: a runtime, what shall run there and what was last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// Identity.
    pub id: PlacementId,
    /// The service.
    pub service: ServiceId,
    /// The environment's name.
    pub environment: String,
    /// The configured runtime's name.
    pub runtime: String,
    /// What shall run there by default.
    pub workload: Workload,
    /// The deployment that last succeeded (or was last returned to): what should be running.
    pub current: Option<DeploymentId>,
    /// What was last seen there.
    pub observed: Option<Observed>,
    /// How it is.
    pub health: crate::health::Health,
    /// When the observer shall look next.
    pub observe_at: Timestamp,
    /// Counts up with each change that a page shows.
    pub version: i64,
}
