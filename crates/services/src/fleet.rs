//! Services: what runs where.

mod removal;

pub use removal::remove;
pub(crate) use removal::{Gone, empty, take_away};

use crate::{
    Caller, Result, Slipway,
    errors::store,
    upgrades::{fleet_row, standing_view},
    views::{Places, artifact_view, build_view, owner_link, rows_by_id, runtime_titles, short, team_titles},
};
use slipway_api_types::{
    AppError,
    catalog::Link,
    services::{RepositoryView, ServiceListPage, ServicePage, ServiceQuery},
};
use slipway_domain::{access::Permission, catalog::EntityRef, ids::ServiceId};
use slipway_ports::{
    Tx,
    store::{
        deployments::DeploymentFilter,
        services::{Service, ServiceFilter},
    },
};

/// How many services a part of the list has.
const PART: u32 = 50;

/// `""` means "any".
pub(crate) fn some(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

pub(crate) async fn find(tx: &mut dyn Tx, name: &str) -> Result<Service> {
    tx.service_by_name(name).await.map_err(store)?.ok_or_else(|| AppError::not_found(format!("service named `{name}`")))
}

/// A part of the list of services.
pub async fn list(slipway: &Slipway, caller: &Caller, query: &ServiceQuery) -> Result<ServiceListPage> {
    caller.require(Permission::Read, None)?;
    let mut tx = slipway.read().await?;
    let filter = ServiceFilter { query: some(&query.q), owner: some(&query.owner), runtime: some(&query.runtime) };
    let page = tx.list_services(&filter, some(&query.cursor).as_deref(), PART).await.map_err(store)?;
    let total = tx.count_services().await.map_err(store)?;
    let owners = team_titles(&mut *tx).await?;
    let environments = tx.environments().await.map_err(store)?.into_iter().map(|e| e.name).collect();
    let ids: Vec<ServiceId> = page.items.iter().map(|service| service.id).collect();
    let places = Places::of(&mut *tx, &ids).await?;
    let rows = rows_by_id(&mut *tx, &places.deployments).await?;
    let items = places.service_rows(slipway, &page.items, &owners, &rows);
    Ok(ServiceListPage {
        now: slipway.clock.now().as_millis(),
        items,
        next: page.next,
        total,
        environments,
        owners,
        runtimes: runtime_titles(slipway),
    })
}

/// One service's page.
pub async fn page(slipway: &Slipway, caller: &Caller, name: &str) -> Result<ServicePage> {
    caller.require(Permission::Read, None)?;
    let mut tx = slipway.read().await?;
    let service = find(&mut *tx, name).await?;
    let owner: Option<EntityRef> = service.owner.parse().ok();
    let about: Vec<EntityRef> = [Some(service.entity.clone()), owner].into_iter().flatten().collect();
    let about = tx.entities(&about).await.map_err(store)?;
    let itself = about.iter().find(|found| found.entity.reference() == service.entity);
    let description = itself.map(|found| found.entity.description().to_owned()).unwrap_or_default();
    let titles: Vec<(String, String)> =
        about.iter().map(|e| (e.entity.reference().to_string(), e.entity.title().to_owned())).collect();
    let places = Places::of(&mut *tx, &[service.id]).await?;
    let filter = DeploymentFilter { service: Some(service.id), ..DeploymentFilter::default() };
    let deployments = tx.list_deployments(&filter, None, 10).await.map_err(store)?.items;
    let rows = rows_by_id(&mut *tx, deployments.iter().chain(&places.deployments)).await?;
    let deployments = deployments.iter().filter_map(|deployment| rows.get(&deployment.id).cloned()).collect();
    let artifacts = tx.artifacts_of(service.id, 5).await.map_err(store)?;
    // Only what is pushed to a repository here is built here.
    let (row, builds) = match service.repository {
        Some(_) => (fleet_row(&mut *tx, service.id).await?, tx.builds_of(service.id, 5).await.map_err(store)?),
        None => (None, Vec::new()),
    };
    drop(tx);
    let golden_path = row.as_ref().map(standing_view);
    let repository = row.map(|row| RepositoryView {
        clone_url: format!("{}/git/{}.git", slipway.settings.public_url, row.repository),
        name: row.repository,
        head: row.head.as_deref().map(short),
    });
    Ok(ServicePage {
        now: slipway.clock.now().as_millis(),
        name: service.name.clone(),
        description,
        owner: owner_link(&service.owner, &titles),
        entity: Link { title: service.entity.to_string(), href: service.entity.path() },
        demo: service.demo,
        placements: places.views(slipway, &rows),
        deployments,
        artifacts: artifacts.iter().map(artifact_view).collect(),
        builds: builds.iter().map(build_view).collect(),
        repository,
        golden_path,
        dora: crate::insights::panel_of_service(slipway, service.clone()).await?,
        may_deploy: caller.may(Permission::Deploy, Some(&service.owner)),
        may_manage: caller.may(Permission::Manage, Some(&service.owner)),
    })
}
