//! `publish:github` and its like: a repository with the run's files. As long as an instance has no connection to those hosts, its own
//! Git host takes their place, and says so.

use super::{
    Action, ActionContext, ActionError, KNOWN,
    repository_create::{NewRepository, make, plan, unmake},
    text,
};
use async_trait::async_trait;
use serde_json::{Value, json};
use slipway_domain::catalog::EntityRef;
use slipway_nunjucks::backstage::parse_repo_url;
use slipway_scaffold::{ActionSpec, Tree, child_path};

/// The actions whose place it takes.
const NAMES: [&str; 8] = [
    "publish:azure",
    "publish:bitbucket",
    "publish:bitbucketCloud",
    "publish:bitbucketServer",
    "publish:gerrit",
    "publish:gitea",
    "publish:github",
    "publish:gitlab",
];

/// Whether this is one of them.
pub(super) fn is_one(name: &str) -> bool {
    NAMES.contains(&name)
}

struct Publish {
    spec: ActionSpec,
}

pub(super) fn all() -> impl Iterator<Item = Box<dyn Action>> {
    let known = NAMES.iter().filter_map(|name| KNOWN.registry().get(name));
    known.map(|spec| Box::new(Publish { spec: ActionSpec { has_undo: true, ..spec.clone() } }) as Box<dyn Action>)
}

#[async_trait]
impl Action for Publish {
    fn spec(&self) -> ActionSpec {
        self.spec.clone()
    }

    async fn plan(&self, ctx: &ActionContext<'_>, input: &Value) -> Result<Value, ActionError> {
        Ok(plan(ctx, &team(ctx)?, &name(ctx, input)?))
    }

    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, plan: &Value) -> Result<Value, ActionError> {
        let (owner, _) = (team(ctx)?, name(ctx, input)?);
        let given = |key: &str| input[key].as_str().filter(|text| !text.trim().is_empty());
        let branch = given("defaultBranch").unwrap_or("main").to_owned();
        let message = given("gitCommitMessage").unwrap_or("initial commit").to_owned();
        let files = from(ctx.files().await?, input)?;
        ctx.say(format!("Slipway's own Git host takes the place of {}", text(input, "repoUrl")));
        let new = NewRepository { owner: owner.to_string(), branch, message, files };
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

/// The team that owns what the run makes; `owner` in a repository's address is an organisation of the other host.
fn team(ctx: &ActionContext<'_>) -> Result<EntityRef, ActionError> {
    EntityRef::parse(&ctx.run.owner, Some("group"), "default").map_err(|_| {
        let mend = "Give the template a field with `ui:field: OwnerPicker`, or an owner of its own.";
        ActionError::refused("Nobody would own the repository.", mend)
    })
}

/// The name that the repository's address says.
fn name(ctx: &ActionContext<'_>, input: &Value) -> Result<String, ActionError> {
    let refused = |why: String| ActionError::refused(format!("repoUrl: {why}."), "Mend the template, then try again.");
    let parts = parse_repo_url(text(input, "repoUrl"), &ctx.slipway.settings.scaffolding.hosts).map_err(refused)?;
    let name = parts.get("repo").and_then(Value::as_str).filter(|name| !name.is_empty());
    name.map(str::to_owned).ok_or_else(|| refused("it does not say `repo`".to_owned()))
}

/// The files below `sourcePath`; all without one.
fn from(files: Tree, input: &Value) -> Result<Tree, ActionError> {
    let Some(path) = input["sourcePath"].as_str() else { return Ok(files) };
    let refused =
        |why: String| ActionError::refused(format!("sourcePath: {why}."), "Mend the template, then try again.");
    let path = child_path(path).map_err(|error| refused(error.to_string()))?;
    match files.is_folder(&path) {
        _ if path.is_empty() => Ok(files),
        true => Ok(files.subtree(&path)),
        false => Err(refused(format!("there is no folder \"{path}\" among the files"))),
    }
}
