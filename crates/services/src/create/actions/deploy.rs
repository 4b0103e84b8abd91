//! `slipway:deploy`: asks for a deployment. What follows is the reconciler's.

use super::{Action, ActionContext, ActionError, planned, text};
use crate::{
    deployments::{Order, find_artifact, find_placement, place_as},
    fleet::empty,
};
use async_trait::async_trait;
use serde_json::{Value, json};
use slipway_domain::{
    access::Permission,
    artifact::Artifact,
    deployment::{Deployment, Intent, Placement},
    ids::DeploymentId,
};
use slipway_ports::{Tx, store::services::Service};
use slipway_scaffold::ActionSpec;

pub(super) struct Deploy;

#[async_trait]
impl Action for Deploy {
    fn spec(&self) -> ActionSpec {
        ActionSpec {
            name: "slipway:deploy".to_owned(),
            description: "Deploys an artifact of a service to an environment: one that is named, what runs in another \
                          environment, or the newest."
                .to_owned(),
            input_schema: json!({
                "type": "object",
                "required": ["service", "environment"],
                "properties": {
                    "service": {"type": "string", "minLength": 1},
                    "environment": {"type": "string", "minLength": 1},
                    "artifact": {"type": "string", "minLength": 1},
                    "from": {"type": "string", "minLength": 1},
                    "reason": {"type": "string", "maxLength": 500},
                },
                "additionalProperties": false,
            }),
            output_schema: json!({
                "type": "object",
                "required": ["deployment", "url"],
                "properties": {
                    "deployment": {"type": "string"},
                    "url": {"type": "string"},
                    "digest": {"type": "string"},
                },
            }),
            has_undo: true,
        }
    }

    async fn plan(&self, ctx: &ActionContext<'_>, _input: &Value) -> Result<Value, ActionError> {
        let id = || DeploymentId::from_uuid(ctx.slipway.entropy.uuid());
        Ok(json!({"deployment": id(), "back": id()}))
    }

    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, plan: &Value) -> Result<Value, ActionError> {
        let id: DeploymentId = planned(plan, "deployment")?;
        let mut tx = ctx.write().await?;
        let service = ctx.service(&mut *tx, input, Permission::Deploy).await?;
        let result = |number: i64, artifact: &Artifact| {
            ctx.say(format!("Asked for v{number} of {} in {}", service.name, text(input, "environment")));
            let url = format!("{}/deployments/{id}", ctx.slipway.settings.public_url);
            json!({"deployment": id, "url": url, "digest": artifact.digest.as_str()})
        };
        if let Some(there) = tx.deployment(id).await? {
            let artifact = tx.artifact(there.artifact).await?;
            let gone = || ActionError::refused("What was deployed is gone.", "");
            return artifact.map(|artifact| result(there.number, &artifact)).ok_or_else(gone);
        }
        let placement = find_placement(&mut *tx, &service, text(input, "environment")).await?;
        let artifact = artifact(&mut *tx, &service, input).await?;
        let order = Order {
            artifact: &artifact,
            workload: placement.workload.clone(),
            intent: Intent::Planned,
            reason: input["reason"].as_str().map(str::to_owned),
            rollback_of: None,
        };
        let deployment = place_as(ctx.slipway, &mut *tx, ctx.person, &service, &placement, id, order).await?;
        tx.commit().await?;
        ctx.slipway.wake.deployments.notify_one();
        Ok(result(deployment.number, &artifact))
    }

    /// What ran before runs again; where nothing did, nothing is left running.
    fn left(&self, _plan: &Value) -> String {
        "A deployment".to_owned()
    }

    async fn undo(&self, ctx: &ActionContext<'_>, plan: &Value) -> Result<(), ActionError> {
        let id: DeploymentId = planned(plan, "deployment")?;
        let Some(deployment) = ctx.read().await?.deployment(id).await? else { return Ok(()) };
        match deployment.previous {
            Some(previous) => go_back(ctx, &deployment, previous, planned(plan, "back")?).await,
            None => take_down(ctx, &deployment).await,
        }
    }
}

/// What an input asks to deploy.
async fn artifact(tx: &mut dyn Tx, service: &Service, input: &Value) -> Result<Artifact, ActionError> {
    if let Some(named) = input["artifact"].as_str() {
        return Ok(find_artifact(tx, service, named).await?);
    }
    let nothing = |what: String| ActionError::refused(what, "Try again when there is something to deploy.");
    let Some(from) = input["from"].as_str() else {
        let newest = tx.artifacts_of(service.id, 1).await?.pop();
        return newest.ok_or_else(|| nothing(format!("{} has no artifact yet.", service.name)));
    };
    let runs = find_placement(tx, service, from).await?.current;
    let deployment = match runs {
        Some(id) => tx.deployment(id).await?,
        None => None,
    };
    let artifact = match deployment {
        Some(deployment) => tx.artifact(deployment.artifact).await?,
        None => None,
    };
    artifact.ok_or_else(|| nothing(format!("Nothing of {} runs in {from}.", service.name)))
}

async fn go_back(
    ctx: &ActionContext<'_>,
    deployment: &Deployment,
    previous: DeploymentId,
    id: DeploymentId,
) -> Result<(), ActionError> {
    let mut tx = ctx.write().await?;
    if tx.deployment(id).await?.is_some() {
        return Ok(());
    }
    let service = tx.service(deployment.service).await?;
    let placement = tx.placement(deployment.placement).await?;
    let previous = tx.deployment(previous).await?;
    let (Some(service), Some(placement), Some(previous)) = (service, placement, previous) else { return Ok(()) };
    if !is_the_runs(&mut *tx, deployment, &placement).await? {
        ctx.say(format!("Something else was deployed to {} since; that stays", placement.environment));
        return Ok(());
    }
    let Some(artifact) = tx.artifact(previous.artifact).await? else { return Ok(()) };
    let order = Order {
        artifact: &artifact,
        workload: previous.workload.clone(),
        intent: Intent::Rollback,
        reason: Some("The run that deployed it is being undone".to_owned()),
        rollback_of: Some(previous.id),
    };
    place_as(ctx.slipway, &mut *tx, ctx.person, &service, &placement, id, order).await?;
    tx.commit().await?;
    ctx.slipway.wake.deployments.notify_one();
    ctx.say(format!("{} goes back to v{} in {}", service.name, previous.number, placement.environment));
    Ok(())
}

async fn take_down(ctx: &ActionContext<'_>, deployment: &Deployment) -> Result<(), ActionError> {
    {
        let mut tx = ctx.read().await?;
        let Some(placement) = tx.placement(deployment.placement).await? else { return Ok(()) };
        if !is_the_runs(&mut *tx, deployment, &placement).await? {
            ctx.say(format!("Something else was deployed to {} since; that stays", placement.environment));
            return Ok(());
        }
    }
    let why = "The run that deployed it is being undone";
    let Some((mut tx, mut placement)) = empty(ctx.slipway, deployment.placement, why).await? else { return Ok(()) };
    ctx.hold(&mut *tx).await?;
    placement.current = None;
    placement.observed = None;
    tx.set_placement(&placement).await?;
    let now = ctx.slipway.clock.now();
    tx.publish("placement", &placement.id.to_string(), placement.version + 1, now).await?;
    tx.commit().await?;
    ctx.say(format!("Nothing of it runs in {} any more", placement.environment));
    Ok(())
}

/// Whether nobody deployed there after the run.
async fn is_the_runs(tx: &mut dyn Tx, deployment: &Deployment, placement: &Placement) -> Result<bool, ActionError> {
    let mut later = tx.active_deployments_of(placement.id).await?;
    later.extend(match placement.current {
        Some(id) => tx.deployment(id).await?,
        None => None,
    });
    Ok(later.iter().all(|other| other.number <= deployment.number))
}
