//! `slipway:environment`: makes sure that a service has a place in an environment.

use super::{Action, ActionContext, ActionError, planned, text};
use crate::{create::fit, fleet::empty};
use async_trait::async_trait;
use serde_json::{Value, json};
use slipway_domain::{access::Permission, deployment::Placement, health::Health, ids::PlacementId};
use slipway_scaffold::ActionSpec;

pub(super) struct Environment;

#[async_trait]
impl Action for Environment {
    fn spec(&self) -> ActionSpec {
        ActionSpec {
            name: "slipway:environment".to_owned(),
            description: "Makes sure that a service has an environment; a new one is sized as its others are."
                .to_owned(),
            input_schema: json!({
                "type": "object",
                "required": ["service", "environment"],
                "properties": {
                    "service": {"type": "string", "minLength": 1},
                    "environment": {"type": "string", "minLength": 1},
                    "runtime": {"type": "string", "minLength": 1},
                },
                "additionalProperties": false,
            }),
            output_schema: json!({
                "type": "object",
                "required": ["environment", "runtime", "added"],
                "properties": {
                    "environment": {"type": "string"},
                    "runtime": {"type": "string"},
                    "added": {"type": "boolean"},
                },
            }),
            has_undo: true,
        }
    }

    async fn plan(&self, ctx: &ActionContext<'_>, _input: &Value) -> Result<Value, ActionError> {
        Ok(json!({"placement": PlacementId::from_uuid(ctx.slipway.entropy.uuid())}))
    }

    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, plan: &Value) -> Result<Value, ActionError> {
        let (id, name) = (planned(plan, "placement")?, text(input, "environment"));
        let mut tx = ctx.write().await?;
        let service = ctx.service(&mut *tx, input, Permission::Create).await?;
        let environments: Vec<String> = tx.environments().await?.into_iter().map(|known| known.name).collect();
        if !environments.iter().any(|known| known == name) {
            let message = format!("There is no environment `{name}`; there are {}.", environments.join(", "));
            return Err(ActionError::refused(message, "An administrator can define one; then try again."));
        }
        let placements = tx.placements_of(&[service.id]).await?;
        let result = |placement: &Placement| {
            let added = placement.id == id;
            Ok(json!({"environment": name, "runtime": placement.runtime, "added": added}))
        };
        if let Some(there) = placements.iter().find(|placement| placement.environment == name) {
            // One that this run added, by an attempt that died, is new.
            let since = if there.id == id { "now" } else { "already" };
            ctx.say(format!("{} has {name} {since}, on {}", service.name, there.runtime));
            return result(there);
        }
        let Some(like) = placements.last() else {
            let mend = "Make the service with slipway:service:create.";
            return Err(ActionError::refused(format!("{} has no size to go by.", service.name), mend));
        };
        let runtime = input["runtime"].as_str().unwrap_or(&like.runtime).to_owned();
        let Some(kind) = ctx.slipway.runtimes.get(&runtime).map(|runtime| runtime.kind()) else {
            return Err(ActionError::refused(format!("The runtime `{runtime}` is not configured."), ""));
        };
        fit::check(kind, &like.workload).map_err(|message| ActionError::refused(message, ""))?;
        let now = ctx.slipway.clock.now();
        let placement = Placement {
            id,
            service: service.id,
            environment: name.to_owned(),
            runtime,
            workload: like.workload.clone(),
            current: None,
            observed: None,
            health: Health::default(),
            observe_at: now,
            version: 1,
        };
        tx.add_placement(&placement).await?;
        let detail = json!({"run": ctx.run.id, "environment": name, "runtime": placement.runtime});
        let owner = Some(service.owner.as_str());
        let line = ctx.person.audit(&*ctx.slipway.entropy, now, "service.environment", &service.name, owner, detail);
        tx.add_audit(&line).await?;
        tx.publish("service", &service.name, 1, now).await?;
        tx.commit().await?;
        ctx.say(format!("{} has {name} now, on {}", service.name, placement.runtime));
        result(&placement)
    }

    fn left(&self, _plan: &Value) -> String {
        "An environment of the service".to_owned()
    }

    async fn undo(&self, ctx: &ActionContext<'_>, plan: &Value) -> Result<(), ActionError> {
        let id = planned(plan, "placement")?;
        let why = "The run that added the environment is being undone";
        let Some((mut tx, placement)) = empty(ctx.slipway, id, why).await? else { return Ok(()) };
        ctx.hold(&mut *tx).await?;
        tx.delete_placement(id).await?;
        tx.publish("placement", &id.to_string(), placement.version + 1, ctx.slipway.clock.now()).await?;
        tx.commit().await?;
        ctx.say(format!("Took {} and everything that ran there away", placement.environment));
        Ok(())
    }
}
