//! `slipway:repository:create`: a repository with the workspace as its first commit.

use super::{Action, ActionContext, ActionError, REPOSITORY_CREATE, planned, text};
use crate::{create::actions::fetch_template::tree, upgrades::lock_of_run};
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};
use slipway_domain::{access::Permission, catalog::EntityRef, ids::RepositoryId};
use slipway_ports::{
    StoreError,
    forge::{CommitFile, NewCommit},
    store::repositories::Repository,
};
use slipway_scaffold::{ActionSpec, LOCK_FILE, Tree};
use std::collections::BTreeMap;

pub(super) struct RepositoryCreate;

#[async_trait]
impl Action for RepositoryCreate {
    fn spec(&self) -> ActionSpec {
        ActionSpec {
            name: REPOSITORY_CREATE.to_owned(),
            description: "Creates a repository that Slipway hosts and commits the workspace to it.".to_owned(),
            input_schema: json!({
                "type": "object",
                "required": ["name", "owner"],
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 100},
                    "owner": {"type": "string", "minLength": 1},
                    "description": {"type": "string"},
                    "defaultBranch": {"type": "string"},
                    "commitMessage": {"type": "string"},
                },
            }),
            output_schema: json!({
                "type": "object",
                "required": ["remoteUrl", "repoContentsUrl", "commitHash"],
                "properties": {
                    "remoteUrl": {"type": "string"},
                    "repoContentsUrl": {"type": "string"},
                    "commitHash": {"type": "string"},
                },
            }),
            has_undo: true,
        }
    }

    fn plan(&self, ctx: &ActionContext<'_>, input: &Value) -> Value {
        let Some(owner) = owner(input) else { return Value::Null };
        let id = RepositoryId::from_uuid(ctx.slipway.entropy.uuid());
        json!({"id": id, "repository": format!("{}/{}", owner.name(), text(input, "name"))})
    }

    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, plan: &Value) -> Result<Value, ActionError> {
        let owner = owner(input).ok_or_else(|| {
            ActionError::refused(format!("`{}` is no team.", text(input, "owner")), "Mend the template.")
        })?;
        ctx.person.require(Permission::Create, Some(&owner.to_string()))?;
        let name = text(plan, "repository");
        let branch = input["defaultBranch"].as_str().filter(|branch| !branch.is_empty()).unwrap_or("main");
        let forge = &ctx.slipway.forge;
        let new = forge.create(name, branch, &ctx.run.id.to_string()).await?;
        // A head that is there was committed by an earlier attempt; somebody may have pushed since, and that must stand.
        let head = if new { None } else { forge.head(name, branch).await? };
        let commit = match head {
            Some(head) => forge.commits(name, None, &head).await?.first().map_or(head, |first| first.sha.clone()),
            None => forge.commit(name, &first_commit(ctx, input, branch).await?).await?,
        };
        let repository = Repository {
            id: planned(plan, "id")?,
            name: name.to_owned(),
            owner: owner.to_string(),
            default_branch: branch.to_owned(),
            recorded_head: None,
            created_at: ctx.slipway.clock.now(),
        };
        let mut tx = ctx.write().await?;
        if tx.repository(repository.id).await?.is_none() {
            match tx.add_repository(&repository).await {
                Ok(()) => {}
                Err(StoreError::Conflict(_)) => {
                    let mend = "Undo this run and start again with another name.";
                    return Err(ActionError::refused(format!("There is a repository named {name} already."), mend));
                }
                Err(error) => return Err(error.into()),
            }
            let (now, owner) = (repository.created_at, owner.to_string());
            let detail = json!({"run": ctx.run.id});
            let line = ctx.person.audit(&*ctx.slipway.entropy, now, "repository.create", name, Some(&owner), detail);
            tx.add_audit(&line).await?;
            tx.commit().await?;
        }
        let url = ctx.clone_url(name);
        ctx.say(format!("Created {name} with the commit {}", crate::views::short(&commit)));
        Ok(json!({"remoteUrl": url, "repoContentsUrl": url, "commitHash": commit}))
    }

    async fn undo(&self, ctx: &ActionContext<'_>, plan: &Value) -> Result<(), ActionError> {
        let name = text(plan, "repository");
        ctx.slipway.forge.delete(name, Some(&ctx.run.id.to_string())).await?;
        let mut tx = ctx.write().await?;
        tx.delete_repository(planned(plan, "id")?).await?;
        tx.commit().await?;
        ctx.say(format!("Deleted the repository {name}"));
        Ok(())
    }
}

fn owner(input: &Value) -> Option<EntityRef> {
    EntityRef::parse(text(input, "owner"), Some("group"), "default").ok()
}

/// The workspace as a commit. Its author and date are the run's, so that every attempt makes the same one.
async fn first_commit(ctx: &ActionContext<'_>, input: &Value, branch: &str) -> Result<NewCommit, ActionError> {
    let files = ctx.read().await?.workspace(ctx.run.id).await?;
    if files.is_empty() {
        let mend = "Put a step with `fetch:template` before this one in the template.";
        return Err(ActionError::refused("There are no files to commit.", mend));
    }
    let tree = tree(files).map_err(|why| ActionError::refused(format!("{why}."), "Mend the template."))?;
    let mut files: BTreeMap<String, CommitFile> = tree
        .iter()
        .map(|(path, file)| {
            let bytes = Bytes::from(file.bytes.clone());
            (path.to_owned(), CommitFile { bytes, executable: file.executable, link: file.link })
        })
        .collect();
    if let Some(lock) = lock(ctx, &tree).await? {
        files.insert(LOCK_FILE.to_owned(), CommitFile { bytes: lock.into(), ..CommitFile::default() });
    }
    let message = input["commitMessage"].as_str().filter(|message| !message.trim().is_empty());
    let described = input["description"].as_str().map(|description| format!("\n\n{description}")).unwrap_or_default();
    Ok(NewCommit {
        branch: branch.to_owned(),
        files,
        message: message.map_or_else(|| format!("Create {}{described}", text(input, "name")), str::to_owned),
        author_name: ctx.person.display_name.clone(),
        author_email: ctx.person.email.clone(),
        at: ctx.run.created_at,
    })
}

/// The lock file's text; the template's version is kept before anything names it. `None` when the template is too large to keep: the
/// repository can be adopted when that is mended.
async fn lock(ctx: &ActionContext<'_>, rendered: &Tree) -> Result<Option<String>, ActionError> {
    let lock = match lock_of_run(ctx.slipway, ctx.run, ctx.person.login(), rendered).await {
        Ok(lock) => lock,
        Err(error) => {
            ctx.say(format!("No lock file, so the repository cannot be upgraded later: {error}"));
            return Ok(None);
        }
    };
    let mut tx = ctx.write().await?;
    lock.keep(ctx.slipway, &mut *tx).await?;
    tx.commit().await?;
    Ok(Some(lock.lock.write()))
}
