//! The command palette: pages are the browser's own, this finds things.

use crate::{Caller, Result, Slipway, errors::store, fleet::some};
use slipway_api_types::{create::WaitingRun, search::SearchHit};
use slipway_domain::access::Permission;
use slipway_ports::store::{catalog::EntityFilter, services::ServiceFilter};

/// Services, runs that wait for the caller's word, and entities that match, at most twelve.
pub async fn find(slipway: &Slipway, caller: &Caller, q: &str) -> Result<Vec<SearchHit>> {
    caller.require(Permission::Read, None)?;
    let Some(q) = some(q) else { return Ok(Vec::new()) };
    let mut tx = slipway.read().await?;
    let filter = ServiceFilter { query: Some(q.clone()), ..ServiceFilter::default() };
    let services = tx.list_services(&filter, None, 5).await.map_err(store)?.items;
    let mut hits: Vec<SearchHit> = services
        .into_iter()
        .map(|service| SearchHit {
            href: format!("/services/{}", service.name),
            title: service.name,
            subtitle: format!("Service of {}", service.owner.rsplit('/').next().unwrap_or_default()),
            group: "Service".to_owned(),
        })
        .collect();
    let asks = q.to_lowercase();
    let waiting = crate::create::waiting(&mut *tx, caller, slipway.clock.now()).await?;
    let meant = |run: &WaitingRun| "approvals".starts_with(&asks) || run.title.to_lowercase().contains(&asks);
    hits.extend(waiting.into_iter().filter(meant).map(|run| SearchHit {
        title: run.title,
        subtitle: "Waits for your approval".to_owned(),
        href: run.href,
        group: "Approval".to_owned(),
    }));
    let filter = EntityFilter { query: Some(q), ..EntityFilter::default() };
    let entities = tx.list_entities(&filter, None, 12).await.map_err(store)?.items;
    for entity in entities.into_iter().take(12 - hits.len()) {
        let (group, href) = match entity.kind.to_lowercase().as_str() {
            "template" => ("Template", format!("/create/{}/{}", entity.reference.namespace(), entity.reference.name())),
            "group" => ("Team", entity.reference.path()),
            _ => ("Entity", entity.reference.path()),
        };
        hits.push(SearchHit {
            title: entity.title,
            subtitle: entity.reference.to_string(),
            href,
            group: group.to_owned(),
        });
    }
    Ok(hits)
}
