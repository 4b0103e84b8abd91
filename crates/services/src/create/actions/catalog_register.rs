//! `catalog:register`: puts the entities of a repository into the catalogue.

use super::{Action, ActionContext, ActionError, CATALOG_FILE, CATALOG_REGISTER, planned, text};
use crate::catalog::{digest_of_head, is_template, put_documents, read_documents};
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
        // Asked first: what is pushed meanwhile is then read once more.
        let digest = digest_of_head(ctx.slipway, repository.id).await?;
        let bytes = match ctx.file(&repository, file).await {
            Err(ActionError::Refused { message, .. }) if input["optional"] == true => {
                ctx.say(format!("{message} It is optional."));
                return Ok(json!({"catalogInfoUrl": format!("{url}/{file}")}));
            }
            bytes => bytes?,
        };
        let documents = read_documents(file, &String::from_utf8_lossy(&bytes))?;

        let now = ctx.slipway.clock.now();
        // A template is read with all that it fetches, and therefore by the catalogue itself.
        let is_whole = !documents.iter().any(|document| document["kind"].as_str().is_some_and(is_template));
        let location = Location {
            repository: Some(repository.id),
            entry: Some(file.to_owned()),
            checked_at: Some(now).filter(|_| is_whole),
            read_at: Some(now),
            digest: digest.filter(|_| is_whole),
            ..Location::new(planned(plan, "location")?, LocationKind::Git, url.to_owned())
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
        let detail = json!({"registered": references.len(), "run": ctx.run.id});
        let line =
            ctx.person.audit(&*ctx.slipway.entropy, now, "catalog.register", url, Some(&repository.owner), detail);
        tx.add_audit(&line).await?;
        tx.commit().await?;
        if !is_whole {
            ctx.slipway.wake.catalog.notify_one();
        }
        for reference in &references {
            ctx.say(format!("Registered {reference}"));
        }
        Ok(json!({"entityRef": component.to_string(), "catalogInfoUrl": format!("{url}/{file}")}))
    }

    fn left(&self, _plan: &Value) -> String {
        "Entries in the catalogue".to_owned()
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
