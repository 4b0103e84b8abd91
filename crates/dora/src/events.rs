//! What goes in: the events of one service, as sources report them. Any order, any repetition.
//!
//! The JSON form of each type is the one `slipway dora compute` reads. From Rust, use the `new` functions and set
//! further fields directly: `Deployment { hotfix: true, ..Deployment::new(..) }`.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{CommitGraph, Config, Id, Instant};

/// The events of one service and the question asked of them.
#[derive(Clone, Debug)]
pub struct Input {
    pub config: Config,
    pub events: Events,
}

/// Everything known of one service. Events outside the window matter: they say what was live and already delivered.
#[derive(Clone, Debug, Default)]
pub struct Events {
    /// The repository's commits; shared between the services of a monorepo.
    pub history: Arc<CommitGraph>,
    pub deployments: Vec<Deployment>,
    pub changes: Vec<Change>,
    pub incidents: Vec<Incident>,
    pub verdicts: Vec<Verdict>,
    pub sources: Sources,
}

/// Which kinds of source are connected: without one a number is unknown, not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sources {
    pub deployments: bool,
    pub incidents: bool,
}

impl Default for Sources {
    fn default() -> Self {
        Self { deployments: true, incidents: true }
    }
}

/// How a deployment record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Queued,
    InProgress,
    Success,
    Failure,
    Error,
    #[serde(alias = "canceled")]
    Cancelled,
    Superseded,
}

/// What an environment is for. Only production enters the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    Production,
    Staging,
    Testing,
    Development,
    #[serde(other)]
    Other,
}

impl Tier {
    /// By the environment's name where the source gives no tier: `prod`, `production` or `live`, alone or followed by
    /// `-`, `_` or `/`.
    #[must_use]
    pub fn of_environment(name: &str) -> Self {
        let production = ["production", "prod", "live"].iter().any(|word| {
            name.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '/']))
        });
        if production { Self::Production } else { Self::Other }
    }
}

/// One deployment record of a provider: one environment, one try (with its retries under the same id).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Deployment {
    pub id: Id,
    /// Commit deployed; empty when the source does not say.
    pub revision: Id,
    /// Artifact digest or configuration revision.
    #[serde(default)]
    pub version: Option<Id>,
    /// For files that hold several services.
    #[serde(default)]
    pub service: Option<Id>,
    /// Pipeline run or release that this record is one target of.
    #[serde(default)]
    pub group: Option<Id>,
    #[serde(default)]
    pub environment: Option<Id>,
    /// As the source says; otherwise by the environment's name; otherwise production.
    #[serde(default)]
    pub tier: Option<Tier>,
    #[serde(default)]
    pub started_at: Option<Instant>,
    /// Needed for success, failure and error.
    #[serde(default)]
    pub finished_at: Option<Instant>,
    pub status: Status,
    #[serde(default, deserialize_with = "or_default")]
    pub rollback: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub hotfix: bool,
    /// The source says that users saw this failed attempt.
    #[serde(default, deserialize_with = "or_default")]
    pub exposed: bool,
    /// Incidents that this deployment mends.
    #[serde(default, deserialize_with = "or_default")]
    pub remediates: Vec<Id>,
}

impl Deployment {
    /// A finished production deployment; set what else is known on the result.
    pub fn new(id: impl Into<Id>, revision: impl Into<Id>, finished_at: Instant, status: Status) -> Self {
        Self {
            id: id.into(),
            revision: revision.into(),
            version: None,
            service: None,
            group: None,
            environment: None,
            tier: None,
            started_at: None,
            finished_at: Some(finished_at),
            status,
            rollback: false,
            hotfix: false,
            exposed: false,
            remediates: Vec::new(),
        }
    }

    /// The tier that counts for this record.
    #[must_use]
    pub fn effective_tier(&self) -> Tier {
        match (self.tier, &self.environment) {
            (Some(tier), _) => tier,
            (None, Some(name)) => Tier::of_environment(name),
            (None, None) => Tier::Production,
        }
    }
}

/// What a change is: a pull request, or a commit that belongs to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Pr,
    Commit,
}

/// A merged pull request, or a commit pushed without one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Change {
    pub id: Id,
    /// The commit that brought it into the main line.
    pub landed: Id,
    /// Earliest author date of its own commits.
    pub first_commit_at: Instant,
    /// Author dates of its own commits.
    #[serde(default, deserialize_with = "or_default")]
    pub commits: Vec<Instant>,
    #[serde(default)]
    pub opened_at: Option<Instant>,
    #[serde(default)]
    pub merged_at: Option<Instant>,
    /// `git patch-id`: the same for a cherry-pick as for its original.
    #[serde(default)]
    pub patch_id: Option<Id>,
    /// Services it belongs to; every service of the repository when absent.
    #[serde(default)]
    pub services: Option<Vec<Id>>,
    #[serde(default)]
    pub kind: Option<ChangeKind>,
    /// A program made it. Counted, unless the question leaves such changes out.
    #[serde(default, deserialize_with = "or_default")]
    pub bot: bool,
}

impl Change {
    /// A change of which only the landing commit and the first author date are known.
    pub fn new(id: impl Into<Id>, landed: impl Into<Id>, first_commit_at: Instant) -> Self {
        Self {
            id: id.into(),
            landed: landed.into(),
            first_commit_at,
            commits: Vec::new(),
            opened_at: None,
            merged_at: None,
            patch_id: None,
            services: None,
            kind: None,
            bot: false,
        }
    }
}

/// What caused an incident, as far as somebody decided it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    #[default]
    Unknown,
    Deployment,
    External,
}

/// A failure in production.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Incident {
    pub id: Id,
    pub detected_at: Instant,
    #[serde(default)]
    pub impact_started_at: Option<Instant>,
    /// Absent while it is open.
    #[serde(default)]
    pub resolved_at: Option<Instant>,
    #[serde(default, deserialize_with = "or_default")]
    pub cause: Cause,
    /// Deployments that the source names. They settle the question: nothing is inferred then.
    #[serde(default, deserialize_with = "or_default")]
    pub links: Vec<Id>,
    /// A person's decision, above everything else; empty means "none of them".
    #[serde(default)]
    pub manual_links: Option<Vec<Id>>,
    /// Nobody's decision holds any more: what was decided before this record was taken back, with its cause.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub undecided: bool,
    /// Commit that the source names as the cause.
    #[serde(default)]
    pub root_cause_sha: Option<Id>,
    /// Artifact that the source names as the cause: the version of a deployment.
    #[serde(default)]
    pub root_cause_artifact: Option<Id>,
    /// Services affected; every service when absent.
    #[serde(default)]
    pub services: Option<Vec<Id>>,
    /// When the source said this. Of several records of one incident the latest decides what is open, what caused it
    /// and whether it counts; without dates, the record that knows an end.
    #[serde(default)]
    pub updated_at: Option<Instant>,
    /// It was closed and opened again.
    #[serde(default, deserialize_with = "or_default")]
    pub reopened: bool,
    /// The source took it back: it was none.
    #[serde(default, deserialize_with = "or_default")]
    pub retracted: bool,
}

impl Incident {
    /// An incident of which only the detection is known; open until `resolved_at` is set.
    pub fn new(id: impl Into<Id>, detected_at: Instant) -> Self {
        Self {
            id: id.into(),
            detected_at,
            impact_started_at: None,
            resolved_at: None,
            cause: Cause::Unknown,
            links: Vec::new(),
            manual_links: None,
            undecided: false,
            root_cause_sha: None,
            root_cause_artifact: None,
            services: None,
            updated_at: None,
            reopened: false,
            retracted: false,
        }
    }
}

/// A person's decision whether a deployment failed. The latest for a deployment counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Verdict {
    pub deployment: Id,
    /// Decides between several; `None` is the oldest.
    pub at: Option<Instant>,
    pub failed: bool,
}

/// Reads `null` as the default: exporters write it for what they do not know.
fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::Tier;

    #[test]
    fn environments_are_recognised_by_name() {
        for name in ["prod", "production", "live", "prod-eu", "production/us", "live_2"] {
            assert_eq!(Tier::of_environment(name), Tier::Production, "{name}");
        }
        for name in ["staging", "products", "preprod", "", "liveness"] {
            assert_eq!(Tier::of_environment(name), Tier::Other, "{name}");
        }
    }
}
