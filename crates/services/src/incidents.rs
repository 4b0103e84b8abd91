//! Incidents: opened by an alarm, a webhook or a person; linked to the deployment that caused them, or to none; resolved.
//!
//! The event log is what metrics are computed from. The rows here are what people see and decide about; each decision is one more statement
//! in the log, in the same transaction.

mod decide;
mod page;
mod propose;

pub use decide::{Decision, decide, open, resolve};
pub use page::page;

use crate::{
    Result, Slipway,
    errors::store,
    insights::events::{SLIPWAY, event, instant},
    subscriptions::{Deed, announce},
};
use slipway_domain::{ids::IncidentId, time::Timestamp};
use slipway_dora::{Cause, Id};
use slipway_ports::{
    Tx,
    store::{
        delivery::{DeliveryEvent, DeliveryKind},
        incidents::{Incident, IncidentCause},
        services::Service,
    },
};

/// What a source told of an incident.
pub(crate) struct Heard<'s> {
    pub service: &'s Service,
    /// `webhook:pagerduty`.
    pub source: String,
    /// What the source calls it.
    pub title: Option<String>,
    /// What it is called when nobody calls it anything.
    pub otherwise: String,
    pub told: slipway_dora::Incident,
    /// When it became true.
    pub at: Timestamp,
}

/// Writes down what a source told, as far as it is news: an older word never overwrites a newer one, in whatever order they come.
pub(crate) async fn hear(slipway: &Slipway, tx: &mut dyn Tx, heard: Heard<'_>) -> Result<()> {
    let Heard { service: of, source, title, otherwise, told, at } = heard;
    let known = tx.incident_by_key(of.id, &told.id).await.map_err(store)?;
    let was = known.as_ref().map(|known| known.resolved_at.is_some());
    let detected_at = timestamp(told.detected_at);
    let mut incident = known.unwrap_or_else(|| Incident {
        id: IncidentId::from_uuid(slipway.entropy.uuid()),
        key: told.id.to_string(),
        service: of.id,
        title: otherwise,
        source,
        detected_at,
        impact_started_at: None,
        resolved_at: None,
        told_at: at,
        retracted: false,
        named: false,
        cause: IncidentCause::Unknown,
        links: None,
        decided_by: None,
        decided_at: None,
    });
    incident.detected_at = incident.detected_at.min(detected_at);
    let impact = told.impact_started_at.map(timestamp);
    incident.impact_started_at = [incident.impact_started_at, impact].into_iter().flatten().min();
    incident.named |= !told.links.is_empty() || told.root_cause_sha.is_some() || told.root_cause_artifact.is_some();
    let resolved_at = told.resolved_at.map(timestamp);
    // As the engine weighs them: the later word, and of two at one instant the one that knows an end.
    if (at, resolved_at) >= (incident.told_at, incident.resolved_at) {
        (incident.told_at, incident.resolved_at, incident.retracted) = (at, resolved_at, told.retracted);
        incident.title = title.unwrap_or(incident.title);
    }
    if told.cause == Cause::External && incident.links.is_none() {
        incident.cause = IncidentCause::External;
    }
    tx.put_incident(&incident).await.map_err(store)?;
    if was != Some(incident.resolved_at.is_some()) && !incident.retracted {
        announce(slipway, tx, &Deed::incident(&incident, of)).await.map_err(store)?;
        slipway.wake.notices.notify_one();
    }
    let now = slipway.clock.now();
    tx.publish("incident", &incident.id.to_string(), now.as_millis(), now).await.map_err(store)
}

/// What stands, as a statement of ours in the log. `incident.told_at` must be later than what was known before.
fn statement(incident: &Incident, now: Timestamp) -> DeliveryEvent {
    let cause = match incident.cause {
        IncidentCause::Unknown => Cause::Unknown,
        IncidentCause::Deployment => Cause::Deployment,
        IncidentCause::External => Cause::External,
    };
    let ids = |links: &Vec<String>| links.iter().map(|id| Id::from(id.as_str())).collect();
    let record = slipway_dora::Incident {
        impact_started_at: incident.impact_started_at.map(instant),
        resolved_at: incident.resolved_at.map(instant),
        cause,
        updated_at: Some(instant(incident.told_at)),
        undecided: incident.links.is_none(),
        ..slipway_dora::Incident::new(incident.key.as_str(), instant(incident.detected_at))
    };
    let key = format!("incident:{}:{}", incident.id, incident.told_at.as_millis());
    let mut said = event(SLIPWAY, incident.service, DeliveryKind::Incident, now, key, &record);
    // "None of them" is a decision too, and an empty list would be left out.
    if let Some(links) = &incident.links {
        let links: Vec<Id> = ids(links);
        said.payload["manual_links"] = serde_json::json!(links);
    }
    said
}

fn timestamp(at: slipway_dora::Instant) -> Timestamp {
    Timestamp::from_millis(at.ms())
}
