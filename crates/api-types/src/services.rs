//! Services' pages.

use crate::{catalog::Link, deployments::DeploymentRow, insights::DoraPanel};
use serde::{Deserialize, Serialize};
use slipway_domain::{
    build::BuildState,
    health::{Evidence, HealthState},
    runtime::RuntimeKind,
    workload::Workload,
};

/// A state that may be shown, with what it rests on and how old that is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthView {
    /// Already judged against the clock: stale is unknown.
    pub state: HealthState,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// When it was last seen.
    pub seen_at: Option<i64>,
    /// After this instant it is stale: the browser shows unknown from then on without asking.
    pub stale_at: Option<i64>,
}

/// Where a service runs in one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacementView {
    /// Identity.
    pub id: String,
    /// Environment's name.
    pub environment: String,
    /// Configured runtime's name.
    pub runtime: String,
    /// Its kind, when it is configured.
    pub runtime_kind: Option<RuntimeKind>,
    /// How it is.
    pub health: HealthView,
    /// Where it answers.
    pub url: Option<String>,
    /// Instances that can serve.
    pub ready: u32,
    /// Instances wanted.
    pub desired: u32,
    /// What should be running.
    pub current: Option<DeploymentRow>,
    /// What is on its way.
    pub active: Option<DeploymentRow>,
    /// What shall run there by default.
    pub workload: Workload,
}

/// What the list is narrowed to, as it stands in the URL. Empty text means "any".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceQuery {
    /// Part of the name.
    pub q: String,
    /// Team's entity reference.
    pub owner: String,
    /// Configured runtime's name.
    pub runtime: String,
    /// Where the part begins.
    pub cursor: String,
}

/// A row: a service and what runs where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRow {
    /// Name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Owner.
    pub owner: Link,
    /// Its placements, by environment's order.
    pub placements: Vec<PlacementView>,
}

/// `/services`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceListPage {
    /// The server's clock.
    pub now: i64,
    /// This part.
    pub items: Vec<ServiceRow>,
    /// Where the next part begins.
    pub next: Option<String>,
    /// How many there are in all.
    pub total: i64,
    /// Environments' names, in order.
    pub environments: Vec<String>,
    /// Teams: entity reference and title.
    pub owners: Vec<(String, String)>,
    /// Configured runtimes: name and kind's title.
    pub runtimes: Vec<(String, String)>,
}

/// An artifact in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactView {
    /// Identity.
    pub id: String,
    /// Tag or version for people.
    pub version: Option<String>,
    /// Revision, shortened.
    pub revision: String,
    /// Digest, shortened.
    pub digest: String,
    /// When it was built.
    pub built_at: i64,
    /// Who reported it.
    pub source: String,
}

/// A build in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildView {
    /// Revision, shortened.
    pub revision: String,
    /// Where it is.
    pub state: BuildState,
    /// When it was asked for.
    pub queued_at: i64,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// Why it failed, with the mend.
    pub error: Option<String>,
}

/// A repository that Slipway hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryView {
    /// `owner/name`.
    pub name: String,
    /// For `git clone`.
    pub clone_url: String,
    /// Head of the default branch, shortened.
    pub head: Option<String>,
}

/// `/services/{name}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServicePage {
    /// The server's clock.
    pub now: i64,
    /// Name.
    pub name: String,
    /// Description of its component, maybe empty.
    pub description: String,
    /// Owner.
    pub owner: Link,
    /// Its component.
    pub entity: Link,
    /// Whether it is demo data.
    pub demo: bool,
    /// What runs where.
    pub placements: Vec<PlacementView>,
    /// The latest ten.
    pub deployments: Vec<DeploymentRow>,
    /// The latest five.
    pub artifacts: Vec<ArtifactView>,
    /// The latest five.
    pub builds: Vec<BuildView>,
    /// Its repository, when Slipway hosts it.
    pub repository: Option<RepositoryView>,
    /// Its place on its golden path; `None` when its repository is not here.
    pub golden_path: Option<crate::upgrades::Standing>,
    /// Delivery metrics over 90 days.
    pub dora: DoraPanel,
    /// Whether the viewer may deploy.
    pub may_deploy: bool,
    /// Whether the viewer may remove it.
    pub may_manage: bool,
}
