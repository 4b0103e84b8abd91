//! Reading sources.

use super::{
    href, managed, may_manage,
    secret::{GRACE, kind},
    setup::Setup,
    test, url, words,
};
use crate::{Caller, Result, Slipway, errors::store, fleet::some};
use slipway_api_types::sources::{DeliveryRow, DeliveryState, SourcePage, SourceRow, SourcesPage};
use slipway_domain::{access::Permission, ids::ServiceId};
use slipway_ports::store::{
    services::Service,
    sources::{DeliveryStatus, Source, SourceDelivery},
};
use slipway_webhooks::Source as Kind;

/// Deliveries that one page shows.
const PART: u32 = 25;

/// The sources that the caller may manage, by name.
pub async fn list(slipway: &Slipway, caller: &Caller) -> Result<SourcesPage> {
    caller.require(Permission::Read, None)?;
    let mut tx = slipway.read().await?;
    let mut sources = tx.sources().await.map_err(store)?;
    sources.retain(|source| may_manage(caller, source));
    let ids: Vec<ServiceId> = sources.iter().filter_map(|source| source.service).collect();
    let services = tx.services_by_ids(&ids).await.map_err(store)?;
    let subscriptions = crate::subscriptions::rows(&mut *tx, caller).await?;
    let may_make_any = caller.may(Permission::Administer, None);
    Ok(SourcesPage {
        now: slipway.clock.now().as_millis(),
        sources: sources.iter().map(|source| row(source, &services)).collect(),
        kinds: Kind::ALL.map(|kind| (kind.as_str().to_owned(), words::title(kind).to_owned())).to_vec(),
        subscriptions,
        may_make_any,
        may_make: may_make_any || caller.teams().any(|team| caller.may(Permission::Manage, Some(team))),
    })
}

/// One source, and a part of what it sent.
pub async fn page(slipway: &Slipway, caller: &Caller, id: &str, cursor: &str) -> Result<SourcePage> {
    let mut tx = slipway.read().await?;
    let source = managed(&mut *tx, caller, id).await?;
    let ids: Vec<ServiceId> = source.service.into_iter().collect();
    let services = tx.services_by_ids(&ids).await.map_err(store)?;
    let page = tx.source_deliveries(source.id, some(cursor).as_deref(), PART).await.map_err(store)?;
    drop(tx);
    let (now, kind, setup) = (slipway.clock.now(), kind(&source)?, Setup::of(&source)?);
    let former = source.rotated_at.map(|at| at.plus(GRACE)).filter(|until| source.secret.is_none() && *until > now);
    Ok(SourcePage {
        now: now.as_millis(),
        row: row(&source, &services),
        url: url(&slipway.settings.public_url, &source),
        proof: words::proof(kind).to_owned(),
        secret: source.secret.clone(),
        created_by: source.created_by.clone(),
        created_at: source.created_at.as_millis(),
        former_until: former.map(|until| until.as_millis()),
        setup: said(&setup),
        last_refused: source.refused_at.map(|at| (at.as_millis(), source.refused_why.clone().unwrap_or_default())),
        deliveries: page.items.into_iter().map(delivery_row).collect(),
        next: page.next,
        can_test: source.revoked_at.is_none() && test::is_possible(kind),
    })
}

fn row(source: &Source, services: &[Service]) -> SourceRow {
    let about = match source.service {
        None => "Whatever its events name".to_owned(),
        Some(id) => {
            let service = services.iter().find(|service| service.id == id);
            service.map_or_else(|| "A service that is gone".to_owned(), |service| service.name.clone())
        }
    };
    SourceRow {
        id: source.id.to_string(),
        href: href(source),
        name: source.name.clone(),
        kind: Kind::parse(&source.kind).map_or_else(|| source.kind.clone(), |kind| words::title(kind).to_owned()),
        about,
        heard: source.heard,
        heard_at: source.heard_at.map(|at| at.as_millis()),
        refused: source.refused,
        revoked: source.revoked_at.is_some(),
    }
}

fn delivery_row(delivery: SourceDelivery) -> DeliveryRow {
    DeliveryRow {
        id: delivery.id.to_string(),
        key: delivery.key,
        received_at: delivery.received_at.as_millis(),
        event: delivery.event,
        state: match delivery.status {
            DeliveryStatus::Stored => DeliveryState::Stored,
            DeliveryStatus::Taken => DeliveryState::Taken,
            DeliveryStatus::Unmatched => DeliveryState::Unmatched,
            DeliveryStatus::Ignored => DeliveryState::Ignored,
            DeliveryStatus::Refused => DeliveryState::Refused,
        },
        note: delivery.note,
        events: delivery.events,
    }
}

/// What is set up, in words; what is as usual is not said.
fn said(setup: &Setup) -> Vec<(String, String)> {
    let names: Vec<String> = setup.names.iter().map(|(theirs, ours)| format!("{theirs} = {ours}")).collect();
    let lists = [
        ("Production", &setup.production),
        ("Names", &names),
        ("Incident labels", &setup.incident_labels),
        ("Workflows that deploy", &setup.deploy_workflows),
        ("AWS accounts", &setup.accounts),
    ];
    let mut said: Vec<(String, String)> = lists
        .into_iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(name, list)| (name.to_owned(), list.join(", ")))
        .collect();
    if setup.releases_deploy {
        said.push(("Releases".to_owned(), "A published release is a deployment".to_owned()));
    }
    said
}
