//! A version of a template with inputs, as the files of a repository.

use crate::{
    Result, Slipway,
    create::{actions, context, templates_engine},
    errors::{internal, store},
};
use serde_json::{Map, Value};
use slipway_api_types::AppError;
use slipway_domain::catalog::EntityRef;
use slipway_ports::forge::CommitFile;
use slipway_scaffold::{Actions, TemplateFolder, Tree};
use std::collections::BTreeMap;

/// Whom expressions see as `user`, and the run they see as `context.task.id`.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub user: EntityRef,
    pub run: String,
}

impl Origin {
    /// As a lock file has them. A user that cannot be read is nobody whom the catalogue knows.
    pub(super) fn of(user: &str, run: &str) -> Self {
        let user = EntityRef::parse(user, Some("user"), "default");
        Self { user: user.unwrap_or_else(|_| EntityRef::new("user", "default", "unknown")), run: run.to_owned() }
    }
}

/// Files by path, as a repository has them.
pub(super) type Files = BTreeMap<String, CommitFile>;

/// What a run would put into the repository.
pub(super) async fn render(
    slipway: &Slipway,
    folder: &TemplateFolder,
    inputs: &Map<String, Value>,
    origin: &Origin,
) -> Result<Tree> {
    let entity = slipway.read().await?.entity(&origin.user).await.map_err(store)?;
    let entity = entity.map(|entity| entity.entity.body().clone());
    let own = folder.template().ok().and_then(|template| template.dialect);
    let context = context(slipway, own, inputs, origin.user.name(), entity.as_ref(), &origin.run);
    let (folder, engine) = (folder.clone(), templates_engine(slipway, own));
    let rendered = tokio::task::spawn_blocking(move || {
        let mut known = Actions::default();
        actions::specs().iter().for_each(|spec| known.add_portal(spec.clone()));
        folder.render(&known, &engine, context, actions::REPOSITORY_CREATE)
    });
    let rendered = rendered.await.map_err(|error| internal(&error))?;
    rendered.map_err(|why| AppError::conflict(format!("This version of the template cannot be rendered: {why}")))
}

/// A tree as a commit has it.
pub(super) fn files(tree: &Tree) -> Files {
    tree.iter()
        .map(|(path, file)| {
            let bytes = file.bytes.clone().into();
            (path.to_owned(), CommitFile { bytes, executable: file.executable, link: file.link })
        })
        .collect()
}
