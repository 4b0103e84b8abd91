//! Deployments and their timelines.

use super::{Page, Result};
use async_trait::async_trait;
use slipway_domain::{
    artifact::Digest,
    deployment::{Deployment, DeploymentState, TimelineEvent},
    ids::{DeploymentId, PlacementId, ServiceId},
};

/// What a history is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeploymentFilter {
    /// One service.
    pub service: Option<ServiceId>,
    /// One environment, by name.
    pub environment: Option<String>,
    /// One state.
    pub state: Option<DeploymentState>,
    /// Only those that are not over.
    pub active: bool,
    /// Only those of services this team owns (its entity reference).
    pub owner: Option<String>,
}

/// What a list says of a deployment beside its own row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeploymentLabel {
    /// Of which deployment.
    pub deployment: DeploymentId,
    /// The service's name.
    pub service: String,
    /// What the artifact was built from.
    pub revision: String,
    /// The artifact's digest.
    pub digest: Digest,
    /// The artifact's version, where it has one.
    pub version: Option<String>,
    /// The number of the deployment it returns to, when it is a roll-back.
    pub returns_to: Option<i64>,
}

/// Deployments and their timelines.
#[async_trait]
pub trait Deployments {
    /// The number the service's next deployment gets.
    async fn next_deployment_number(&mut self, service: ServiceId) -> Result<i64>;
    /// Adds a deployment. Conflict when the number is taken.
    async fn add_deployment(&mut self, deployment: &Deployment) -> Result<()>;
    /// Adds many at once, for imports; existing ids are left alone.
    async fn add_deployments(&mut self, deployments: &[Deployment]) -> Result<()>;
    /// By id.
    async fn deployment(&mut self, id: DeploymentId) -> Result<Option<Deployment>>;
    /// Several by id, in no order.
    async fn deployments_by_ids(&mut self, ids: &[DeploymentId]) -> Result<Vec<Deployment>>;
    /// By a service's number.
    async fn deployment_by_number(&mut self, service: ServiceId, number: i64) -> Result<Option<Deployment>>;
    /// Writes everything that changes over a deployment's life; counts its version up. Conflict, and nothing written, when the row is not at
    /// the version that `deployment` was read at: somebody else changed it meanwhile.
    async fn set_deployment(&mut self, deployment: &Deployment) -> Result<()>;
    /// A history, newest first (by requested_at, then id).
    async fn list_deployments(
        &mut self,
        filter: &DeploymentFilter,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Deployment>>;
    /// What lists say of some deployments, in no order.
    async fn deployment_labels(&mut self, ids: &[DeploymentId]) -> Result<Vec<DeploymentLabel>>;
    /// What some placements run, and what is on its way to them; and of all deployments the `newest` and as many of those that are not
    /// over. Each once, newest first.
    async fn deployments_at(&mut self, placements: &[PlacementId], newest: u32) -> Result<Vec<Deployment>>;
    /// Ids of deployments that are not over, oldest first.
    async fn active_deployments(&mut self, limit: u32) -> Result<Vec<DeploymentId>>;
    /// The deployments of a placement that are not over, oldest first.
    async fn active_deployments_of(&mut self, placement: PlacementId) -> Result<Vec<Deployment>>;

    /// Adds timeline events; those whose (deployment, key) is there already are left alone. Gives how many were new.
    async fn add_timeline(&mut self, events: &[TimelineEvent]) -> Result<u64>;
    /// A deployment's timeline, oldest first; at most 1,000.
    async fn timeline(&mut self, deployment: DeploymentId) -> Result<Vec<TimelineEvent>>;
}
