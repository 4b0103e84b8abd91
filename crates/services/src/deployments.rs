//! Deployments: asking for one, returning to one, and reading them.

use crate::{
    Caller, Result, Slipway,
    errors::store,
    fleet::{find, some},
    insights::judgements,
    verdicts,
    views::{Places, deployment_rows, rows_by_id, short, team_titles},
    zone,
};
use serde_json::json;
use slipway_api_types::{
    AppError,
    catalog::Link,
    deployments::{DeployFormPage, DeploymentListPage, DeploymentPage, DeploymentQuery, DeploymentRow, TimelineLine},
};
use slipway_domain::{
    access::Permission,
    artifact::{Artifact, Digest},
    deployment::{Deployment, DeploymentState, Intent, Lane, Placement, TimelineEvent},
    ids::{ArtifactId, DeploymentId},
    time::Timestamp,
    workload::Workload,
};
use slipway_ports::{
    Tx,
    store::{deployments::DeploymentFilter, services::Service},
};

/// A part of the history, newest first.
pub async fn list(
    slipway: &Slipway,
    caller: &Caller,
    query: &DeploymentQuery,
    limit: u32,
) -> Result<DeploymentListPage> {
    caller.require(Permission::Read, None)?;
    let mut tx = slipway.read().await?;
    let service = match some(&query.service) {
        Some(name) => Some(find(&mut *tx, &name).await?.id),
        None => None,
    };
    let state = match some(&query.state).as_deref() {
        None | Some("active") => None,
        Some(text) => Some(DeploymentState::parse(text).ok_or_else(|| {
            AppError::invalid("state", format!("`{text}` is not a state; use active, succeeded, failed, rolled-back…"))
        })?),
    };
    let filter = DeploymentFilter {
        service,
        environment: some(&query.environment),
        state,
        active: query.state == "active",
        owner: some(&query.owner),
    };
    let page =
        tx.list_deployments(&filter, some(&query.cursor).as_deref(), limit.clamp(1, 100)).await.map_err(store)?;
    let mut items = deployment_rows(&mut *tx, &page.items).await?;
    judgements::judge(slipway, &mut *tx, &page.items, &mut items).await?;
    let environments = tx.environments().await.map_err(store)?.into_iter().map(|e| e.name).collect();
    let owners = team_titles(&mut *tx).await?;
    Ok(DeploymentListPage { now: slipway.clock.now().as_millis(), items, next: page.next, environments, owners })
}

async fn by_id(tx: &mut dyn Tx, id: &str) -> Result<Deployment> {
    let missing = || AppError::not_found(format!("deployment with the id `{id}`"));
    let id: DeploymentId = id.parse().map_err(|_| missing())?;
    tx.deployment(id).await.map_err(store)?.ok_or_else(missing)
}

fn gone(what: &str) -> AppError {
    AppError::not_found(format!("{what} of this deployment any more"))
}

async fn one_row(tx: &mut dyn Tx, deployment: &Deployment) -> Result<DeploymentRow> {
    deployment_rows(tx, std::slice::from_ref(deployment)).await?.pop().ok_or_else(|| gone("row"))
}

/// One deployment's page.
pub async fn page(slipway: &Slipway, caller: &Caller, id: &str) -> Result<DeploymentPage> {
    caller.require(Permission::Read, None)?;
    let mut tx = slipway.read().await?;
    let deployment = by_id(&mut *tx, id).await?;
    let service = tx.service(deployment.service).await.map_err(store)?.ok_or_else(|| gone("service"))?;
    let placement = tx.placement(deployment.placement).await.map_err(store)?.ok_or_else(|| gone("placement"))?;
    let places = Places::at(&mut *tx, vec![placement.clone()]).await?;
    let previous = match deployment.previous {
        Some(previous) => tx.deployment(previous).await.map_err(store)?,
        None => None,
    };
    let mut artifacts = vec![deployment.artifact];
    artifacts.extend(previous.as_ref().map(|previous| previous.artifact));
    let artifacts = tx.artifacts_by_ids(&artifacts).await.map_err(store)?;
    let artifact_of = |deployment: &Deployment| artifacts.iter().find(|artifact| artifact.id == deployment.artifact);
    let artifact = artifact_of(&deployment).ok_or_else(|| gone("artifact"))?;
    let before = previous.as_ref().and_then(artifact_of);
    let rows = rows_by_id(&mut *tx, places.deployments.iter().chain([&deployment])).await?;
    let mut row = rows.get(&deployment.id).cloned().ok_or_else(|| gone("row"))?;
    let delivered;
    (row.judged, delivered) = judgements::of_deployment(slipway, &mut *tx, service.clone(), &row.id).await?;
    let view = places.views(slipway, &rows).pop().ok_or_else(|| gone("placement"))?;
    let timeline = tx.timeline(deployment.id).await.map_err(store)?;
    let verdict = verdicts::of(&mut *tx, deployment.id).await?;
    let counts = verdicts::counts(&mut *tx, &deployment.environment, deployment.finished_at.is_some()).await?;
    let repository = match service.repository {
        Some(id) => tx.repository(id).await.map_err(store)?,
        None => None,
    };
    drop(tx);
    let changes = match repository {
        // The page is about the deployment; a history that cannot be read leaves this part empty.
        Some(repository) => {
            let from = before.map(|artifact| artifact.revision.as_str());
            let commits = slipway.forge.commits(&repository.name, from, &artifact.revision).await.unwrap_or_default();
            commits
                .iter()
                .rev()
                .take(20)
                .map(|commit| format!("{} {}", &short(&commit.sha)[..7], commit.subject))
                .collect()
        }
        None => Vec::new(),
    };
    let may_deploy = caller.may(Permission::Deploy, Some(&service.owner));
    let shows_here = placement.current == Some(deployment.id) || !deployment.state.is_final();
    Ok(DeploymentPage {
        now: slipway.clock.now().as_millis(),
        revision: artifact.revision.clone(),
        image: artifact.reference(),
        workload: deployment.workload.clone(),
        cause: deployment.cause.clone(),
        timeline: timeline
            .into_iter()
            .map(|event| TimelineLine {
                at: event.at.as_millis(),
                lane: event.lane,
                message: event.message,
                warning: event.warning,
            })
            .collect(),
        instances: placement.observed.as_ref().filter(|_| shows_here).map(|o| o.instances.clone()).unwrap_or_default(),
        placement: view,
        changes,
        delivered,
        previous: previous.map(|previous| Link {
            title: format!("v{}", previous.number),
            href: format!("/deployments/{}", previous.id),
        }),
        may_roll_back_to: may_deploy && may_return_to(&deployment, &placement),
        may_cancel: may_deploy && deployment.state == DeploymentState::Pending,
        verdict,
        may_judge: counts && caller.may(Permission::Manage, Some(&service.owner)),
        row,
    })
}

fn may_return_to(deployment: &Deployment, placement: &Placement) -> bool {
    deployment.state == DeploymentState::Succeeded && placement.current != Some(deployment.id)
}

/// What can be deployed where.
pub async fn form(slipway: &Slipway, caller: &Caller, service: &str) -> Result<DeployFormPage> {
    let mut tx = slipway.read().await?;
    let service = find(&mut *tx, service).await?;
    caller.require(Permission::Deploy, Some(&service.owner))?;
    let placements = tx.placements_of(&[service.id]).await.map_err(store)?;
    let artifacts = tx.artifacts_of(service.id, 30).await.map_err(store)?;
    let zone = zone::named(&slipway.settings.zone);
    let words = |artifact: Artifact| {
        let name = artifact.version.clone().unwrap_or_else(|| short(&artifact.revision));
        let built = zone::minute(artifact.built_at, &zone);
        (artifact.id.to_string(), format!("{name} · {} · built {built}", artifact.digest.short()))
    };
    Ok(DeployFormPage {
        service: crate::views::service_link(&service.name),
        environments: placements.into_iter().map(|p| p.environment).collect(),
        artifacts: artifacts.into_iter().map(words).collect(),
    })
}

/// Asks for a deployment. `artifact` is an id or a digest. The follow-up is the reconciler's.
pub async fn request(
    slipway: &Slipway,
    caller: &Caller,
    service: &str,
    environment: &str,
    artifact: &str,
    intent: Intent,
    reason: &str,
) -> Result<DeploymentRow> {
    let mut tx = slipway.write().await?;
    let service = tx
        .service_by_name(service)
        .await
        .map_err(store)?
        .ok_or_else(|| AppError::invalid("service", format!("There is no service named `{service}`.")))?;
    caller.require(Permission::Deploy, Some(&service.owner))?;
    if intent == Intent::Rollback {
        return Err(AppError::invalid("intent", "Roll back from the page of the deployment to return to."));
    }
    let artifact = find_artifact(&mut *tx, &service, artifact).await?;
    let placement = find_placement(&mut *tx, &service, environment).await?;
    let order = Order {
        artifact: &artifact,
        workload: placement.workload.clone(),
        intent,
        reason: some(reason),
        rollback_of: None,
    };
    let deployment = place(slipway, &mut *tx, caller, &service, &placement, order).await?;
    let row = one_row(&mut *tx, &deployment).await?;
    tx.commit().await.map_err(store)?;
    slipway.wake.deployments.notify_one();
    Ok(row)
}

/// Returns to an earlier deployment: its artifact and workload again, as a new deployment. A reason is needed.
pub async fn roll_back_to(slipway: &Slipway, caller: &Caller, id: &str, reason: &str) -> Result<DeploymentRow> {
    let mut tx = slipway.write().await?;
    let earlier = by_id(&mut *tx, id).await?;
    let service = tx.service(earlier.service).await.map_err(store)?.ok_or_else(|| gone("service"))?;
    caller.require(Permission::Deploy, Some(&service.owner))?;
    let Some(reason) = some(reason) else {
        return Err(AppError::invalid("reason", "Say why in a few words; it stands in the history."));
    };
    let placement = find_placement(&mut *tx, &service, &earlier.environment).await?;
    if !may_return_to(&earlier, &placement) {
        let message = if placement.current == Some(earlier.id) {
            format!("v{} is what runs in {} already.", earlier.number, earlier.environment)
        } else {
            format!("v{} never ran well in {}; choose one that succeeded.", earlier.number, earlier.environment)
        };
        return Err(AppError::conflict(message));
    }
    let artifact = tx.artifact(earlier.artifact).await.map_err(store)?.ok_or_else(|| gone("artifact"))?;
    let order = Order {
        artifact: &artifact,
        workload: earlier.workload.clone(),
        intent: Intent::Rollback,
        reason: Some(reason),
        rollback_of: Some(earlier.id),
    };
    let deployment = place(slipway, &mut *tx, caller, &service, &placement, order).await?;
    let row = one_row(&mut *tx, &deployment).await?;
    tx.commit().await.map_err(store)?;
    slipway.wake.deployments.notify_one();
    Ok(row)
}

/// Stops a deployment that has not begun.
pub async fn cancel(slipway: &Slipway, caller: &Caller, id: &str) -> Result<()> {
    let mut tx = slipway.write().await?;
    let mut deployment = by_id(&mut *tx, id).await?;
    let service = tx.service(deployment.service).await.map_err(store)?.ok_or_else(|| gone("service"))?;
    caller.require(Permission::Deploy, Some(&service.owner))?;
    if deployment.state != DeploymentState::Pending {
        return Err(AppError::conflict(format!(
            "v{} is {} already; deploy or roll back to another version instead.",
            deployment.number,
            deployment.state.title().to_lowercase()
        )));
    }
    let now = slipway.clock.now();
    end(&mut deployment, DeploymentState::Cancelled, now);
    tx.set_deployment(&deployment).await.map_err(store)?;
    let words = format!("Cancelled by {}", caller.display_name);
    tx.add_timeline(&[portal_line(&deployment, "cancelled", now, words)]).await.map_err(store)?;
    let detail = json!({"service": service.name, "number": deployment.number});
    let line = caller.audit(
        &*slipway.entropy,
        now,
        "deployment.cancel",
        deployment.id.to_string(),
        Some(&service.owner),
        detail,
    );
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("deployment", &deployment.id.to_string(), deployment.version + 1, now).await.map_err(store)?;
    tx.commit().await.map_err(store)
}

pub(crate) async fn find_artifact(tx: &mut dyn Tx, service: &Service, text: &str) -> Result<Artifact> {
    let text = text.trim();
    let found = if let Ok(digest) = text.parse::<Digest>() {
        tx.artifact_by_digest(service.id, &digest).await.map_err(store)?
    } else if let Ok(id) = text.parse::<ArtifactId>() {
        tx.artifact(id).await.map_err(store)?.filter(|artifact| artifact.service == service.id)
    } else {
        None
    };
    found.ok_or_else(|| {
        AppError::invalid(
            "artifact",
            format!("{} has no such artifact; record it first, then deploy it by id or digest.", service.name),
        )
    })
}

pub(crate) async fn find_placement(tx: &mut dyn Tx, service: &Service, environment: &str) -> Result<Placement> {
    let placements = tx.placements_of(&[service.id]).await.map_err(store)?;
    let names: Vec<String> = placements.iter().map(|p| p.environment.clone()).collect();
    placements.into_iter().find(|p| p.environment == environment.trim()).ok_or_else(|| {
        let message = format!("{} does not run in `{environment}`; it has {}.", service.name, names.join(", "));
        AppError::invalid("environment", message)
    })
}

/// What shall be deployed.
pub(crate) struct Order<'a> {
    pub artifact: &'a Artifact,
    pub workload: Workload,
    pub intent: Intent,
    pub reason: Option<String>,
    pub rollback_of: Option<DeploymentId>,
}

/// Writes a pending deployment, and ends those still under way to the same placement. Within the caller's transaction.
pub(crate) async fn place(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    caller: &Caller,
    service: &Service,
    placement: &Placement,
    order: Order<'_>,
) -> Result<Deployment> {
    let id = DeploymentId::from_uuid(slipway.entropy.uuid());
    place_as(slipway, tx, caller, service, placement, id, order).await
}

/// As [`place`], with an id that was chosen before, so that it can be found again.
pub(crate) async fn place_as(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    caller: &Caller,
    service: &Service,
    placement: &Placement,
    id: DeploymentId,
    order: Order<'_>,
) -> Result<Deployment> {
    order.workload.check().map_err(|wrong| AppError::invalid(wrong.field, wrong.message))?;
    if slipway.runtimes.get(&placement.runtime).is_none() {
        let message = format!(
            "The runtime `{}` is not configured any more; configure it or move the service.",
            placement.runtime
        );
        return Err(AppError::conflict(message));
    }
    let now = slipway.clock.now();
    let number = tx.next_deployment_number(service.id).await.map_err(store)?;
    for mut older in tx.active_deployments_of(placement.id).await.map_err(store)? {
        end(&mut older, DeploymentState::Superseded, now);
        tx.set_deployment(&older).await.map_err(store)?;
        let words = format!("v{number} took over");
        tx.add_timeline(&[portal_line(&older, "superseded", now, words)]).await.map_err(store)?;
        tx.publish("deployment", &older.id.to_string(), older.version + 1, now).await.map_err(store)?;
    }
    let deployment = Deployment {
        id,
        service: service.id,
        placement: placement.id,
        environment: placement.environment.clone(),
        number,
        artifact: order.artifact.id,
        workload: order.workload,
        intent: order.intent,
        reason: order.reason,
        rollback_of: order.rollback_of,
        previous: placement.current,
        state: DeploymentState::Pending,
        cause: None,
        handle: None,
        requested_by: caller.display_name.clone(),
        requested_at: now,
        started_at: None,
        state_since: now,
        finished_at: None,
        good_probes: 0,
        version: 1,
    };
    tx.add_deployment(&deployment).await.map_err(store)?;
    let words = format!("{} asked for v{number} in {}", caller.display_name, placement.environment);
    tx.add_timeline(&[portal_line(&deployment, "requested", now, words)]).await.map_err(store)?;
    let detail = json!({
        "service": service.name, "number": number, "environment": placement.environment, "digest": order.artifact.digest.as_str(),
        "intent": deployment.intent.as_str(), "reason": deployment.reason,
    });
    let line = caller.audit(
        &*slipway.entropy,
        now,
        "deployment.request",
        deployment.id.to_string(),
        Some(&service.owner),
        detail,
    );
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("deployment", &deployment.id.to_string(), 1, now).await.map_err(store)?;
    Ok(deployment)
}

/// Moves a deployment into a state.
pub(crate) fn enter(deployment: &mut Deployment, state: DeploymentState, now: Timestamp) {
    deployment.state = state;
    deployment.state_since = now;
}

/// Moves a deployment into a state that nothing follows.
pub(crate) fn end(deployment: &mut Deployment, state: DeploymentState, now: Timestamp) {
    enter(deployment, state, now);
    deployment.finished_at = Some(now);
}

pub(crate) fn portal_line(deployment: &Deployment, key: &str, at: Timestamp, message: String) -> TimelineEvent {
    TimelineEvent {
        deployment: deployment.id,
        key: format!("portal:{key}"),
        at,
        lane: Lane::Portal,
        message,
        warning: false,
    }
}
