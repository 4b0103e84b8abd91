//! Services: what runs where.

use crate::{
    Caller, Result, Slipway,
    deployments::{end, portal_line},
    errors::store,
    reconcile::LEASE,
    views::{Places, artifact_view, build_view, owner_link, rows_by_id, runtime_titles, short, team_titles},
};
use serde_json::json;
use slipway_api_types::{
    AppError,
    catalog::Link,
    services::{RepositoryView, ServiceListPage, ServicePage, ServiceQuery},
};
use slipway_domain::{
    access::Permission,
    catalog::EntityRef,
    deployment::{DeploymentState, Placement},
    ids::{DeploymentId, ServiceId},
    runtime::Target,
    time::SECOND,
};
use slipway_ports::{
    Tx,
    store::{
        deployments::DeploymentFilter,
        services::{Service, ServiceFilter},
    },
};
use std::time::Duration;

/// How long to wait for a worker to notice that its deployment was called off: as long as its lease lasts without it, and a little,
/// milliseconds.
const CALLED_OFF: i64 = LEASE + 5 * SECOND;
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
    let (repository, builds) = match service.repository {
        Some(id) => (tx.repository(id).await.map_err(store)?, tx.builds_of(service.id, 5).await.map_err(store)?),
        None => (None, Vec::new()),
    };
    drop(tx);
    let repository = repository.map(|repository| RepositoryView {
        clone_url: format!("{}/git/{}.git", slipway.settings.public_url, repository.name),
        name: repository.name,
        head: repository.recorded_head.as_deref().map(short),
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
        dora: crate::insights::panel_of_service(slipway, service.clone()).await?,
        may_deploy: caller.may(Permission::Deploy, Some(&service.owner)),
        may_manage: caller.may(Permission::Manage, Some(&service.owner)),
    })
}

/// Removes a service: first everything that runs, then what Slipway knows of it. The repository and the catalogue entry stay.
pub async fn remove(slipway: &Slipway, caller: &Caller, name: &str) -> Result<()> {
    let (service, placements) = {
        let mut tx = slipway.read().await?;
        let service = find(&mut *tx, name).await?;
        caller.require(Permission::Manage, Some(&service.owner))?;
        let placements = tx.placements_of(&[service.id]).await.map_err(store)?;
        (service, placements)
    };
    call_off(slipway, caller, &service, &placements).await?;
    take_down(slipway, &service, &placements).await?;
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    tx.delete_service(service.id).await.map_err(store)?;
    let line = caller.audit(&*slipway.entropy, now, "service.remove", &service.name, Some(&service.owner), json!({}));
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("service", &service.name, 0, now).await.map_err(store)?;
    tx.commit().await.map_err(store)
}

/// Ends every deployment of the service that is under way, and returns when no worker can tell a runtime about it any more: otherwise
/// one that is in the middle of a step would put back what is about to be removed.
async fn call_off(slipway: &Slipway, caller: &Caller, service: &Service, placements: &[Placement]) -> Result<()> {
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    for placement in placements {
        for mut deployment in tx.active_deployments_of(placement.id).await.map_err(store)? {
            end(&mut deployment, DeploymentState::Cancelled, now);
            tx.set_deployment(&deployment).await.map_err(store)?;
            let words = format!("{} is being removed by {}", service.name, caller.display_name);
            tx.add_timeline(&[portal_line(&deployment, "cancelled", now, words)]).await.map_err(store)?;
            let version = deployment.version + 1;
            tx.publish("deployment", &deployment.id.to_string(), version, now).await.map_err(store)?;
        }
    }
    tx.commit().await.map_err(store)?;
    // All of them, not only those just ended: an earlier attempt may have ended some and not have waited.
    let filter = DeploymentFilter { service: Some(service.id), ..DeploymentFilter::default() };
    let latest = slipway.read().await?.list_deployments(&filter, None, 100).await.map_err(store)?.items;
    for deployment in latest {
        while !is_let_go(slipway, deployment.id).await? {
            if slipway.clock.now().since(now) > CALLED_OFF {
                let message = format!("A deployment of {} is still under way; try again in a minute.", service.name);
                return Err(AppError::conflict(message));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    Ok(())
}

/// Whether no worker holds this deployment any more: it gave its lease back, or lost it. A worker looks at the row before each step.
pub(crate) async fn is_let_go(slipway: &Slipway, deployment: DeploymentId) -> Result<bool> {
    // Not the name that this process's deployment worker goes by: a lease is given to its own holder at once.
    let owner = format!("{}/removal", slipway.worker);
    let name = format!("deployment:{deployment}");
    let mut tx = slipway.write().await?;
    let Some(lease) = tx.acquire_lease(&name, &owner, slipway.clock.now(), LEASE).await.map_err(store)? else {
        return Ok(false);
    };
    tx.release_lease(&lease).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(true)
}

/// Asks every runtime to remove the service's resources and waits until they are gone, up to two minutes.
pub(crate) async fn take_down(slipway: &Slipway, service: &Service, placements: &[Placement]) -> Result<()> {
    for placement in placements {
        let Some(runtime) = slipway.runtimes.get(&placement.runtime) else { continue };
        let target = Target { service: service.name.clone(), environment: placement.environment.clone() };
        let mut tries = 0;
        loop {
            match runtime.remove(&target).await {
                Ok(true) => break,
                Ok(false) => {}
                Err(error) if error.is_transient() => {}
                Err(error) => {
                    let cause = crate::errors::cause(&error);
                    let message =
                        format!("{} could not remove it: {} {}", placement.runtime, cause.message, cause.mend);
                    return Err(AppError::new(slipway_api_types::ErrorCode::Upstream, message));
                }
            }
            tries += 1;
            if tries > 240 {
                let message = format!(
                    "{} is still removing {}; try again in a minute.",
                    placement.runtime,
                    target.resource_name()
                );
                return Err(AppError::new(slipway_api_types::ErrorCode::Upstream, message));
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
    Ok(())
}
