//! What people decide about incidents.

use super::statement;
use crate::{
    Caller, Result, Slipway,
    errors::store,
    fleet::{find, some},
    subscriptions::{Deed, announce},
};
use serde_json::{Value, json};
use slipway_api_types::AppError;
use slipway_domain::{access::Permission, ids::IncidentId, time::Timestamp};
use slipway_ports::{
    Tx,
    store::{
        incidents::{Incident, IncidentCause},
        services::Service,
    },
};

/// What caused an incident, in a person's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision<'d> {
    /// This deployment, by its id in the event log.
    Deployment(&'d str),
    /// None of the deployments.
    Nothing,
    /// Something outside: a cloud, a supplier.
    External,
    /// No decision: the rules propose again.
    Undecided,
}

impl<'d> Decision<'d> {
    /// What a form sends: `link` with a deployment, `unlink`, `external`, `undecided`.
    ///
    /// # Errors
    /// When it is none of these, or the deployment is missing.
    pub fn read(decision: &str, deployment: &'d str) -> Result<Self> {
        match decision {
            "link" if deployment.trim().is_empty() => {
                Err(AppError::invalid("deployment", "Choose the deployment that caused it."))
            }
            "link" => Ok(Self::Deployment(deployment.trim())),
            "unlink" => Ok(Self::Nothing),
            "external" => Ok(Self::External),
            "undecided" => Ok(Self::Undecided),
            other => {
                let message = format!("`{other}` is none of link, unlink, external, undecided.");
                Err(AppError::invalid("decision", message))
            }
        }
    }
}

/// What was decided until now, in the words that [`Decision::read`] takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// `link`, `unlink`, `external` or `undecided`.
    pub decision: &'static str,
    /// The deployment's id in the event log, when it is `link`.
    pub deployment: String,
}

impl Decided {
    fn of(incident: &Incident) -> Self {
        let deployment = incident.links.as_ref().and_then(|links| links.first()).cloned().unwrap_or_default();
        let decision = match incident.cause {
            _ if incident.links.is_none() => "undecided",
            IncidentCause::Deployment if !deployment.is_empty() => "link",
            IncidentCause::External => "external",
            IncidentCause::Deployment | IncidentCause::Unknown => "unlink",
        };
        Self { decision, deployment }
    }
}

/// Opens an incident of a service: noticed now, or at an instant before (RFC 3339). Gives its id.
pub async fn open(slipway: &Slipway, caller: &Caller, service: &str, title: &str, detected_at: &str) -> Result<String> {
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    let service = find(&mut *tx, service).await.map_err(|error| AppError::invalid("service", error.message))?;
    caller.require(Permission::Deploy, Some(&service.owner))?;
    let title = title.trim();
    if title.is_empty() || title.chars().count() > 200 {
        return Err(AppError::invalid("title", "Say in 1 to 200 characters what is wrong."));
    }
    let detected_at = match some(detected_at) {
        None => now,
        Some(text) => instant(&text).filter(|at| *at <= now).ok_or_else(|| {
            let message =
                "Write an instant that is not to come, such as 2026-11-21T09:30:00Z, or leave it empty for now.";
            AppError::invalid("detected_at", message)
        })?,
    };
    let id = IncidentId::from_uuid(slipway.entropy.uuid());
    let incident = Incident {
        id,
        key: format!("slipway:incident:{id}"),
        service: service.id,
        title: title.to_owned(),
        source: crate::insights::events::SLIPWAY.to_owned(),
        detected_at,
        impact_started_at: None,
        resolved_at: None,
        told_at: now,
        retracted: false,
        named: false,
        cause: IncidentCause::Unknown,
        links: None,
        decided_by: None,
        decided_at: None,
    };
    let detail = json!({"service": service.name, "title": incident.title});
    announce(slipway, &mut *tx, &Deed::incident(&incident, &service)).await.map_err(store)?;
    write(slipway, tx, caller, &service, &incident, "incident.open", detail).await?;
    slipway.wake.notices.notify_one();
    Ok(id.to_string())
}

/// A page's `2026-11-21T09:30` means UTC.
fn instant(text: &str) -> Option<Timestamp> {
    let whole = || Timestamp::parse_rfc3339(&format!("{text}:00Z"));
    Timestamp::parse_rfc3339(text).or_else(whole)
}

/// Decides what caused an incident; the latest decision counts, and nothing inferred overwrites it.
pub async fn decide(slipway: &Slipway, caller: &Caller, id: &str, decision: Decision<'_>) -> Result<Decided> {
    let (mut tx, mut incident, service) = mine(slipway, caller, id).await?;
    let before = Decided::of(&incident);
    let (cause, links) = match decision {
        Decision::Deployment(deployment) => {
            if !super::propose::exists(&mut *tx, service.id, deployment).await? {
                let message = format!("{} has no deployment to production with that id.", service.name);
                return Err(AppError::invalid("deployment", message));
            }
            (IncidentCause::Deployment, Some(vec![deployment.to_owned()]))
        }
        Decision::Nothing => (IncidentCause::Unknown, Some(Vec::new())),
        Decision::External => (IncidentCause::External, Some(Vec::new())),
        Decision::Undecided => (IncidentCause::Unknown, None),
    };
    let detail = json!({"service": service.name, "title": incident.title, "cause": cause.as_str(), "links": links});
    let decided = links.is_some();
    (incident.cause, incident.links) = (cause, links);
    incident.decided_by = decided.then(|| caller.login.clone());
    incident.decided_at = decided.then(|| slipway.clock.now());
    // Only just later than what is known: what its source tells after that is news.
    incident.told_at = incident.told_at.plus(1);
    write(slipway, tx, caller, &service, &incident, "incident.decide", detail).await?;
    Ok(before)
}

/// Says that an incident is over, as of now.
pub async fn resolve(slipway: &Slipway, caller: &Caller, id: &str) -> Result<()> {
    let (mut tx, mut incident, service) = mine(slipway, caller, id).await?;
    if incident.resolved_at.is_some() {
        return Err(AppError::conflict("It is over already."));
    }
    let now = slipway.clock.now().max(incident.detected_at);
    incident.resolved_at = Some(now);
    incident.told_at = now.max(incident.told_at.plus(1));
    let detail = json!({"service": service.name, "title": incident.title});
    announce(slipway, &mut *tx, &Deed::incident(&incident, &service)).await.map_err(store)?;
    write(slipway, tx, caller, &service, &incident, "incident.resolve", detail).await?;
    slipway.wake.notices.notify_one();
    Ok(())
}

/// The incident and its service, when the caller may decide about it.
async fn mine(slipway: &Slipway, caller: &Caller, id: &str) -> Result<(Box<dyn Tx>, Incident, Service)> {
    let missing = || AppError::not_found("incident of that id");
    let id: IncidentId = id.parse().map_err(|_| missing())?;
    let mut tx = slipway.write().await?;
    let incident = tx.incident(id).await.map_err(store)?.ok_or_else(missing)?;
    let service = tx.service(incident.service).await.map_err(store)?.ok_or_else(missing)?;
    caller.require(Permission::Deploy, Some(&service.owner))?;
    Ok((tx, incident, service))
}

async fn write(
    slipway: &Slipway,
    mut tx: Box<dyn Tx>,
    caller: &Caller,
    service: &Service,
    incident: &Incident,
    action: &str,
    detail: Value,
) -> Result<()> {
    let now = slipway.clock.now();
    let id = incident.id.to_string();
    tx.put_incident(incident).await.map_err(store)?;
    tx.add_delivery(&[statement(incident, now)]).await.map_err(store)?;
    let line = caller.audit(&*slipway.entropy, now, action, id.as_str(), Some(&service.owner), detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("incident", &id, now.as_millis(), now).await.map_err(store)?;
    tx.publish("delivery", &service.name, 0, now).await.map_err(store)?;
    tx.commit().await.map_err(store)
}
