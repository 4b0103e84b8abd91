//! What is proposed: the deployments that metrics blame, and those that a person may choose from.

use crate::{
    Result, Slipway,
    errors::store,
    insights::blame::{Named, ended},
    zone,
};
use jiff::tz::TimeZone;
use slipway_api_types::{catalog::Link, incidents::LinkedBy};
use slipway_domain::{
    ids::{DeploymentId, ServiceId},
    time::{HOUR, Timestamp},
};
use slipway_ports::{
    Tx,
    store::{
        delivery::DeliveryEvent,
        incidents::{Incident, IncidentCause},
    },
};

/// Deployments that one can choose from.
const CHOICES: usize = 12;
/// What is read to find them: a source may tell of one several times.
const READ: u32 = 4 * 12;

/// Whether the log has a deployment of that id to production that ended.
pub(super) async fn exists(tx: &mut dyn Tx, service: ServiceId, deployment: &str) -> Result<bool> {
    let told = tx.told_of_deployment(service, deployment).await.map_err(store)?;
    Ok(ended(told).iter().any(|(known, _)| known.id == deployment))
}

/// For each incident what was told of the deployments before it. What came after it did not cause it; a little later may be a clock.
pub(super) async fn before(tx: &mut dyn Tx, incidents: &[Incident]) -> Result<Vec<Vec<DeliveryEvent>>> {
    let asked: Vec<(ServiceId, Timestamp)> =
        incidents.iter().map(|incident| (incident.service, latest(incident))).collect();
    tx.deployments_up_to(&asked, READ).await.map_err(store)
}

fn latest(incident: &Incident) -> Timestamp {
    incident.detected_at.plus(HOUR)
}

/// What is said of an incident's cause.
pub(super) struct Proposal {
    pub blamed: Vec<Link>,
    pub linked_by: LinkedBy,
    pub why: String,
    pub candidates: Vec<(String, String)>,
}

/// What metrics make of an incident, in words. `blamed` is `None` while that is being worked out.
pub(super) fn proposal(
    slipway: &Slipway,
    incident: &Incident,
    blamed: Option<&[Named]>,
    before: Vec<DeliveryEvent>,
) -> Proposal {
    let zone = &zone::named(&slipway.settings.zone);
    let waits = blamed.is_none();
    let of_metrics = blamed.unwrap_or_default();
    // What ran elsewhere has no page here.
    let href = |named: &Named| named.id.parse::<DeploymentId>().map(|id| format!("/deployments/{id}"));
    let link = |named: &Named| Link { title: words(named, zone), href: href(named).unwrap_or_default() };
    let blamed: Vec<Link> = of_metrics.iter().map(link).collect();
    let by = incident.decided_by.as_deref().unwrap_or("Somebody");
    let (linked_by, why) = match (&incident.links, blamed.is_empty()) {
        (Some(_), _) if incident.cause == IncidentCause::External => {
            (LinkedBy::Person, format!("{by} decided that its cause lies outside."))
        }
        (Some(links), _) if links.is_empty() => {
            (LinkedBy::Person, format!("{by} decided that no deployment caused it."))
        }
        (Some(_), _) => (LinkedBy::Person, format!("{by} decided so.")),
        (None, false) if incident.named => (LinkedBy::Source, "Its source names the cause.".to_owned()),
        (None, false) => (LinkedBy::Window, "The last deployment in the 24 hours before.".to_owned()),
        (None, true) if incident.cause == IncidentCause::External => {
            (LinkedBy::Source, "Its source says that the cause lies outside.".to_owned())
        }
        (None, true) if waits => (LinkedBy::Nothing, "The latest events are being worked on.".to_owned()),
        (None, true) => (LinkedBy::Nothing, "No deployment to production in the 24 hours before.".to_owned()),
    };
    let mut choices = of_metrics.to_vec();
    for (named, began) in ended(before) {
        if choices.len() < CHOICES && began <= latest(incident).as_millis() && !choices.contains(&named) {
            choices.push(named);
        }
    }
    choices.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
    let candidates = choices.iter().map(|named| (named.id.clone(), words(named, zone))).collect();
    Proposal { blamed, linked_by, why, candidates }
}

/// `3f2a91c07b12 · 20 Nov 2026, 10:02 UTC`.
fn words(named: &Named, zone: &TimeZone) -> String {
    match named.at {
        Some(at) => format!("{} · {}", named.name, zone::minute(Timestamp::from_millis(at), zone)),
        None => named.name.clone(),
    }
}
