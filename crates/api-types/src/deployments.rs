//! Deployments' pages.

use crate::catalog::Link;
use crate::incidents::VerdictView;
use crate::services::PlacementView;
use serde::{Deserialize, Serialize};
use slipway_domain::{
    deployment::{DeploymentState, Intent, Lane},
    runtime::{Cause, Instance},
    workload::Workload,
};

/// What a history is narrowed to, as it stands in the URL. Empty text means "any".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeploymentQuery {
    /// Service's name.
    pub service: String,
    /// Environment's name.
    pub environment: String,
    /// State.
    pub state: String,
    /// Team's entity reference.
    pub owner: String,
    /// Where the part begins.
    pub cursor: String,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentRow {
    /// Identity.
    pub id: String,
    /// Its page.
    pub href: String,
    /// Service.
    pub service: Link,
    /// Counts up per service; shown as "v41".
    pub number: i64,
    /// Environment's name.
    pub environment: String,
    /// Where it is.
    pub state: DeploymentState,
    /// Why it happens.
    pub intent: Intent,
    /// Revision, shortened.
    pub revision: String,
    /// Digest, shortened.
    pub digest: String,
    /// Tag or version for people.
    pub version: Option<String>,
    /// In a person's words.
    pub reason: Option<String>,
    /// The number of the deployment a rollback returns to.
    pub rollback_of: Option<i64>,
    /// Who asked.
    pub requested_by: String,
    /// When.
    pub requested_at: i64,
    /// When the current state began.
    pub state_since: i64,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// Why it failed, in one sentence.
    pub cause: Option<String>,
    /// What the metrics make of it; none for what did not go to production, or is not over.
    pub judged: Option<Judgement>,
}

/// What a deployment to production was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeploymentKind {
    /// It brought change.
    Normal,
    /// Unplanned, to mend something.
    Hotfix,
    /// Back to something older, asked for as that or not.
    Rollback,
    /// It put out what was live already.
    Restart,
    /// It did not get through.
    Attempt,
}

/// What the metrics make of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// What it was.
    pub kind: DeploymentKind,
    /// Whether it counts as failed.
    pub failed: bool,
    /// Why it counts so, in a sentence.
    pub because: String,
}

/// A change that a deployment was the first to deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveredChange {
    /// The commit it landed as, shortened.
    pub revision: String,
    /// Commits of its own.
    pub commits: usize,
    /// When the first of them was written.
    pub first_commit_at: i64,
    /// From then to production, in words.
    pub lead: String,
}

/// `/deployments`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentListPage {
    /// The server's clock.
    pub now: i64,
    /// This part, newest first.
    pub items: Vec<DeploymentRow>,
    /// Where the next part begins.
    pub next: Option<String>,
    /// Environments' names, in order.
    pub environments: Vec<String>,
    /// Teams: entity reference and title.
    pub owners: Vec<(String, String)>,
}

/// One line of a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineLine {
    /// When.
    pub at: i64,
    /// Who spoke.
    pub lane: Lane,
    /// What was said.
    pub message: String,
    /// Whether it is bad news.
    pub warning: bool,
}

/// `/deployments/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentPage {
    /// The server's clock.
    pub now: i64,
    /// What a list shows.
    pub row: DeploymentRow,
    /// Full revision.
    pub revision: String,
    /// `image@digest`.
    pub image: String,
    /// What shall run.
    pub workload: Workload,
    /// Why it failed, with the mend.
    pub cause: Option<Cause>,
    /// What was seen, oldest first.
    pub timeline: Vec<TimelineLine>,
    /// What runs there now.
    pub placement: PlacementView,
    /// Instances as last observed.
    pub instances: Vec<Instance>,
    /// Subjects of the commits it brings over the version before, newest first, at most 20.
    pub changes: Vec<String>,
    /// Changes that reached production with it for the first time, the latest first, with their lead times.
    pub delivered: Vec<DeliveredChange>,
    /// The version before, when there was one.
    pub previous: Option<Link>,
    /// Whether the viewer may return to it now (it succeeded once and is not what runs).
    pub may_roll_back_to: bool,
    /// Whether the viewer may cancel it now.
    pub may_cancel: bool,
    /// A lead's word on whether it failed.
    pub verdict: Option<VerdictView>,
    /// Whether the viewer may say whether it failed.
    pub may_judge: bool,
}

/// `/services/{name}/deploy`: what can be deployed where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployFormPage {
    /// The service.
    pub service: Link,
    /// Environments it has placements in, in order.
    pub environments: Vec<String>,
    /// Artifacts, newest first: id, what is read.
    pub artifacts: Vec<(String, String)>,
}
