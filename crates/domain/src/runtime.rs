//! What Slipway says to a runtime and hears from it, in Slipway's own words.

use crate::{
    ids::DeploymentId,
    time::Timestamp,
    workload::{Workload, spec_hash},
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A kind of place that runs workloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuntimeKind {
    /// Amazon ECS on Fargate.
    Ecs,
    /// AWS App Runner; closed to new AWS customers since 30 April 2026.
    AppRunner,
    /// Any Kubernetes, Amazon EKS among them.
    Kubernetes,
}

impl RuntimeKind {
    /// Every kind there is an adapter for.
    pub const ALL: [Self; 3] = [Self::Ecs, Self::AppRunner, Self::Kubernetes];

    /// As stored and in configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ecs => "ecs",
            Self::AppRunner => "app-runner",
            Self::Kubernetes => "kubernetes",
        }
    }

    /// The product's own name.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Ecs => "Amazon ECS on Fargate",
            Self::AppRunner => "AWS App Runner",
            Self::Kubernetes => "Kubernetes",
        }
    }

    /// Whether the runtime returns to the old version by itself when a roll-out fails.
    pub const fn rolls_back_itself(self) -> bool {
        match self {
            Self::Ecs | Self::AppRunner => true,
            Self::Kubernetes => false,
        }
    }
}

impl fmt::Display for RuntimeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RuntimeKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a runtime; use ecs, app-runner or kubernetes"))
    }
}

/// The one thing on a runtime that a placement stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    /// The service's name.
    pub service: String,
    /// The environment's name.
    pub environment: String,
}

impl Target {
    /// The name the runtime knows it by: at most 40 characters, lower case, letters, digits and `-`; unique by hash when cut
    /// (App Runner service names have 4 to 40 characters, Kubernetes names 63).
    pub fn resource_name(&self) -> String {
        let full = format!("{}-{}", self.service, self.environment);
        if full.len() <= 40 {
            return full;
        }
        let hash = spec_hash(&full, &Workload::default());
        format!("{}-{}", full[..31].trim_end_matches('-'), &hash[..8])
    }
}

/// What shall be true on the runtime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desired {
    /// Where.
    pub target: Target,
    /// The deployment that wants it; the runtime's resource carries its id.
    pub deployment: DeploymentId,
    /// `image@digest`.
    pub image: String,
    /// Full commit SHA the image was built from; for labels.
    pub revision: String,
    /// The owning team's entity reference; for tags.
    pub owner: String,
    /// What shall run.
    pub workload: Workload,
}

impl Desired {
    /// See [`spec_hash`].
    pub fn spec_hash(&self) -> String {
        spec_hash(&self.image, &self.workload)
    }
}

/// How the roll-out that the runtime was asked for is going.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Rollout {
    /// Nothing was asked for, or the runtime does not remember.
    Unknown,
    /// Under way.
    InProgress {
        /// In words: "1 of 2 tasks run the new version".
        detail: String,
    },
    /// The new version runs, all of it, and nothing of the old.
    Completed,
    /// It failed and the failed version is still what the runtime wants.
    Failed {
        /// Why, with the mend.
        cause: Cause,
    },
    /// It failed and the runtime is going back to the version before.
    RollingBack {
        /// Why, with the mend.
        cause: Cause,
    },
    /// It failed and the version before runs again.
    RolledBack {
        /// Why, with the mend.
        cause: Cause,
    },
}

/// Why something failed outside, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Stable, for code and search: `image-not-found`, `crash`, `unhealthy`, `quota`, `denied`, `timeout`, `other`.
    pub code: String,
    /// What happened, as the runtime said it.
    pub message: String,
    /// What a person can do.
    pub mend: String,
}

/// One task, pod or instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// The runtime's name for it.
    pub id: String,
    /// Its state in the runtime's own word: `RUNNING`, `CrashLoopBackOff`…
    pub state: String,
    /// Whether it can serve.
    pub ready: bool,
    /// `image@digest` or what is known of it.
    pub image: Option<String>,
    /// When it started.
    pub started_at: Option<Timestamp>,
    /// Why it is not ready or stopped.
    pub reason: Option<String>,
}

/// Something the runtime said by itself. Its `id` is stable, so that hearing it twice counts once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuntimeEvent {
    /// The runtime's id for it, or one made from its content.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub message: String,
    /// Whether it is bad news.
    pub warning: bool,
}

/// What a runtime says it runs now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// When it was seen.
    pub seen_at: Timestamp,
    /// Whether the resource exists (something that is being deleted does not).
    pub exists: bool,
    /// The spec hash the resource carries: what was last asked for.
    pub spec_hash: Option<String>,
    /// The deployment the resource carries.
    pub deployment: Option<DeploymentId>,
    /// `image@digest` of the version that serves.
    pub image: Option<String>,
    /// Instances wanted.
    pub desired: u32,
    /// Instances that can serve.
    pub ready: u32,
    /// How the last roll-out is going.
    pub rollout: Rollout,
    /// The runtime's id of that roll-out; kept with the deployment so that waiting can be resumed.
    pub handle: Option<String>,
    /// Where it answers, with scheme, without a trailing `/`.
    pub url: Option<String>,
    /// Its instances, newest first, at most 50.
    pub instances: Vec<Instance>,
    /// What it said lately, oldest first, at most 50.
    pub events: Vec<RuntimeEvent>,
}

impl Observed {
    /// There is nothing there.
    pub fn absent(seen_at: Timestamp) -> Self {
        Self {
            seen_at,
            exists: false,
            spec_hash: None,
            deployment: None,
            image: None,
            desired: 0,
            ready: 0,
            rollout: Rollout::Unknown,
            handle: None,
            url: None,
            instances: Vec::new(),
            events: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_and_stay_different() {
        let target = |environment: &str| Target {
            service: "a-very-long-service-name-that-goes-on".into(),
            environment: environment.into(),
        };
        let (a, b) = (target("production").resource_name(), target("production-2").resource_name());
        assert!(a.len() <= 40 && b.len() <= 40);
        assert_ne!(a, b);
        assert_eq!(Target { service: "checkout".into(), environment: "dev".into() }.resource_name(), "checkout-dev");
    }
}
