//! `slipway:secret`: a variable whose value is looked up where a service runs. Only the name of the secret is known here.

use super::{Action, ActionContext, ActionError, text};
use async_trait::async_trait;
use serde_json::{Value, json};
use slipway_domain::{
    access::Permission, deployment::Placement, ids::PlacementId, runtime::RuntimeKind, workload::Workload,
};
use slipway_ports::store::services::Service;
use slipway_scaffold::ActionSpec;

pub(super) struct Secret;

#[async_trait]
impl Action for Secret {
    fn spec(&self) -> ActionSpec {
        ActionSpec {
            name: "slipway:secret".to_owned(),
            description: "Names the secret that a variable of a service is read from, never its value.".to_owned(),
            input_schema: json!({
                "type": "object",
                "required": ["service", "variable", "secret"],
                "properties": {
                    "service": {"type": "string", "minLength": 1},
                    "environment": {"type": "string", "minLength": 1},
                    "variable": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
                    "secret": {"type": "string", "minLength": 1, "maxLength": 512},
                },
                "additionalProperties": false,
            }),
            output_schema: json!({
                "type": "object",
                "required": ["variable", "secret", "lookedUp"],
                "properties": {
                    "variable": {"type": "string"},
                    "secret": {"type": "string"},
                    "lookedUp": {"type": "array", "items": {"type": "string"}},
                },
            }),
            has_undo: true,
        }
    }

    /// The placements that do not have the variable yet: those are changed, and changed back.
    async fn plan(&self, ctx: &ActionContext<'_>, input: &Value) -> Result<Value, ActionError> {
        let (_, placements) = meant(ctx, input).await?;
        let variable = text(input, "variable");
        let lacking = placements.iter().filter(|placement| !placement.workload.secrets.contains_key(variable));
        let ids: Vec<PlacementId> = lacking.map(|placement| placement.id).collect();
        Ok(json!({"variable": variable, "secret": text(input, "secret"), "placements": ids}))
    }

    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, _plan: &Value) -> Result<Value, ActionError> {
        let (variable, secret) = (text(input, "variable"), text(input, "secret"));
        let (service, placements) = meant(ctx, input).await?;
        let now = ctx.slipway.clock.now();
        let (mut looked_up, mut is_new) = (Vec::new(), false);
        let mut tx = ctx.write().await?;
        for placement in &placements {
            looked_up.push(format!("{}: {}", placement.environment, place(ctx, placement, secret)));
            let mut changed = placement.clone();
            match changed.workload.secrets.insert(variable.to_owned(), secret.to_owned()) {
                Some(before) if before == secret => continue,
                Some(before) => {
                    let message = format!("{variable} in {} is read from {before}.", placement.environment);
                    return Err(ActionError::refused(message, "Choose another variable."));
                }
                None => {}
            }
            is_new = true;
            require_valid(&changed.workload)?;
            tx.set_placement(&changed).await?;
            tx.publish("placement", &placement.id.to_string(), placement.version + 1, now).await?;
        }
        let detail = json!({"run": ctx.run.id, "variable": variable, "secret": secret});
        let owner = Some(service.owner.as_str());
        let line = ctx.person.audit(&*ctx.slipway.entropy, now, "service.secret", &service.name, owner, detail);
        if is_new {
            tx.add_audit(&line).await?;
            tx.commit().await?;
        }
        looked_up.iter().for_each(|line| ctx.say(format!("{variable} is read from {line}, at the next deployment")));
        Ok(json!({"variable": variable, "secret": secret, "lookedUp": looked_up}))
    }

    fn left(&self, plan: &Value) -> String {
        format!("The reference to a secret in {}", text(plan, "variable"))
    }

    async fn undo(&self, ctx: &ActionContext<'_>, plan: &Value) -> Result<(), ActionError> {
        let (variable, secret) = (text(plan, "variable"), text(plan, "secret"));
        let mut tx = ctx.write().await?;
        for id in plan["placements"].as_array().into_iter().flatten() {
            let Some(id) = id.as_str().and_then(|id| id.parse::<PlacementId>().ok()) else { continue };
            let Some(mut placement) = tx.placement(id).await? else { continue };
            if placement.workload.secrets.get(variable).is_some_and(|there| there == secret) {
                placement.workload.secrets.remove(variable);
                tx.set_placement(&placement).await?;
            }
        }
        tx.commit().await?;
        ctx.say(format!("{variable} is no longer read from {secret}"));
        Ok(())
    }
}

/// The service, and its placements in the environment that was named; in all without one.
async fn meant(ctx: &ActionContext<'_>, input: &Value) -> Result<(Service, Vec<Placement>), ActionError> {
    let mut tx = ctx.read().await?;
    let service = ctx.service(&mut *tx, input, Permission::Deploy).await?;
    let mut placements = tx.placements_of(&[service.id]).await?;
    if let Some(environment) = input["environment"].as_str() {
        placements.retain(|placement| placement.environment == environment);
    }
    match placements.is_empty() {
        false => Ok((service, placements)),
        true => {
            let message = format!("{} does not run in `{}`.", service.name, text(input, "environment"));
            Err(ActionError::refused(message, "Add it with slipway:environment."))
        }
    }
}

fn require_valid(workload: &Workload) -> Result<(), ActionError> {
    workload.check().map_err(|wrong| ActionError::refused(format!("{wrong}."), "Choose another variable."))
}

/// Where a runtime looks for a secret of this name.
fn place(ctx: &ActionContext<'_>, placement: &Placement, secret: &str) -> String {
    match ctx.slipway.runtimes.get(&placement.runtime).map(|runtime| runtime.kind()) {
        Some(RuntimeKind::Kubernetes) => format!("the Kubernetes secret {secret} beside the workload"),
        Some(RuntimeKind::Ecs | RuntimeKind::AppRunner) => {
            format!("{secret} in AWS Secrets Manager or the Parameter Store")
        }
        None => format!("{secret}; the runtime {} is not configured", placement.runtime),
    }
}
