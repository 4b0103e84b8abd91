//! What a template's steps can do.
//!
//! An action is idempotent: done twice is done once. What it is about to make is fixed by its [`Action::plan`], which the worker
//! writes down before the action runs, gives to it each time, and hands to [`Action::undo`]. So a crash at any point leaves
//! either nothing or something that the next attempt finds and the undo removes.
//!
//! The run's files are the exception that needs no plan: an action changes a copy, which is kept in the transaction that says that
//! the step is done. So a step that failed or died leaves the files as it found them, and they go when the run ends.

mod approval;
mod catalog_fetch;
mod catalog_register;
mod debug_log;
mod deploy;
mod environment;
mod fetch_template;
mod http_request;
mod local;
mod publish;
mod repository_create;
mod secret;
mod service_create;
mod wait;

pub(super) use local::{do_here, is_local};
pub(super) use repository_create::REPOSITORY_NAME;

use super::{read_dialect, render::templates_engine};
use crate::{Caller, Slipway, reconcile::LEASE};
use async_trait::async_trait;
use serde_json::Value;
use slipway_api_types::{AppError, ErrorCode};
use slipway_domain::{access::Permission, scaffold::Run};
use slipway_nunjucks::Engine;
use slipway_ports::{
    StoreError, Tx,
    forge::ForgeError,
    store::{leases::Lease, repositories::Repository, runs::WorkspaceFile, services::Service},
};
use slipway_scaffold::{ActionRegistry, ActionSpec, Actions, File, Support, Tree};
use std::{
    collections::BTreeMap,
    sync::{LazyLock, Mutex, PoisonError},
};

pub(crate) const FETCH_TEMPLATE: &str = "fetch:template";
pub(crate) const REPOSITORY_CREATE: &str = "slipway:repository:create";
pub(crate) const CATALOG_REGISTER: &str = "catalog:register";
pub(crate) const SERVICE_CREATE: &str = "slipway:service:create";
pub(crate) const HTTP_REQUEST: &str = "http:backstage:request";
/// Where a repository's entities are described unless a step says otherwise.
pub(crate) const CATALOG_FILE: &str = "catalog-info.yaml";
/// Where a workload is described unless a step says otherwise.
pub(crate) const SCORE_FILE: &str = "score.yaml";

/// Why an action could not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ActionError {
    /// It will not work however often it is tried; what a person can do, maybe empty.
    Refused { message: String, mend: String },
    /// It may work later without anybody changing anything.
    Later { message: String, mend: String },
    /// A person was asked; the run goes on when they have decided.
    Waits,
    /// Another worker took the run over: nothing was written.
    Overtaken,
}

impl ActionError {
    pub(crate) fn refused(message: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), mend: mend.into() }
    }

    /// What a person reads: what happened, and the mend.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Refused { message, mend } | Self::Later { message, mend } if mend.is_empty() => message.clone(),
            Self::Refused { message, mend } | Self::Later { message, mend } => format!("{message} {mend}"),
            Self::Waits => "It waits for a person's word.".to_owned(),
            Self::Overtaken => "Another worker goes on with this.".to_owned(),
        }
    }
}

impl From<StoreError> for ActionError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::LeaseLost(_) => Self::Overtaken,
            // Where an action means to find something taken, it looks at the error itself; else a row changed under its hands.
            StoreError::Conflict(what) => {
                Self::Later { message: format!("{what} got in the way."), mend: "Try again in a moment.".to_owned() }
            }
            error => crate::errors::store(error).into(),
        }
    }
}

impl From<AppError> for ActionError {
    fn from(error: AppError) -> Self {
        match error.code {
            ErrorCode::Internal | ErrorCode::Upstream => {
                Self::Later { message: error.message, mend: "Try again in a moment.".to_owned() }
            }
            _ => Self::refused(error.message, ""),
        }
    }
}

impl From<ForgeError> for ActionError {
    fn from(error: ForgeError) -> Self {
        match error {
            ForgeError::Failed(_) => Self::Later {
                message: format!("The Git host could not do it: {error}."),
                mend: "Check it with `slipway doctor`, then try again.".to_owned(),
            },
            ForgeError::Exists(_) => {
                Self::refused(format!("{error}."), "Undo this run and start again with another name.")
            }
            error => Self::refused(format!("{error}."), ""),
        }
    }
}

/// What an action works with.
pub(crate) struct ActionContext<'a> {
    pub slipway: &'a Slipway,
    pub run: &'a Run,
    /// The person who started the run, with what they may do now.
    pub person: &'a Caller,
    /// The template's id of the step.
    pub step: &'a str,
    lease: &'a Lease,
    lines: Mutex<Vec<String>>,
    /// The run's files as this step leaves them; `None` as long as it changed none.
    files: Mutex<Option<Tree>>,
}

impl<'a> ActionContext<'a> {
    pub(crate) fn new(slipway: &'a Slipway, run: &'a Run, person: &'a Caller, step: &'a str, lease: &'a Lease) -> Self {
        Self { slipway, run, person, step, lease, lines: Mutex::default(), files: Mutex::default() }
    }

    /// What renders the run's files.
    fn engine(&self) -> Engine {
        templates_engine(self.slipway, read_dialect(self.run))
    }

    /// The run's files, as they are after the rounds of this step so far.
    async fn files(&self) -> Result<Tree, ActionError> {
        let held = self.files.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(files) = held {
            return Ok(files);
        }
        let mut tree = Tree::default();
        for file in self.read().await?.workspace(self.run.id).await? {
            let entry = File { bytes: file.bytes, executable: file.executable, link: file.link };
            tree.insert(&file.path, entry).map_err(|error| ActionError::refused(format!("{error}."), ""))?;
        }
        Ok(tree)
    }

    /// Replaces the run's files, once the step is done.
    fn put_files(&self, files: Tree) {
        *self.files.lock().unwrap_or_else(PoisonError::into_inner) = Some(files);
    }

    /// The run's files, if the step changed them.
    pub(crate) fn changed_files(&self) -> Option<Vec<WorkspaceFile>> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let row = |(path, file): (&str, &File)| WorkspaceFile {
            path: path.to_owned(),
            bytes: file.bytes.clone(),
            executable: file.executable,
            link: file.link,
        };
        Some(files.iter().map(row).collect())
    }

    /// A transaction that counts only while the run's lease holds.
    async fn write(&self) -> Result<Box<dyn Tx>, ActionError> {
        let mut tx = self.slipway.store.begin_write().await?;
        self.hold(&mut *tx).await?;
        Ok(tx)
    }

    /// Makes a transaction count only while the run's lease holds.
    async fn hold(&self, tx: &mut dyn Tx) -> Result<(), ActionError> {
        Ok(tx.hold_lease(self.lease, self.slipway.clock.now(), LEASE).await?)
    }

    async fn read(&self) -> Result<Box<dyn Tx>, ActionError> {
        Ok(self.slipway.store.begin_read().await?)
    }

    /// A line for the run's log, for people. Never a secret.
    fn say(&self, line: impl Into<String>) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.into());
    }

    /// What was said since the last time.
    pub(crate) fn said(&self) -> Vec<String> {
        std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where git clients find a repository.
    fn clone_url(&self, repository: &str) -> String {
        format!("{}/git/{repository}.git", self.slipway.settings.public_url)
    }

    /// The repository behind a URL that [`Self::clone_url`] gave, also when Slipway was reached under another name then.
    async fn repository_at(&self, tx: &mut dyn Tx, url: &str) -> Result<Repository, ActionError> {
        let name = url.trim_end_matches('/').rsplit_once("/git/").map(|(_, name)| name.trim_end_matches(".git"));
        let found = match name {
            Some(name) => tx.repository_by_name(name).await?,
            None => None,
        };
        found.ok_or_else(|| ActionError::refused(format!("{url} is no repository that Slipway hosts."), ""))
    }

    /// A service by the name that an input gives, when the person may do this with it.
    async fn service(&self, tx: &mut dyn Tx, input: &Value, permission: Permission) -> Result<Service, ActionError> {
        let name = text(input, "service");
        let service = tx.service_by_name(name).await?.ok_or_else(|| {
            ActionError::refused(format!("There is no service named `{name}`."), "Make it in an earlier step.")
        })?;
        self.person.require(permission, Some(&service.owner))?;
        Ok(service)
    }

    /// A file at the head of a repository's default branch.
    async fn file(&self, repository: &Repository, path: &str) -> Result<Vec<u8>, ActionError> {
        let file =
            self.slipway.forge.read(&repository.name, &repository.default_branch, path.trim_start_matches('/')).await?;
        let missing = || ActionError::refused(format!("{} has no file {path}.", repository.name), "");
        file.map(|bytes| bytes.to_vec()).ok_or_else(missing)
    }
}

/// One action. See the module for what it must keep to.
#[async_trait]
pub(crate) trait Action: Send + Sync {
    /// Its name, what it takes and what it gives.
    fn spec(&self) -> ActionSpec;

    /// What it is about to make, with every id in it; null when there is nothing to take back. Changes nothing.
    async fn plan(&self, _ctx: &ActionContext<'_>, _input: &Value) -> Result<Value, ActionError> {
        Ok(Value::Null)
    }

    /// Does it; the input keeps to the schema. Gives the outputs.
    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, plan: &Value) -> Result<Value, ActionError>;

    /// What there may be of `plan`, for people.
    fn left(&self, _plan: &Value) -> String {
        format!("What {} made", self.spec().name)
    }

    /// Takes back whatever there is of `plan`.
    async fn undo(&self, _ctx: &ActionContext<'_>, _plan: &Value) -> Result<(), ActionError> {
        Ok(())
    }
}

/// What the actions of public templates take and give, and those among them that need only files.
static KNOWN: LazyLock<Actions> = LazyLock::new(Actions::default);

static ACTIONS: LazyLock<BTreeMap<String, Box<dyn Action>>> = LazyLock::new(|| {
    let own: [Box<dyn Action>; 11] = [
        Box::new(approval::Approval),
        Box::new(catalog_fetch::CatalogFetch),
        Box::new(catalog_register::CatalogRegister),
        Box::new(debug_log::DebugLog),
        Box::new(deploy::Deploy),
        Box::new(environment::Environment),
        Box::new(fetch_template::FetchTemplate),
        Box::new(http_request::HttpRequest),
        Box::new(repository_create::RepositoryCreate),
        Box::new(secret::Secret),
        Box::new(service_create::ServiceCreate),
    ];
    let whole = own.into_iter().chain(wait::all()).chain(publish::all()).chain(local::all());
    let mut actions = BTreeMap::new();
    for action in whole {
        // What the portal does in its own way comes first.
        actions.entry(action.spec().name).or_insert(action);
    }
    actions
});

static SPECS: LazyLock<ActionRegistry> = LazyLock::new(|| {
    let mut registry = ActionRegistry::default();
    ACTIONS.values().for_each(|action| registry.add(action.spec()));
    registry
});

/// What every action takes and gives.
pub(crate) fn specs() -> &'static ActionRegistry {
    &SPECS
}

/// An action by its name.
pub(crate) fn find(name: &str) -> Option<&'static dyn Action> {
    ACTIONS.get(name).map(|action| &**action)
}

/// Whether an action makes a repository on another host.
pub(crate) fn publishes(name: &str) -> bool {
    publish::is_one(name)
}

/// What is wrong with an action that reaches another system, as the end of a sentence.
pub(crate) fn not_connected(name: &str) -> String {
    format!("`{name}` reaches a system that this instance has no connection to")
}

/// Why a step with this action cannot be done here, as the end of a sentence.
pub(crate) fn why_not(name: &str) -> String {
    match KNOWN.support(name) {
        Some(Support::Outside) => {
            KNOWN.why_never(name).map_or_else(|| not_connected(name), |why| format!("`{name}` is not done here: {why}"))
        }
        _ => format!("there is no action `{name}` here"),
    }
}

/// A text of a plan or an input; empty when it is not there.
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// An id that a plan holds.
fn planned<T: std::str::FromStr>(plan: &Value, key: &str) -> Result<T, ActionError> {
    text(plan, key)
        .parse()
        .map_err(|_| ActionError::refused("What this step was going to make was not written down.", ""))
}
