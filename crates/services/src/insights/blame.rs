//! Which deployments incidents are blamed on, as metrics see it: kept with the days of each service, so that a list of incidents reads no log.

use super::{
    MOST_READ, blocking,
    log::{self, Member},
    rollups,
    window::Window,
};
use crate::{
    Result, Slipway,
    errors::{internal, store},
    views::short,
};
use serde::{Deserialize, Serialize};
use slipway_domain::ids::ServiceId;
use slipway_dora::{Analysis, Config, Deployment, Id, ServiceInput, Status, Tier};
use slipway_ports::{
    Tx,
    store::{
        delivery::{DeliveryEvent, DeliveryKind},
        incidents::Incident,
        services::Service,
    },
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A deployment that people can tell from others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Named {
    /// Its id in the event log.
    pub id: String,
    /// What it put out: a short revision or version.
    pub name: String,
    /// When it finished, milliseconds since 1970; `None` when the log knows nothing else of it.
    pub at: Option<i64>,
}

impl Named {
    fn new(id: &Id, known: Option<&Deployment>) -> Self {
        let name = match known.map(|known| (known.revision.as_str(), &known.version)) {
            None => id.to_string(),
            Some(("", Some(version))) => short(version),
            Some(("", None)) => "an unknown revision".to_owned(),
            Some((revision, _)) => short(revision),
        };
        Self { id: id.to_string(), name, at: known.and_then(|known| known.finished_at).map(|at| at.ms()) }
    }
}

/// What is known of the incidents of a page.
#[derive(Default)]
pub(crate) struct Blame {
    /// By service and the incident's id in the event log.
    known: HashMap<(ServiceId, String), Vec<Named>>,
    /// Services of which the log says more.
    behind: HashSet<ServiceId>,
}

impl Blame {
    /// The deployments that an incident is blamed on; `None` while the latest events of its service are being worked on.
    pub(crate) fn of(&self, incident: &Incident) -> Option<&[Named]> {
        match self.known.get(&(incident.service, incident.key.clone())) {
            Some(known) => Some(known),
            None if self.behind.contains(&incident.service) => None,
            None => Some(&[]),
        }
    }
}

/// What incidents of some services are blamed on. What the worker has not come to yet is decided here, as long as that is little. At
/// most four queries.
pub(crate) async fn blame(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    services: &[Service],
    incidents: &[Incident],
) -> Result<Blame> {
    let mut blame = Blame::default();
    if incidents.is_empty() {
        return Ok(blame);
    }
    let keys: Vec<&str> = incidents.iter().map(|incident| incident.key.as_str()).collect();
    for (service, incident, body) in tx.rollup_blame(&keys).await.map_err(store)? {
        let named = serde_json::from_str(&body).map_err(|error| internal(&error))?;
        blame.known.insert((service, incident), named);
    }
    let behind = rollups::behind(slipway, tx, services.iter().map(|service| service.id).collect()).await?;
    if behind.is_empty() || tx.count_delivery(&behind, MOST_READ).await.map_err(store)? >= MOST_READ {
        blame.behind.extend(behind);
        return Ok(blame);
    }
    blame.known.retain(|(service, _), _| !behind.contains(service));
    blame.known.extend(now(slipway, tx, services, &behind).await?);
    Ok(blame)
}

/// What the log of some services says now.
async fn now(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    services: &[Service],
    of: &[ServiceId],
) -> Result<HashMap<(ServiceId, String), Vec<Named>>> {
    let mut events: HashMap<ServiceId, Vec<DeliveryEvent>> = HashMap::new();
    for event in tx.delivery_events(Some(of)).await.map_err(store)? {
        events.entry(event.service).or_default().push(event);
    }
    let members: Vec<Member> =
        services.iter().filter(|service| of.contains(&service.id)).cloned().map(Member::from).collect();
    // What a deployment is to blame for depends on events, never on the days asked about; any will do.
    let question = Window::usual(slipway)?.config;
    blocking(move || {
        let of_one = |member: &Member| {
            let input = log::read_each(member, events.remove(&member.id)?)?;
            let of_incident = |(incident, named)| ((member.id, incident), named);
            Some(of_input(&question, &input).into_iter().map(of_incident).collect::<Vec<_>>())
        };
        members.iter().filter_map(of_one).flatten().collect()
    })
    .await
}

/// What every incident of a service is blamed on, as it is stored. `each` has every alert as an incident of its own.
pub(super) fn to_keep(question: &Config, each: &ServiceInput) -> BTreeMap<String, String> {
    let stored = |(incident, named): (String, Vec<Named>)| Some((incident, serde_json::to_string(&named).ok()?));
    of_input(question, each).into_iter().filter_map(stored).collect()
}

fn of_input(question: &Config, each: &ServiceInput) -> BTreeMap<String, Vec<Named>> {
    let events = &each.events;
    let mut blame: BTreeMap<String, Vec<Named>> =
        events.incidents.iter().map(|incident| (incident.id.to_string(), Vec::new())).collect();
    if blame.is_empty() {
        return blame;
    }
    let mut known: HashMap<&Id, &Deployment> = HashMap::new();
    for deployment in events.deployments.iter().filter(|deployment| counts(deployment)) {
        let latest = known.entry(&deployment.id).or_insert(deployment);
        if latest.finished_at < deployment.finished_at {
            *latest = deployment;
        }
    }
    for (deployment, incidents) in Analysis::new(question, events).metrics().links {
        let named = Named::new(&deployment, known.get(&deployment).copied());
        for incident in incidents {
            blame.entry(incident.to_string()).or_default().push(named.clone());
        }
    }
    blame
}

/// The deployments to production that ended among these events, the latest first, each once, with when it began to change what runs:
/// milliseconds since 1970.
pub(crate) fn ended(events: Vec<DeliveryEvent>) -> Vec<(Named, i64)> {
    let told = events.into_iter().filter(|event| event.kind == DeliveryKind::Deployment);
    let mut deployments: Vec<Deployment> =
        told.filter_map(|event| serde_json::from_value(event.payload).ok()).filter(counts).collect();
    deployments.sort_by(|a, b| (b.finished_at, &b.id).cmp(&(a.finished_at, &a.id)));
    let mut seen = HashSet::new();
    deployments.retain(|deployment| seen.insert(deployment.id.clone()));
    let began = |deployment: &Deployment| deployment.started_at.or(deployment.finished_at).map_or(0, |at| at.ms());
    deployments.iter().map(|deployment| (Named::new(&deployment.id, Some(deployment)), began(deployment))).collect()
}

/// Whether it went to production and ended.
fn counts(deployment: &Deployment) -> bool {
    let ended = matches!(deployment.status, Status::Success | Status::Failure | Status::Error);
    ended && deployment.finished_at.is_some() && deployment.effective_tier() == Tier::Production
}
