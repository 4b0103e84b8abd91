//! `fetch:template`: renders a skeleton into the run's workspace. The workspace goes when the run ends, so there is nothing
//! to undo.

use super::{Action, ActionContext, ActionError, FETCH_TEMPLATE};
use crate::create::{render::Fetch, templates};
use async_trait::async_trait;
use serde_json::{Value, json};
use slipway_scaffold::ActionSpec;

pub(super) struct FetchTemplate;

#[async_trait]
impl Action for FetchTemplate {
    fn spec(&self) -> ActionSpec {
        let texts = json!({"type": "array", "items": {"type": "string"}});
        ActionSpec {
            name: FETCH_TEMPLATE.to_owned(),
            description: "Renders a folder beside template.yaml into the workspace.".to_owned(),
            input_schema: json!({
                "type": "object",
                "required": ["url"],
                "properties": {
                    "url": {"type": "string"},
                    "targetPath": {"type": "string"},
                    "values": {"type": "object"},
                    "copyWithoutTemplating": texts,
                    "copyWithoutRender": texts,
                    "cookiecutterCompat": {"type": "boolean"},
                    "templateFileExtension": {"type": ["string", "boolean"]},
                    "replace": {"type": "boolean"},
                    "trimBlocks": {"type": "boolean"},
                    "lstripBlocks": {"type": "boolean"},
                },
            }),
            output_schema: json!({"type": "object"}),
            has_undo: false,
        }
    }

    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, _plan: &Value) -> Result<Value, ActionError> {
        let mend = "Mend the template, then try again.";
        let loaded = templates::of_run(ctx.slipway, ctx.run).await?;
        let fetch = Fetch::read(input, &loaded.folder).map_err(|why| ActionError::refused(format!("{why}."), mend))?;
        if !input["copyWithoutRender"].is_null() {
            ctx.say("copyWithoutRender is passed over, as in Backstage; use copyWithoutTemplating");
        }
        let engine = ctx.engine();
        let mut workspace = ctx.files().await?;
        let rendered = tokio::task::spawn_blocking(move || {
            let before = workspace.len();
            fetch.render(&mut workspace, &engine)?;
            Ok::<_, String>((workspace.len() - before, workspace))
        });
        let rendered = rendered.await.map_err(|error| ActionError::from(crate::errors::internal(&error)))?;
        let (count, workspace) = rendered.map_err(|why| ActionError::refused(format!("{why}."), mend))?;
        ctx.say(format!("Wrote {count} files; the workspace has {}", workspace.len()));
        ctx.put_files(workspace);
        Ok(json!({}))
    }
}
