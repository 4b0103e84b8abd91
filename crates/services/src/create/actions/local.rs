//! Actions that need nothing but the run's files: those of [`slipway_scaffold`], the same here and on the command line.

use super::{Action, ActionContext, ActionError, KNOWN};
use crate::create::templates;
use async_trait::async_trait;
use serde_json::Value;
use slipway_nunjucks::Engine;
use slipway_scaffold::{ActionSpec, Bench, Support, TemplateFolder, Tree};

/// One of them.
struct Local {
    spec: ActionSpec,
}

/// Every one that there is.
pub(super) fn all() -> impl Iterator<Item = Box<dyn Action>> {
    let local = KNOWN.registry().iter().filter(|spec| is_local(&spec.name));
    local.map(|spec| Box::new(Local { spec: spec.clone() }) as Box<dyn Action>)
}

#[async_trait]
impl Action for Local {
    fn spec(&self) -> ActionSpec {
        self.spec.clone()
    }

    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, _plan: &Value) -> Result<Value, ActionError> {
        let loaded = templates::of_run(ctx.slipway, ctx.run).await?;
        let (mut workspace, engine) = (ctx.files().await?, ctx.engine());
        let (name, input, template) = (self.spec.name.clone(), input.clone(), ctx.run.template.clone());
        let work = tokio::task::spawn_blocking(move || {
            let done = do_here(&loaded.folder, &name, &mut workspace, &engine, &template, &input);
            done.map(|(output, log)| (output, workspace, log))
        });
        let done = work.await.map_err(|error| ActionError::from(crate::errors::internal(&error)))?;
        let mend = "Mend the template, then try again.";
        let (output, workspace, log) = done.map_err(|why| ActionError::refused(format!("{why}."), mend))?;
        log.into_iter().for_each(|line| ctx.say(line));
        ctx.put_files(workspace);
        Ok(output)
    }
}

/// Whether an action needs nothing but the files.
pub(in crate::create) fn is_local(action: &str) -> bool {
    KNOWN.support(action) == Some(Support::Whole)
}

/// Does such an action in a workspace; gives its output, and what it said. Computes: not for the threads that answer requests.
pub(in crate::create) fn do_here(
    folder: &TemplateFolder,
    action: &str,
    workspace: &mut Tree,
    engine: &Engine,
    template: &str,
    input: &Value,
) -> Result<(Value, Vec<String>), String> {
    let mut log = Vec::new();
    let mut bench = Bench { workspace, source: folder, engine, template, log: &mut log };
    let done = KNOWN.run(action, &mut bench, input).unwrap_or_else(|| Err(super::why_not(action)));
    done.map(|output| (output, log))
}
