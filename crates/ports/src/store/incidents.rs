//! Incidents as people see them, and people's words on deployments.

use super::{Page, Result};
use async_trait::async_trait;
use slipway_domain::{
    ids::{IncidentId, ServiceId},
    time::Timestamp,
};

/// What caused an incident, as far as somebody decided it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncidentCause {
    /// Nobody decided.
    Unknown,
    /// A deployment.
    Deployment,
    /// Something outside of any deployment.
    External,
}

impl IncidentCause {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Deployment => "deployment",
            Self::External => "external",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Unknown, Self::Deployment, Self::External].into_iter().find(|cause| cause.as_str() == text)
    }
}

/// A failure in production of one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Identity.
    pub id: IncidentId,
    /// Its id in the event log; unique for a service.
    pub key: String,
    /// The service that suffers.
    pub service: ServiceId,
    /// What it is, for people.
    pub title: String,
    /// Who told of it: `webhook:pagerduty`, or `slipway` for a person.
    pub source: String,
    /// When somebody or something noticed.
    pub detected_at: Timestamp,
    /// When it began, where that is known to be another instant.
    pub impact_started_at: Option<Timestamp>,
    /// When it was over; `None` while it is open.
    pub resolved_at: Option<Timestamp>,
    /// When what is known of it became true: older news never overwrites it.
    pub told_at: Timestamp,
    /// Whether its source took it back.
    pub retracted: bool,
    /// Whether its source says what caused it.
    pub named: bool,
    /// What caused it, as far as somebody decided.
    pub cause: IncidentCause,
    /// A person's decision: ids of deployments in the event log; empty: none of them. `None`: nobody decided.
    pub links: Option<Vec<String>>,
    /// Who decided last.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
}

/// A person's word on whether a deployment failed. The latest counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The deployment's id in the event log.
    pub deployment: String,
    /// Its service.
    pub service: ServiceId,
    /// Whether it failed.
    pub failed: bool,
    /// Why, in words.
    pub reason: String,
    /// Who said so.
    pub decided_by: String,
    /// When.
    pub decided_at: Timestamp,
}

/// Incidents and verdicts.
#[async_trait]
pub trait Incidents {
    /// Adds an incident, or writes everything of the one of the same service and key but its id, unless what is there was told later.
    async fn put_incident(&mut self, incident: &Incident) -> Result<()>;
    /// By id.
    async fn incident(&mut self, id: IncidentId) -> Result<Option<Incident>>;
    /// By its id in the event log.
    async fn incident_by_key(&mut self, service: ServiceId, key: &str) -> Result<Option<Incident>>;
    /// Those of any service whose id in the event log is `key`, or begins with it where it ends with a colon. Newest first, and of many
    /// the newest hundred.
    async fn incidents_known_as(&mut self, key: &str) -> Result<Vec<Incident>>;
    /// Newest first, without those that were taken back; only those that are open, if asked for.
    async fn list_incidents(&mut self, open: bool, cursor: Option<&str>, limit: u32) -> Result<Page<Incident>>;
    /// Adds or replaces the verdict on a deployment.
    async fn put_verdict(&mut self, verdict: &Verdict) -> Result<()>;
    /// The verdict on a deployment.
    async fn verdict(&mut self, deployment: &str) -> Result<Option<Verdict>>;
}
