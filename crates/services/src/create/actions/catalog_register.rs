//! `catalog:register`: puts the entities of a repository into the catalogue.

use super::{Action, ActionContext, ActionError, CATALOG_FILE, CATALOG_REGISTER, planned, text};
use crate::catalog::{put_documents, read_documents};
use async_trait::async_trait;
use serde_json::{Value, json};
use slipway_domain::{
    catalog::{Location, LocationKind},
    ids::LocationId,
};
use slipway_scaffold::ActionSpec;

pub(super) struct CatalogRegister;

#[async_trait]
impl Action for CatalogRegister {
    fn spec(&self) -> ActionSpec {
        ActionSpec {
            name: CATALOG_REGISTER.to_owned(),
            description: "Adds the entities of a repository's catalog-info.yaml to the catalogue.".to_owned(),
            input_schema: json!({
                "type": "object",
                "anyOf": [{"required": ["catalogInfoUrl"]}, {"required": ["repoContentsUrl"]}],
                "properties": {
                    "catalogInfoUrl": {"type": "string", "minLength": 1},
                    "repoContentsUrl": {"type": "string", "minLength": 1},
                    "catalogInfoPath": {"type": "string"},
                    "optional": {"type": "boolean"},
                },
            }),
            output_schema: json!({
                "type": "object",
                "required": ["catalogInfoUrl"],
                "properties": {"entityRef": {"type": "string"}, "catalogInfoUrl": {"type": "string"}},
            }),
            has_undo: true,
        }
    }

    async fn plan(&self, ctx: &ActionContext<'_>, _input: &Value) -> Result<Value, ActionError> {
        Ok(json!({"location": LocationId::from_uuid(ctx.slipway.entropy.uuid())}))
    }

    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, plan: &Value) -> Result<Value, ActionError> {
        let (url, file) = place(input);
        let repository = ctx.repository_at(&mut *ctx.read().await?, url).await?;
        let bytes = match ctx.file(&repository, file).await {
            Err(ActionError::Refused { message, .. }) if input["optional"] == true => {
                ctx.say(format!("{message} It is optional."));
                return Ok(json!({"catalogInfoUrl": format!("{url}/{file}")}));
            }
            bytes => bytes?,
        };
        let documents = read_documents(file, &String::from_utf8_lossy(&bytes))?;

        let now = ctx.slipway.clock.now();
        let location = Location {
            id: planned(plan, "location")?,
            kind: LocationKind::Git,
            target: url.to_owned(),
            read_at: Some(now),
            error: None,
        };
        let mut tx = ctx.write().await?;
        if tx.put_location(&location).await? != location.id {
            // What another has registered is not this run's to take back.
            return Err(ActionError::refused(format!("{url} is registered in the catalogue already."), ""));
        }
        let references = put_documents(ctx.slipway, &mut *tx, location.id, file, documents).await?;
        let component = references.iter().find(|reference| reference.kind() == "component").or(references.first());
        let Some(component) = component else {
            return Err(ActionError::refused(format!("{file} of {} has no entity in it.", repository.name), ""));
        };
        tx.set_location_status(location.id, Some(now), None).await?;
        let detail = json!({"registered": references.len(), "run": ctx.run.id});
        let line =
            ctx.person.audit(&*ctx.slipway.entropy, now, "catalog.register", url, Some(&repository.owner), detail);
        tx.add_audit(&line).await?;
        tx.commit().await?;
        for reference in &references {
            ctx.say(format!("Registered {reference}"));
        }
        Ok(json!({"entityRef": component.to_string(), "catalogInfoUrl": format!("{url}/{file}")}))
    }

    async fn undo(&self, ctx: &ActionContext<'_>, plan: &Value) -> Result<(), ActionError> {
        let location: LocationId = planned(plan, "location")?;
        let now = ctx.slipway.clock.now();
        let mut tx = ctx.write().await?;
        let entities = tx.entities_of_location(location).await?;
        tx.delete_location(location).await?;
        tx.publish("catalog", &location.to_string(), now.as_millis(), now).await?;
        tx.commit().await?;
        for reference in entities {
            ctx.say(format!("Took {reference} out of the catalogue"));
        }
        Ok(())
    }
}

/// The repository's address, and the path of the file in it. A `catalogInfoUrl` is one of those that this action gives.
fn place(input: &Value) -> (&str, &str) {
    if let Some((url, path)) = text(input, "catalogInfoUrl").split_once(".git/") {
        let whole = text(input, "catalogInfoUrl");
        return (&whole[..url.len() + ".git".len()], path.trim_start_matches('/'));
    }
    let path = input["catalogInfoPath"].as_str().filter(|path| !path.is_empty()).unwrap_or(CATALOG_FILE);
    let url = input["repoContentsUrl"].as_str().unwrap_or_else(|| text(input, "catalogInfoUrl"));
    (url.trim_end_matches('/'), path.trim_start_matches('/'))
}
