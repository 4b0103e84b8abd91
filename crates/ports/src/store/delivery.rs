//! The append-only event log that delivery metrics are computed from.

use super::Result;
use async_trait::async_trait;
use serde_json::Value;
use slipway_domain::{ids::ServiceId, time::Timestamp};

/// What sort of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryKind {
    /// A commit with its parents; payload: sha, parents, authored_at.
    Commit,
    /// A commit or merged pull request on its way to production.
    Change,
    /// A deployment to production, finished either way.
    Deployment,
    /// An incident, each time something about it becomes known; the latest by `at` counts.
    Incident,
    /// A person's word on whether a deployment failed.
    Verdict,
}

impl DeliveryKind {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Change => "change",
            Self::Deployment => "deployment",
            Self::Incident => "incident",
            Self::Verdict => "verdict",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Commit, Self::Change, Self::Deployment, Self::Incident, Self::Verdict]
            .into_iter()
            .find(|k| k.as_str() == text)
    }
}

/// The source of what Slipway itself sees, and of what its people decide.
pub const SLIPWAY: &str = "slipway";

/// One event. (source, key) is unique: hearing it twice writes it once.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryEvent {
    /// The service it concerns.
    pub service: ServiceId,
    /// What sort.
    pub kind: DeliveryKind,
    /// When it happened (not when it was heard).
    pub at: Timestamp,
    /// Who said it: `slipway`, `git:<repository>`, `demo`, `import:<name>`.
    pub source: String,
    /// The source's key for it.
    pub key: String,
    /// The event in the shape `slipway-dora` reads.
    pub payload: Value,
}

impl DeliveryEvent {
    /// Whether it is a person's word, who then looks at what comes of it: a verdict, or what somebody here said of an incident.
    pub fn is_decision(&self) -> bool {
        match self.kind {
            DeliveryKind::Verdict => true,
            DeliveryKind::Incident => self.source == SLIPWAY,
            DeliveryKind::Commit | DeliveryKind::Change | DeliveryKind::Deployment => false,
        }
    }
}

/// The event log.
#[async_trait]
pub trait Delivery {
    /// Appends; those whose (source, key) is there already are left alone. Gives how many were new. Must be fast for thousands.
    async fn add_delivery(&mut self, events: &[DeliveryEvent]) -> Result<u64>;
    /// Every event of some services (`None`: of all), by service, at and insertion order.
    async fn delivery_events(&mut self, services: Option<&[ServiceId]>) -> Result<Vec<DeliveryEvent>>;
    /// As [`Self::delivery_events`], each given to `take` when it is read: the log may be longer than memory.
    async fn each_delivery_event(
        &mut self,
        services: Option<&[ServiceId]>,
        take: &mut (dyn FnMut(DeliveryEvent) + Send),
    ) -> Result<()>;
    /// For each service and instant what was told of deployments up to it, the latest first and at most `most`. One query, of at most a
    /// hundred of them.
    async fn deployments_up_to(
        &mut self,
        asked: &[(ServiceId, Timestamp)],
        most: u32,
    ) -> Result<Vec<Vec<DeliveryEvent>>>;
    /// Every event of a service that tells of the deployment `id` in its payload, in the order of [`Self::delivery_events`].
    async fn told_of_deployment(&mut self, service: ServiceId, id: &str) -> Result<Vec<DeliveryEvent>>;
    /// How many events these services have; where there are more, `most`. Asks no more of the database than counting so many.
    async fn count_delivery(&mut self, services: &[ServiceId], most: u32) -> Result<u32>;
    /// Grows with every appended event, by one for each; equal numbers, equal log. For caching what is computed from it.
    async fn delivery_version(&mut self) -> Result<i64>;
}
