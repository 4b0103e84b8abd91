//! `catalog:fetch`: reads entities of the catalogue.

use super::{Action, ActionContext, ActionError, text};
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use slipway_domain::{access::Permission, catalog::EntityRef};
use slipway_scaffold::ActionSpec;

/// The most entities that one step reads.
const MOST: usize = 100;

pub(super) struct CatalogFetch;

#[async_trait]
impl Action for CatalogFetch {
    fn spec(&self) -> ActionSpec {
        let texts = json!({"type": "array", "items": {"type": "string"}, "maxItems": MOST});
        ActionSpec {
            name: "catalog:fetch".to_owned(),
            description: "Reads entities of the catalogue.".to_owned(),
            input_schema: json!({
                "type": "object",
                "anyOf": [{"required": ["entityRef"]}, {"required": ["entityRefs"]}],
                "properties": {
                    "entityRef": {"type": "string"},
                    "entityRefs": texts,
                    "optional": {"type": "boolean"},
                    "defaultKind": {"type": "string"},
                    "defaultNamespace": {"type": "string"},
                },
            }),
            output_schema: json!({
                "type": "object",
                "properties": {"entity": {}, "entities": {"type": "array", "items": {}}},
            }),
            has_undo: false,
        }
    }

    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, _plan: &Value) -> Result<Value, ActionError> {
        ctx.person.require(Permission::Read, None)?;
        let mut outputs = Map::new();
        if input["entityRef"].is_string() {
            outputs.insert("entity".to_owned(), entity(ctx, input, text(input, "entityRef")).await?);
        }
        if let Some(references) = input["entityRefs"].as_array() {
            let mut entities = Vec::new();
            for reference in references.iter().filter_map(Value::as_str) {
                entities.push(entity(ctx, input, reference).await?);
            }
            outputs.insert("entities".to_owned(), entities.into());
        }
        Ok(outputs.into())
    }
}

/// An entity as its file has it; null when there is none and that is fine.
async fn entity(ctx: &ActionContext<'_>, input: &Value, reference: &str) -> Result<Value, ActionError> {
    let namespace = input["defaultNamespace"].as_str().unwrap_or("default");
    let parsed = EntityRef::parse(reference, input["defaultKind"].as_str(), namespace)
        .map_err(|error| ActionError::refused(format!("{error}."), "Mend the template, then try again."))?;
    match ctx.read().await?.entity(&parsed).await? {
        Some(found) => Ok(found.entity.body().clone()),
        None if input["optional"] == true => Ok(Value::Null),
        None => Err(ActionError::refused(format!("{parsed} is not in the catalogue."), "")),
    }
}
