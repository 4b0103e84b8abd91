//! The inbox.

use super::propose::{Proposal, before, proposal};
use crate::{
    Caller, Result, Slipway,
    errors::store,
    fleet::some,
    insights::{blame::blame, events::SLIPWAY},
    sources::kind_title,
    views::service_link,
};
use slipway_api_types::incidents::{IncidentRow, IncidentsPage};
use slipway_domain::{access::Permission, ids::ServiceId};
use slipway_ports::store::{delivery::DeliveryEvent, incidents::Incident, services::Service};

/// Incidents that one page shows.
const PART: u32 = 25;

/// Open incidents, newest first, each with the deployment that is to blame and why; or all, with `all` = `yes`.
pub async fn page(slipway: &Slipway, caller: &Caller, all: &str, cursor: &str) -> Result<IncidentsPage> {
    caller.require(Permission::Read, None)?;
    let mut tx = slipway.read().await?;
    let page = tx.list_incidents(all != "yes", some(cursor).as_deref(), PART).await.map_err(store)?;
    let mut ids: Vec<ServiceId> = page.items.iter().map(|incident| incident.service).collect();
    ids.sort_unstable();
    ids.dedup();
    let services = tx.services_by_ids(&ids).await.map_err(store)?;
    let blame = blame(slipway, &mut *tx, &services, &page.items).await?;
    let before = before(&mut *tx, &page.items).await?;
    drop(tx);
    let row = |(incident, before): (Incident, Vec<DeliveryEvent>)| {
        // Of a service that was removed nothing can be decided any more.
        let service = services.iter().find(|service| service.id == incident.service)?;
        Some(row(caller, service, proposal(slipway, &incident, blame.of(&incident), before), incident))
    };
    Ok(IncidentsPage {
        now: slipway.clock.now().as_millis(),
        items: page.items.into_iter().zip(before).filter_map(row).collect(),
        next: page.next,
        may_open: caller.may(Permission::Deploy, None)
            || caller.teams().any(|team| caller.may(Permission::Deploy, Some(team))),
    })
}

fn row(caller: &Caller, service: &Service, proposal: Proposal, incident: Incident) -> IncidentRow {
    let source = match incident.source.strip_prefix("webhook:") {
        Some(kind) => kind_title(kind),
        None if incident.source == SLIPWAY => "a person".to_owned(),
        None => incident.source,
    };
    IncidentRow {
        id: incident.id.to_string(),
        title: incident.title,
        service: service_link(&service.name),
        source,
        detected_at: incident.detected_at.as_millis(),
        resolved_at: incident.resolved_at.map(|at| at.as_millis()),
        blamed: proposal.blamed,
        linked_by: proposal.linked_by,
        why: proposal.why,
        candidates: proposal.candidates,
        may_decide: caller.may(Permission::Deploy, Some(&service.owner)),
    }
}
