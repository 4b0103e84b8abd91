//! Services, environments, placements and artifacts.

use super::{Page, Result};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use slipway_domain::{
    artifact::{Artifact, Digest},
    catalog::EntityRef,
    deployment::Placement,
    environment::Environment,
    ids::{ArtifactId, PlacementId, RepositoryId, ServiceId},
    time::Timestamp,
};

/// A component that can be deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Identity.
    pub id: ServiceId,
    /// Unique name; the component's.
    pub name: String,
    /// The component.
    pub entity: EntityRef,
    /// The owning team's entity reference.
    pub owner: String,
    /// Its repository, when Slipway hosts it.
    pub repository: Option<RepositoryId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it is demo data.
    pub demo: bool,
}

/// What a list of services is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceFilter {
    /// Part of the name, any case.
    pub query: Option<String>,
    /// Owner's entity reference.
    pub owner: Option<String>,
    /// Name of a configured runtime.
    pub runtime: Option<String>,
}

/// Services, environments, placements and artifacts.
#[async_trait]
pub trait Services {
    /// Adds a service. Conflict when the name is taken.
    async fn add_service(&mut self, service: &Service) -> Result<()>;
    /// By id.
    async fn service(&mut self, id: ServiceId) -> Result<Option<Service>>;
    /// By name.
    async fn service_by_name(&mut self, name: &str) -> Result<Option<Service>>;
    /// The service of a repository.
    async fn service_by_repository(&mut self, repository: RepositoryId) -> Result<Option<Service>>;
    /// Several by id, in no order; for joining lists.
    async fn services_by_ids(&mut self, ids: &[ServiceId]) -> Result<Vec<Service>>;
    /// A list, by name.
    async fn list_services(
        &mut self,
        filter: &ServiceFilter,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Service>>;
    /// The services of a team, or all there are, by name: in one query, for what is asked of all of them together.
    async fn all_services(&mut self, owner: Option<&str>) -> Result<Vec<Service>>;
    /// How many services there are.
    async fn count_services(&mut self) -> Result<i64>;
    /// Deletes a service with its placements, artifacts, builds and deployments; absence is fine.
    async fn delete_service(&mut self, id: ServiceId) -> Result<()>;

    /// Adds or replaces an environment by name.
    async fn put_environment(&mut self, environment: &Environment) -> Result<()>;
    /// All, in order.
    async fn environments(&mut self) -> Result<Vec<Environment>>;

    /// Adds a placement. Conflict when the service has one in that environment.
    async fn add_placement(&mut self, placement: &Placement) -> Result<()>;
    /// By id.
    async fn placement(&mut self, id: PlacementId) -> Result<Option<Placement>>;
    /// All placements of some services, by service and environment's order.
    async fn placements_of(&mut self, services: &[ServiceId]) -> Result<Vec<Placement>>;
    /// Writes everything of a placement but its identity, service and environment; counts its version up. Conflict, and nothing written,
    /// when the row is not at the version that `placement` was read at.
    async fn set_placement(&mut self, placement: &Placement) -> Result<()>;
    /// Deletes a placement; absence is fine. What ran there stays in the history.
    async fn delete_placement(&mut self, id: PlacementId) -> Result<()>;
    /// Placements whose `observe_at` has come, oldest first.
    async fn placements_due(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Placement>>;
    /// Placements' health states (as stored, with when it was seen) over all services, for the home page: state, seen_at.
    async fn placement_health(&mut self) -> Result<Vec<(String, Option<Timestamp>)>>;

    /// Adds an artifact, or finds the one of the same service and digest; gives what stands.
    async fn put_artifact(&mut self, artifact: &Artifact) -> Result<Artifact>;
    /// By id.
    async fn artifact(&mut self, id: ArtifactId) -> Result<Option<Artifact>>;
    /// Several by id, in no order.
    async fn artifacts_by_ids(&mut self, ids: &[ArtifactId]) -> Result<Vec<Artifact>>;
    /// By digest.
    async fn artifact_by_digest(&mut self, service: ServiceId, digest: &Digest) -> Result<Option<Artifact>>;
    /// When each revision of some services was first built, in no order: service, revision, instant.
    async fn built_at(&mut self, services: &[ServiceId]) -> Result<Vec<(ServiceId, String, Timestamp)>>;
    /// A service's artifacts, newest first.
    async fn artifacts_of(&mut self, service: ServiceId, limit: u32) -> Result<Vec<Artifact>>;
}
