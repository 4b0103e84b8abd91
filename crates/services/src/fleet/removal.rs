//! Removing a service: first everything that runs of it, then what Slipway knows of it.

use super::find;
use crate::{
    Caller, Result, Slipway,
    deployments::{end, portal_line},
    errors::{cause, store},
    reconcile::LEASE,
};
use serde_json::json;
use slipway_api_types::{AppError, ErrorCode};
use slipway_domain::{
    access::Permission,
    deployment::{Deployment, DeploymentState, Placement},
    ids::{DeploymentId, PlacementId, ServiceId},
    runtime::Target,
    time::{SECOND, Timestamp},
};
use slipway_ports::{
    Runtime, Tx,
    store::{deployments::DeploymentFilter, services::Service},
};
use std::time::Duration;

/// How long to wait for a worker to notice that its deployment was called off: as long as its lease lasts without it, and a little,
/// milliseconds.
const CALLED_OFF: i64 = LEASE + 5 * SECOND;
/// How long a runtime may take to remove what runs, milliseconds.
const TAKEN_DOWN: i64 = 120 * SECOND;

/// Removes a service and everything that runs of it. The repository and the catalogue entry stay.
pub async fn remove(slipway: &Slipway, caller: &Caller, name: &str) -> Result<()> {
    let service = find(&mut *slipway.read().await?, name).await?;
    caller.require(Permission::Manage, Some(&service.owner))?;
    let why = format!("{} is being removed by {}", service.name, caller.display_name);
    // Whoever else removed it meanwhile did what was asked for.
    let Some(Gone { mut tx, service }) = take_away(slipway, service.id, &why).await? else { return Ok(()) };
    let now = slipway.clock.now();
    let line = caller.audit(&*slipway.entropy, now, "service.remove", &service.name, Some(&service.owner), json!({}));
    tx.add_audit(&line).await.map_err(store)?;
    tx.commit().await.map_err(store)
}

/// A service of which nothing runs any more, and the transaction in which it is deleted: for its last words, and to commit.
pub(crate) struct Gone {
    pub tx: Box<dyn Tx>,
    pub service: Service,
}

/// Ends every deployment of the service, because of `why`, takes down what runs, and deletes the service. `None` when it is gone already.
/// Can be done again at any point.
pub(crate) async fn take_away(slipway: &Slipway, id: ServiceId, why: &str) -> Result<Option<Gone>> {
    loop {
        let Some((service, placements)) = call_off(slipway, id, why).await? else { return Ok(None) };
        are_let_go(slipway, id).await?;
        for placement in &placements {
            take_down(slipway, &service, placement).await?;
        }
        let mut tx = slipway.write().await?;
        // Somebody, or a build that ended meanwhile, may have begun another deployment; then that has to stop first.
        if active(&mut *tx, &placements).await?.is_empty() {
            tx.delete_service(id).await.map_err(store)?;
            tx.publish("service", &service.name, 0, slipway.clock.now()).await.map_err(store)?;
            return Ok(Some(Gone { tx, service }));
        }
    }
}

/// Ends every deployment to one placement, because of `why`, and takes down what runs there. Gives the placement as it stands then, and
/// the transaction in which to say what becomes of it; `None` when it is gone already. Can be done again at any point.
pub(crate) async fn empty(slipway: &Slipway, id: PlacementId, why: &str) -> Result<Option<(Box<dyn Tx>, Placement)>> {
    loop {
        let mut tx = slipway.write().await?;
        let Some(placement) = tx.placement(id).await.map_err(store)? else { return Ok(None) };
        let Some(service) = tx.service(placement.service).await.map_err(store)? else { return Ok(None) };
        end_active(slipway, &mut *tx, std::slice::from_ref(&placement), why).await?;
        tx.commit().await.map_err(store)?;
        are_let_go(slipway, service.id).await?;
        take_down(slipway, &service, &placement).await?;
        let mut tx = slipway.write().await?;
        if active(&mut *tx, std::slice::from_ref(&placement)).await?.is_empty() {
            let stands = tx.placement(id).await.map_err(store)?;
            return Ok(stands.map(|placement| (tx, placement)));
        }
    }
}

/// Ends every deployment of the service that is under way. `None` when there is no such service.
async fn call_off(slipway: &Slipway, id: ServiceId, why: &str) -> Result<Option<(Service, Vec<Placement>)>> {
    let mut tx = slipway.write().await?;
    let Some(service) = tx.service(id).await.map_err(store)? else { return Ok(None) };
    let placements = tx.placements_of(&[id]).await.map_err(store)?;
    end_active(slipway, &mut *tx, &placements, why).await?;
    tx.commit().await.map_err(store)?;
    Ok(Some((service, placements)))
}

async fn end_active(slipway: &Slipway, tx: &mut dyn Tx, placements: &[Placement], why: &str) -> Result<()> {
    let now = slipway.clock.now();
    for mut deployment in active(tx, placements).await? {
        end(&mut deployment, DeploymentState::Cancelled, now);
        tx.set_deployment(&deployment).await.map_err(store)?;
        tx.add_timeline(&[portal_line(&deployment, "cancelled", now, why.to_owned())]).await.map_err(store)?;
        let version = deployment.version + 1;
        tx.publish("deployment", &deployment.id.to_string(), version, now).await.map_err(store)?;
    }
    Ok(())
}

async fn active(tx: &mut dyn Tx, placements: &[Placement]) -> Result<Vec<Deployment>> {
    let mut found = Vec::new();
    for placement in placements {
        found.extend(tx.active_deployments_of(placement.id).await.map_err(store)?);
    }
    Ok(found)
}

/// Returns when no worker can tell a runtime about a deployment of the service any more: one that is in the middle of a step would put
/// back what is about to be removed.
async fn are_let_go(slipway: &Slipway, service: ServiceId) -> Result<()> {
    let began = slipway.clock.now();
    // Not only those just ended: an earlier attempt may have ended some and not have waited.
    let filter = DeploymentFilter { service: Some(service), ..DeploymentFilter::default() };
    let latest = slipway.read().await?.list_deployments(&filter, None, 100).await.map_err(store)?.items;
    for deployment in latest.iter().filter(|deployment| may_be_held(deployment, began)) {
        while !is_let_go(slipway, deployment.id).await? {
            if slipway.clock.now().since(began) > CALLED_OFF {
                let message = format!("v{} is still under way; try again in a minute.", deployment.number);
                return Err(AppError::new(ErrorCode::Upstream, message));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    Ok(())
}

/// Nobody prolongs the lease of a deployment that has ended.
fn may_be_held(deployment: &Deployment, now: Timestamp) -> bool {
    deployment.finished_at.is_none_or(|ended| now.since(ended) <= LEASE)
}

/// Whether no worker holds this deployment any more: it gave its lease back, or lost it. A worker looks at the row before each step.
async fn is_let_go(slipway: &Slipway, deployment: DeploymentId) -> Result<bool> {
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

/// Asks the runtime to remove what runs in one environment, and waits until it is gone.
async fn take_down(slipway: &Slipway, service: &Service, placement: &Placement) -> Result<()> {
    let Some(runtime) = slipway.runtimes.get(&placement.runtime) else { return Ok(()) };
    let target = Target { service: service.name.clone(), environment: placement.environment.clone() };
    let began = slipway.clock.now();
    while !is_removed(&**runtime, &target, &placement.runtime).await? {
        if slipway.clock.now().since(began) > TAKEN_DOWN {
            let name = target.resource_name();
            let message = format!("{} is still removing {name}; try again in a minute.", placement.runtime);
            return Err(AppError::new(ErrorCode::Upstream, message));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}

async fn is_removed(runtime: &dyn Runtime, target: &Target, name: &str) -> Result<bool> {
    match runtime.remove(target).await {
        Ok(gone) => Ok(gone),
        Err(error) if error.is_transient() => Ok(false),
        Err(error) => {
            let cause = cause(&error);
            let message = format!("{name} could not remove it: {} {}", cause.message, cause.mend);
            Err(AppError::new(ErrorCode::Upstream, message))
        }
    }
}
