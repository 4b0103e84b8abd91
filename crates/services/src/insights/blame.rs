//! Which deployments the incidents of some services are blamed on, as metrics see it.

use super::{
    blocking,
    log::{self, Member},
    window::Window,
};
use crate::{Result, Slipway, errors::store};
use slipway_domain::ids::ServiceId;
use slipway_dora::{Analysis, Deployment, Id, Status, Tier};
use slipway_ports::{
    Tx,
    store::{delivery::DeliveryKind, services::Service},
};
use std::collections::HashMap;

/// What is known of one service.
#[derive(Default)]
pub(crate) struct Blame {
    /// Deployments by the incident that is linked to them.
    pub links: HashMap<Id, Vec<Id>>,
    /// Deployments to production that ended, newest first, each once.
    pub deployments: Vec<Deployment>,
}

/// By service: one query, however many.
pub(crate) async fn blame(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    services: &[Service],
) -> Result<HashMap<ServiceId, Blame>> {
    let ids: Vec<ServiceId> = services.iter().map(|service| service.id).collect();
    let mut by_service: HashMap<ServiceId, Vec<_>> = HashMap::new();
    for event in tx.delivery_events(Some(&ids)).await.map_err(store)? {
        by_service.entry(event.service).or_default().push(event);
    }
    let members: Vec<Member> = services.iter().cloned().map(Member::from).collect();
    let window = Window::usual(slipway)?;
    blocking(move || {
        let of_one = |member: &Member| {
            let events = by_service.remove(&member.id)?;
            let input = log::read_each(member, events)?;
            let mut links: HashMap<Id, Vec<Id>> = HashMap::new();
            for (deployment, incidents) in Analysis::new(&window.config, &input.events).metrics().links {
                for incident in incidents {
                    links.entry(incident).or_default().push(deployment.clone());
                }
            }
            Some((member.id, Blame { links, deployments: ended(input.events.deployments) }))
        };
        members.iter().filter_map(of_one).collect()
    })
    .await
}

/// Every deployment to production of a service that ended, newest first.
pub(crate) async fn deployments_of(tx: &mut dyn Tx, service: ServiceId) -> Result<Vec<Deployment>> {
    let events = tx.delivery_events(Some(&[service])).await.map_err(store)?;
    let told = events.into_iter().filter(|event| event.kind == DeliveryKind::Deployment);
    Ok(ended(told.filter_map(|event| serde_json::from_value(event.payload).ok()).collect()))
}

fn ended(mut deployments: Vec<Deployment>) -> Vec<Deployment> {
    deployments.retain(|deployment| {
        let ended = matches!(deployment.status, Status::Success | Status::Failure | Status::Error);
        ended && deployment.finished_at.is_some() && deployment.effective_tier() == Tier::Production
    });
    deployments.sort_by(|a, b| (b.finished_at, &b.id).cmp(&(a.finished_at, &a.id)));
    let mut seen = std::collections::HashSet::new();
    deployments.retain(|deployment| seen.insert(deployment.id.clone()));
    deployments
}
