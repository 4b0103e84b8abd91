//! `slipway:repository:create`: a repository with the workspace as its first commit.

use super::{Action, ActionContext, ActionError, REPOSITORY_CREATE, planned, text};
use crate::upgrades::lock_of_run;
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};
use slipway_domain::{access::Permission, catalog::EntityRef, ids::RepositoryId};
use slipway_ports::{
    StoreError,
    forge::{CommitFile, NewCommit, is_repository_part},
    store::repositories::Repository,
};
use slipway_scaffold::{ActionSpec, LOCK_FILE, Tree};
use std::collections::BTreeMap;

/// How a repository may be called.
pub(in super::super) const REPOSITORY_NAME: &str = "Use at most 100 letters, digits, `-`, `_` and `.`, beginning with a letter or digit and not ending in `.`, `.git` or `.lock`.";

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

    async fn plan(&self, ctx: &ActionContext<'_>, input: &Value) -> Result<Value, ActionError> {
        let name = text(input, "name");
        // What cannot be made leaves nothing to take back.
        Ok(owner(input).filter(|_| is_repository_part(name)).map_or(Value::Null, |owner| plan(ctx, &owner, name)))
    }

    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, plan: &Value) -> Result<Value, ActionError> {
        let owner = owner(input).ok_or_else(|| {
            ActionError::refused(format!("`{}` is no team.", text(input, "owner")), "Mend the template.")
        })?;
        if !is_repository_part(text(input, "name")) {
            let why = format!("`{}` cannot be the name of a repository.", text(input, "name"));
            return Err(ActionError::refused(why, REPOSITORY_NAME));
        }
        let given = |key: &str| input[key].as_str().filter(|text| !text.trim().is_empty());
        let described = given("description").map(|description| format!("\n\n{description}")).unwrap_or_default();
        let message = given("commitMessage").map(str::to_owned);
        let new = NewRepository {
            owner: owner.to_string(),
            branch: given("defaultBranch").unwrap_or("main").to_owned(),
            message: message.unwrap_or_else(|| format!("Create {}{described}", text(input, "name"))),
            files: ctx.files().await?,
        };
        let (url, commit) = make(ctx, plan, new).await?;
        Ok(json!({"remoteUrl": url, "repoContentsUrl": url, "commitHash": commit}))
    }

    fn left(&self, plan: &Value) -> String {
        format!("Repository {}", text(plan, "repository"))
    }

    async fn undo(&self, ctx: &ActionContext<'_>, plan: &Value) -> Result<(), ActionError> {
        unmake(ctx, plan).await
    }
}

fn owner(input: &Value) -> Option<EntityRef> {
    EntityRef::parse(text(input, "owner"), Some("group"), "default").ok()
}

/// What [`make`] and [`unmake`] are given: the row's id and the repository's full name.
pub(super) fn plan(ctx: &ActionContext<'_>, owner: &EntityRef, name: &str) -> Value {
    let id = RepositoryId::from_uuid(ctx.slipway.entropy.uuid());
    json!({"id": id, "repository": format!("{}/{name}", owner.name())})
}

/// A repository to be.
pub(super) struct NewRepository {
    /// The team, as an entity reference in full.
    pub owner: String,
    /// The default branch.
    pub branch: String,
    /// Of the first commit.
    pub message: String,
    /// What is in it.
    pub files: Tree,
}

/// Makes the planned repository with its first commit, once. Gives its address and the commit.
pub(super) async fn make(
    ctx: &ActionContext<'_>,
    plan: &Value,
    new: NewRepository,
) -> Result<(String, String), ActionError> {
    let (name, branch) = (text(plan, "repository"), new.branch.as_str());
    ctx.person.require(Permission::Create, Some(&new.owner))?;
    let forge = &ctx.slipway.forge;
    let is_new = forge.create(name, branch, &ctx.run.id.to_string()).await?;
    // A head that is there was committed by an earlier attempt; somebody may have pushed since, and that must stand.
    let head = if is_new { None } else { forge.head(name, branch).await? };
    let commit = match head {
        Some(head) => forge.commits(name, None, &head).await?.first().map_or(head, |first| first.sha.clone()),
        None => forge.commit(name, &first_commit(ctx, branch, new.message, &new.files).await?).await?,
    };
    let repository = Repository {
        id: planned(plan, "id")?,
        name: name.to_owned(),
        owner: new.owner,
        default_branch: new.branch,
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
        let (now, owner) = (repository.created_at, repository.owner.as_str());
        let detail = json!({"run": ctx.run.id});
        let line = ctx.person.audit(&*ctx.slipway.entropy, now, "repository.create", name, Some(owner), detail);
        tx.add_audit(&line).await?;
        tx.commit().await?;
    }
    ctx.say(format!("Created {name} with the commit {}", crate::views::short(&commit)));
    Ok((ctx.clone_url(name), commit))
}

/// Deletes the planned repository, if this run made it.
pub(super) async fn unmake(ctx: &ActionContext<'_>, plan: &Value) -> Result<(), ActionError> {
    let name = text(plan, "repository");
    ctx.slipway.forge.delete(name, Some(&ctx.run.id.to_string())).await?;
    let mut tx = ctx.write().await?;
    tx.delete_repository(planned(plan, "id")?).await?;
    tx.commit().await?;
    ctx.say(format!("Deleted the repository {name}"));
    Ok(())
}

/// The files as a commit. Its author and date are the run's, so that every attempt makes the same one.
async fn first_commit(
    ctx: &ActionContext<'_>,
    branch: &str,
    message: String,
    files: &Tree,
) -> Result<NewCommit, ActionError> {
    if files.is_empty() {
        let mend = "Put a step with `fetch:template` before this one in the template.";
        return Err(ActionError::refused("There are no files to commit.", mend));
    }
    let mut commit: BTreeMap<String, CommitFile> = files
        .iter()
        .map(|(path, file)| {
            let bytes = Bytes::from(file.bytes.clone());
            (path.to_owned(), CommitFile { bytes, executable: file.executable, link: file.link })
        })
        .collect();
    if let Some(lock) = lock(ctx, files).await {
        commit.insert(LOCK_FILE.to_owned(), CommitFile { bytes: lock.into(), ..CommitFile::default() });
    }
    Ok(NewCommit {
        branch: branch.to_owned(),
        files: commit,
        message,
        author_name: ctx.person.display_name.clone(),
        author_email: ctx.person.email.clone(),
        at: ctx.run.created_at,
    })
}

/// The lock file's text. `None` when the template's version is not kept here: the repository can be adopted later.
async fn lock(ctx: &ActionContext<'_>, rendered: &Tree) -> Option<String> {
    match lock_of_run(ctx.slipway, ctx.run, ctx.person.login(), rendered).await {
        Ok(lock) => Some(lock.write()),
        Err(error) => {
            ctx.say(format!("No lock file, so the repository cannot be upgraded later: {error}"));
            None
        }
    }
}
