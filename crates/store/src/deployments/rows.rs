//! Rows of deployments and their timelines.

use crate::cell::{self, Reading};
use slipway_domain::{
    deployment::{Deployment, DeploymentState, Intent, Lane, TimelineEvent},
    ids::DeploymentId,
    time::Timestamp,
};
use slipway_ports::store::{Result, deployments::DeploymentLabel};

#[derive(sqlx::FromRow)]
pub(super) struct DeploymentRow {
    pub(super) id: String,
    service: String,
    placement: String,
    environment: String,
    number: i64,
    artifact: String,
    workload: String,
    intent: String,
    reason: Option<String>,
    rollback_of: Option<String>,
    previous: Option<String>,
    state: String,
    cause: Option<String>,
    handle: Option<String>,
    requested_by: String,
    pub(super) requested_at: i64,
    started_at: Option<i64>,
    state_since: i64,
    finished_at: Option<i64>,
    good_probes: i64,
    version: i64,
}

impl DeploymentRow {
    pub(super) fn read(self) -> Result<Deployment> {
        let row = Reading { table: "deployments", key: &self.id };
        Ok(Deployment {
            id: row.parse("id", &self.id)?,
            service: row.parse("service", &self.service)?,
            placement: row.parse("placement", &self.placement)?,
            artifact: row.parse("artifact", &self.artifact)?,
            workload: row.json("workload", &self.workload)?,
            intent: row.word("intent", &self.intent, Intent::parse)?,
            rollback_of: row.maybe("rollback_of", self.rollback_of.as_deref())?,
            previous: row.maybe("previous", self.previous.as_deref())?,
            state: row.word("state", &self.state, DeploymentState::parse)?,
            cause: self.cause.as_deref().map(|text| row.json("cause", text)).transpose()?,
            environment: self.environment,
            number: self.number,
            reason: self.reason,
            handle: self.handle,
            requested_by: self.requested_by,
            requested_at: Timestamp::from_millis(self.requested_at),
            started_at: cell::instant(self.started_at),
            state_since: Timestamp::from_millis(self.state_since),
            finished_at: cell::instant(self.finished_at),
            good_probes: self.good_probes,
            version: self.version,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct LabelRow {
    id: String,
    service: String,
    revision: String,
    digest: String,
    version: Option<String>,
    returns_to: Option<i64>,
}

impl LabelRow {
    pub(super) fn read(self) -> Result<DeploymentLabel> {
        let row = Reading { table: "deployments", key: &self.id };
        Ok(DeploymentLabel {
            deployment: row.parse("id", &self.id)?,
            digest: row.parse("artifact", &self.digest)?,
            service: self.service,
            revision: self.revision,
            version: self.version,
            returns_to: self.returns_to,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct TimelineRow {
    id: i64,
    deployment: String,
    key: String,
    at: i64,
    lane: String,
    message: String,
    warning: i64,
}

impl TimelineRow {
    pub(super) fn read(self) -> Result<TimelineEvent> {
        let id = self.id.to_string();
        let row = Reading { table: "timeline", key: &id };
        Ok(TimelineEvent {
            deployment: row.parse("deployment", &self.deployment)?,
            lane: row.word("lane", &self.lane, Lane::parse)?,
            key: self.key,
            at: Timestamp::from_millis(self.at),
            message: self.message,
            warning: self.warning != 0,
        })
    }
}

/// An id that was read alone.
pub(super) fn id((text,): (String,)) -> Result<DeploymentId> {
    Reading { table: "deployments", key: &text }.parse("id", &text)
}
