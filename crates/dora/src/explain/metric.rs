//! The five metrics and their rules in words.

use serde::{Deserialize, Serialize};

/// One of the five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    DeploymentFrequency,
    LeadTime,
    ChangeFailRate,
    RecoveryTime,
    ReworkRate,
}

impl Metric {
    /// All five, in the order in which they are shown.
    pub const ALL: [Self; 5] =
        [Self::DeploymentFrequency, Self::LeadTime, Self::ChangeFailRate, Self::RecoveryTime, Self::ReworkRate];

    /// What its value is in: deployments a day, seconds, or a fraction.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::DeploymentFrequency => "deployments per day",
            Self::LeadTime | Self::RecoveryTime => "seconds",
            Self::ChangeFailRate | Self::ReworkRate => "fraction",
        }
    }

    /// Its name as it is written in JSON, queries and on the command line: `lead_time`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DeploymentFrequency => "deployment_frequency",
            Self::LeadTime => "lead_time",
            Self::ChangeFailRate => "change_fail_rate",
            Self::RecoveryTime => "recovery_time",
            Self::ReworkRate => "rework_rate",
        }
    }

    /// The rule in words.
    #[must_use]
    pub fn formula(self) -> &'static str {
        match self {
            Self::DeploymentFrequency => {
                "Successful production deployments that are neither restart nor rollback, by the local day they \
                 finished; the typical week is the median of the complete weeks, weeks without deployments included."
            }
            Self::LeadTime => {
                "For each change: from its first commit to the end of the deployment that first delivered it. The \
                 headline is the median of the changes delivered in the window."
            }
            Self::ChangeFailRate => {
                "Failed deployments divided by all deployments that could have failed: change deployments, and failed \
                 attempts that users saw. Failed means a person said so, or an incident is linked, or a rollback \
                 replaced it."
            }
            Self::RecoveryTime => {
                "For each failed deployment: from the first impact to the end of its last incident, or to the rollback. \
                 Open ones count as lasting at least until now; the headline is the Kaplan-Meier median."
            }
            Self::ReworkRate => {
                "Rollbacks and hotfixes divided by all successful production deployments that are not restarts."
            }
        }
    }
}
