//! What the delivery log adds up to, by local day: a cache that is made from the log alone.

use super::Result;
use async_trait::async_trait;
use serde_json::Value;
use slipway_domain::{
    ids::{DeploymentId, ServiceId},
    time::Timestamp,
};
use std::fmt;

/// Whose days.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RollupScope {
    /// Every service.
    Organisation,
    /// The services of a team, by its entity reference.
    Team(String),
    /// One service.
    Service(ServiceId),
}

/// The form that is stored.
impl fmt::Display for RollupScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organisation => Ok(()),
            Self::Team(owner) => write!(f, "team:{owner}"),
            Self::Service(id) => write!(f, "service:{id}"),
        }
    }
}

/// One day of a scope in production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollupDay {
    /// Whose.
    pub scope: RollupScope,
    /// Since 1970-01-01, in the zone of the recipe.
    pub day: i32,
    /// The tally as `slipway-dora` stores it; empty for a day that is not kept.
    pub body: Vec<u8>,
}

/// What is known of a service apart from its days.
#[derive(Clone, Debug, PartialEq)]
pub struct RollupService {
    /// The service.
    pub service: ServiceId,
    /// The team that its days are counted for.
    pub owner: String,
    /// The standing in the shape `slipway-dora` reads.
    pub standing: Value,
    /// Grows whenever the service's days or standing change.
    pub version: i64,
}

/// A service of which the log says more than its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirtyService {
    /// The service.
    pub service: ServiceId,
    /// How often it was marked: what is made from a snapshot is up to date as long as this is what the snapshot said.
    pub marks: i64,
    /// Whether somebody may wait for it: a person or a monitor said something of what was delivered.
    pub urgent: bool,
}

/// What a page has to know before it reads days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollupMarks {
    /// By which recipe days are made; empty before any were.
    pub recipe: String,
    /// The version of the event log.
    pub log: i64,
    /// Every marked service, by id.
    pub dirty: Vec<DirtyService>,
}

/// How the rollups stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollupState {
    /// Definition, zone and form of what is kept; empty before anything was.
    pub recipe: String,
    /// When days were last compared with the log.
    pub checked_at: Option<Timestamp>,
    /// How many were.
    pub checked: i64,
    /// Those that differed, in words; empty when none did.
    pub differing: String,
}

/// Rollups. Appending to the log and deleting a service mark the services concerned in the same transaction.
#[async_trait]
pub trait Rollups {
    /// How they stand.
    async fn rollup_state(&mut self) -> Result<RollupState>;
    /// Writes down how a self-check ended.
    async fn set_rollup_check(&mut self, state: &RollupState) -> Result<()>;
    /// Forgets all days, judgements and blame, marks every service, and says by which recipe days are made from now on.
    async fn reset_rollups(&mut self, recipe: &str) -> Result<()>;
    /// Marked services, the urgent ones first, then by when they were marked; at most `limit`.
    async fn dirty_services(&mut self, limit: u32) -> Result<Vec<DirtyService>>;
    /// All of it in one look.
    async fn rollup_marks(&mut self) -> Result<RollupMarks>;
    /// Takes the mark off a service, unless it was marked again since: then others have their turn first.
    async fn clean_service(&mut self, dirty: DirtyService) -> Result<bool>;
    /// Services with days (`None`: all), by id.
    async fn rollup_services(&mut self, services: Option<&[ServiceId]>) -> Result<Vec<RollupService>>;
    /// Adds a service or replaces what is known of it. Its version is `at` in milliseconds, or more: it always grows.
    async fn put_rollup_service(
        &mut self,
        service: ServiceId,
        owner: &str,
        standing: &Value,
        at: Timestamp,
    ) -> Result<()>;
    /// Forgets what is known of a service apart from its days; absence is fine.
    async fn delete_rollup_service(&mut self, service: ServiceId) -> Result<()>;
    /// The days of a scope from `from` up to and without `to`, in order: day and body.
    async fn rollup_days(&mut self, scope: &RollupScope, from: i32, to: i32) -> Result<Vec<(i32, Vec<u8>)>>;
    /// As [`Self::rollup_days`], of several services, by service and day.
    async fn rollup_days_of(
        &mut self,
        services: &[ServiceId],
        from: i32,
        to: i32,
    ) -> Result<Vec<(ServiceId, i32, Vec<u8>)>>;
    /// As [`Self::rollup_days_of`], each given to `take` when it is read: many services have many days.
    async fn each_rollup_day_of(
        &mut self,
        services: &[ServiceId],
        from: i32,
        to: i32,
        take: &mut (dyn FnMut(ServiceId, i32, Vec<u8>) + Send),
    ) -> Result<()>;
    /// Replaces days; one with an empty body is deleted.
    async fn put_rollup_days(&mut self, days: &[RollupDay]) -> Result<()>;
    /// What was decided of deployments, as it is stored; those of which nothing is known are left out. In no order.
    async fn rollup_judgements(&mut self, deployments: &[DeploymentId]) -> Result<Vec<(DeploymentId, String)>>;
    /// As [`Self::rollup_judgements`], of every deployment of a service, by id.
    async fn rollup_judgements_of(&mut self, service: ServiceId) -> Result<Vec<(DeploymentId, String)>>;
    /// Replaces what was decided of a service's deployments; what has an empty text is deleted.
    async fn put_rollup_judgements(&mut self, service: ServiceId, judgements: &[(DeploymentId, String)]) -> Result<()>;
    /// What incidents are blamed on, as it is stored, by their ids in the event log; those of which nothing is known are left out. An id
    /// is unique for a service alone. In no order.
    async fn rollup_blame(&mut self, incidents: &[&str]) -> Result<Vec<(ServiceId, String, String)>>;
    /// As [`Self::rollup_blame`], of every incident of a service, by id.
    async fn rollup_blame_of(&mut self, service: ServiceId) -> Result<Vec<(String, String)>>;
    /// Replaces what a service's incidents are blamed on; what has an empty text is deleted.
    async fn put_rollup_blame(&mut self, service: ServiceId, blame: &[(String, String)]) -> Result<()>;
}
