//! `fetch:template`: renders a skeleton into the run's workspace. The workspace goes when the run ends, so there is nothing
//! to undo.

use super::{Action, ActionContext, ActionError, FETCH_TEMPLATE};
use crate::create::{render::Fetch, templates};
use async_trait::async_trait;
use serde_json::{Value, json};
use slipway_ports::store::runs::WorkspaceFile;
use slipway_scaffold::{ActionSpec, File, Tree};

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
        let reference = ctx.run.template.parse();
        let reference =
            reference.map_err(|_| ActionError::refused(format!("{} is no template.", ctx.run.template), ""))?;
        let (path, files) = {
            let mut tx = ctx.read().await?;
            (templates::find(ctx.slipway, &mut *tx, &reference).await?, tx.workspace(ctx.run.id).await?)
        };
        let folder = path.parent().map(std::path::Path::to_path_buf).unwrap_or_default();
        let fetch = Fetch::read(input, &folder).map_err(|why| ActionError::refused(format!("{why}."), mend))?;
        let rendered = tokio::task::spawn_blocking(move || {
            let mut workspace = tree(files)?;
            let before = workspace.len();
            fetch.render(&mut workspace)?;
            Ok::<_, String>((workspace.len() - before, workspace))
        });
        let rendered = rendered.await.map_err(|error| ActionError::from(crate::errors::internal(&error)))?;
        let (count, workspace) = rendered.map_err(|why| ActionError::refused(format!("{why}."), mend))?;
        let files: Vec<WorkspaceFile> = workspace
            .iter()
            .map(|(path, file)| WorkspaceFile {
                path: path.to_owned(),
                bytes: file.bytes.clone(),
                executable: file.executable,
            })
            .collect();
        let mut tx = ctx.write().await?;
        tx.put_workspace(ctx.run.id, &files).await?;
        tx.commit().await?;
        ctx.say(format!("Wrote {count} files; the workspace has {}", files.len()));
        Ok(json!({}))
    }
}

/// The workspace as a tree.
pub(super) fn tree(files: Vec<WorkspaceFile>) -> Result<Tree, String> {
    let mut tree = Tree::default();
    for file in files {
        let entry = File { bytes: file.bytes, executable: file.executable, link: false };
        tree.insert(&file.path, entry).map_err(|error| error.to_string())?;
    }
    Ok(tree)
}
