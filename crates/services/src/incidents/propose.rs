//! What is proposed: the deployments that metrics blame, and those that a person may choose from.

use crate::{
    Result, Slipway,
    insights::blame::{Blame, deployments_of},
    views::short,
    zone,
};
use jiff::tz::TimeZone;
use slipway_api_types::{catalog::Link, incidents::LinkedBy};
use slipway_domain::{
    ids::{DeploymentId, ServiceId},
    time::{DAY, Timestamp},
};
use slipway_dora::Deployment;
use slipway_ports::{
    Tx,
    store::incidents::{Incident, IncidentCause},
};

/// Deployments that one can choose from.
const CHOICES: usize = 12;

/// Every deployment to production of a service that ended.
pub(super) async fn deployments(tx: &mut dyn Tx, service: ServiceId) -> Result<Vec<Deployment>> {
    deployments_of(tx, service).await
}

/// What is said of an incident's cause.
pub(super) struct Proposal {
    pub blamed: Vec<Link>,
    pub linked_by: LinkedBy,
    pub why: String,
    pub candidates: Vec<(String, String)>,
}

/// What metrics make of an incident, in words.
pub(super) fn proposal(slipway: &Slipway, incident: &Incident, blame: Option<&Blame>) -> Proposal {
    let zone = &zone::named(&slipway.settings.zone);
    let deployments = blame.map(|blame| blame.deployments.as_slice()).unwrap_or_default();
    let linked = blame.and_then(|blame| blame.links.get(incident.key.as_str()));
    let link = |id: &slipway_dora::Id| {
        let known = deployments.iter().find(|deployment| deployment.id == *id);
        let title = known.map_or_else(|| id.to_string(), |deployment| words(deployment, zone));
        // What ran elsewhere has no page here.
        let href = id.parse::<DeploymentId>().map(|id| format!("/deployments/{id}")).unwrap_or_default();
        Link { title, href }
    };
    let blamed: Vec<Link> = linked.into_iter().flatten().map(link).collect();
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
        (None, true) => (LinkedBy::Nothing, "No deployment to production in the 24 hours before.".to_owned()),
    };
    // What came after it did not cause it; a little later may be a clock.
    let latest = incident.detected_at.plus(DAY / 24);
    let before = |deployment: &&Deployment| {
        deployment.started_at.or(deployment.finished_at).is_some_and(|at| Timestamp::from_millis(at.ms()) <= latest)
    };
    let candidates = deployments.iter().filter(before).take(CHOICES);
    let candidates = candidates.map(|deployment| (deployment.id.to_string(), words(deployment, zone))).collect();
    Proposal { blamed, linked_by, why, candidates }
}

/// `3f2a91c07b12 · 20 Nov 2026, 10:02 UTC`.
fn words(deployment: &Deployment, zone: &TimeZone) -> String {
    let name = match (deployment.revision.as_str(), &deployment.version) {
        ("", Some(version)) => short(version),
        ("", None) => "an unknown revision".to_owned(),
        (revision, _) => short(revision),
    };
    let at = deployment.finished_at.map_or(0, |at| at.ms());
    format!("{name} · {}", zone::minute(Timestamp::from_millis(at), zone))
}
