//! Actions that need nothing but the run's files: those of [`slipway_scaffold`], the same here and on the command line.

use super::{Action, ActionContext, ActionError, KNOWN};
use crate::create::templates;
use async_trait::async_trait;
use serde_json::Value;
use slipway_nunjucks::Engine;
use slipway_scaffold::{ActionSpec, Bench, File, Source, Support, Tree, safe_path};
use std::path::{Path, PathBuf};

/// The largest single file that is fetched, bytes.
const LARGEST: u64 = 64 << 20;

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
        let folder = templates::folder_of_run(ctx.slipway, ctx.run).await?;
        let (mut workspace, engine) = (ctx.files().await?, ctx.engine());
        let (name, input, template) = (self.spec.name.clone(), input.clone(), ctx.run.template.clone());
        let work = tokio::task::spawn_blocking(move || {
            let done = do_here(&folder, &name, &mut workspace, &engine, &template, &input);
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

/// Does such an action in a workspace; gives its output, and what it said. Reads the disk and computes: not for the threads that
/// answer requests.
pub(in crate::create) fn do_here(
    folder: &Path,
    action: &str,
    workspace: &mut Tree,
    engine: &Engine,
    template: &str,
    input: &Value,
) -> Result<(Value, Vec<String>), String> {
    let (source, mut log) = (Beside { folder: folder.to_path_buf() }, Vec::new());
    let mut bench = Bench { workspace, source: &source, engine, template, log: &mut log };
    let done = KNOWN.run(action, &mut bench, input).unwrap_or_else(|| Err(super::why_not(action)));
    done.map(|output| (output, log))
}

/// What a template finds beside itself.
struct Beside {
    folder: PathBuf,
}

impl Beside {
    fn place(&self, address: &str) -> Result<PathBuf, String> {
        match address.trim_end_matches('/') {
            "." => Ok(self.folder.clone()),
            path if path.contains("://") => {
                Err(format!("`{path}` is not beside template.yaml; only what is can be fetched"))
            }
            path => safe_path(path).map(|path| self.folder.join(path)).map_err(|error| format!("url: {error}")),
        }
    }
}

impl Source for Beside {
    fn tree(&self, address: &str) -> Result<Tree, String> {
        let place = self.place(address)?;
        if !place.is_dir() {
            return Err(format!("there is no folder `{address}` beside template.yaml"));
        }
        let tree = Tree::read_dir(&place).map_err(|error| error.to_string())?;
        let link = tree.iter().find(|(_, file)| file.link).map(|(path, _)| path.to_owned());
        match link {
            Some(path) => Err(format!("{path} is a symbolic link; put the file itself there")),
            None => Ok(tree),
        }
    }

    fn file(&self, address: &str) -> Result<File, String> {
        let place = self.place(address)?;
        let is_file = |place: &Path| {
            let inside = place.canonicalize().ok()?.starts_with(self.folder.canonicalize().ok()?);
            let found = std::fs::metadata(place).ok()?;
            (inside && found.is_file() && found.len() <= LARGEST).then_some(())
        };
        is_file(&place).ok_or_else(|| {
            format!("there is no file `{address}` beside template.yaml, or it has more than {} MiB", LARGEST >> 20)
        })?;
        let bytes = std::fs::read(&place).map_err(|error| format!("{address} cannot be read: {error}"))?;
        Ok(File { bytes, ..File::default() })
    }
}
