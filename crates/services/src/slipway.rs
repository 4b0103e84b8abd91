//! What every service function works with.

use slipway_nunjucks::{
    Dialect,
    backstage::{RepoHosts, public_hosts},
};
use slipway_ports::{Clock, Courier, Entropy, Forge, Prober, Runtime, Secrets, Store, Tx, forge::CatalogSource};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The configured runtimes, by name.
#[derive(Clone, Debug, Default)]
pub struct Runtimes(BTreeMap<String, Arc<dyn Runtime>>);

impl Runtimes {
    /// From names and adapters.
    pub fn new(runtimes: impl IntoIterator<Item = (String, Arc<dyn Runtime>)>) -> Self {
        Self(runtimes.into_iter().collect())
    }

    /// By name.
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Runtime>> {
        self.0.get(name)
    }

    /// All, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<dyn Runtime>)> {
        self.0.iter().map(|(name, runtime)| (name.as_str(), runtime))
    }
}

/// A system that steps of templates may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// What its addresses begin with.
    pub url: String,
    /// Headers that every request carries: name, and the reference to the secret that is its value.
    pub headers: BTreeMap<String, String>,
}

/// How templates are run.
#[derive(Clone, Debug)]
pub struct Scaffolding {
    /// What expressions mean, where a template does not say it itself.
    pub engine: Dialect,
    /// Whether an expression of a step that cannot be evaluated stays its text, as Backstage has it; else the step fails.
    pub keep_errors: bool,
    /// The hosts that repository addresses may name.
    pub hosts: RepoHosts,
    /// Whether the instance's own Git host takes the place of the hosts that `publish:github` and its like name.
    pub publish_here: bool,
    /// How many runs one process works on at a time.
    pub runs_at_once: usize,
    /// What `http:backstage:request` reaches, by what its paths begin with: `proxy/jenkins`.
    pub endpoints: BTreeMap<String, Endpoint>,
}

impl Default for Scaffolding {
    fn default() -> Self {
        let (engine, endpoints) = (Dialect::default(), BTreeMap::new());
        Self { engine, keep_errors: false, hosts: public_hosts(), publish_here: true, runs_at_once: 50, endpoints }
    }
}

/// What the instance is told at start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where people reach it, without a trailing `/`.
    pub public_url: String,
    /// Whether it holds demo data and tells the demo's passwords.
    pub demo: bool,
    /// Version of the program.
    pub version: String,
    /// Reporting zone of metrics, an IANA name.
    pub zone: String,
    /// Where the built-in pipeline says its images are: `123456789012.dkr.ecr.eu-west-1.amazonaws.com`.
    pub registry: String,
    /// Folder of the templates that ship with Slipway.
    pub templates: PathBuf,
    /// How long the stand-in for a pipeline takes, milliseconds.
    pub build_millis: i64,
    /// How long a session lasts, milliseconds.
    pub session_millis: i64,
    /// Whether the built-in stand-in for a pipeline builds pushes.
    pub build_pushes: bool,
    /// How templates are run.
    pub scaffolding: Scaffolding,
    /// How long the catalogue takes for granted what it read of a location, milliseconds.
    pub refresh_millis: i64,
}

/// Bells that wake the reconcilers; their timers ring too, so a lost bell only costs time.
#[derive(Debug, Default)]
pub struct Wake {
    /// A deployment was asked for.
    pub deployments: Notify,
    /// A scaffold run has something to do.
    pub runs: Notify,
    /// A build was asked for.
    pub builds: Notify,
    /// A delivery of a source is to be told.
    pub ingest: Notify,
    /// Subscribers are to be told something.
    pub notices: Notify,
    /// A location of the catalogue is to be read again.
    pub catalog: Notify,
    /// An upgrade went on, or a campaign began.
    pub upgrades: Notify,
    /// Something should be looked at now.
    pub observer: Notify,
    /// The program is asked to stop: what waits between two steps ends there.
    pub stopping: CancellationToken,
}

/// The instance: its ports and settings.
#[derive(Debug)]
pub struct Slipway {
    /// The database.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids and secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Secrets that are kept nowhere.
    pub secrets: Arc<dyn Secrets>,
    /// Git hosting.
    pub forge: Arc<dyn Forge>,
    /// Reads catalogue files from paths and Git URLs.
    pub source: Arc<dyn CatalogSource>,
    /// Asks services themselves.
    pub prober: Arc<dyn Prober>,
    /// Carries notices to subscribers.
    pub courier: Arc<dyn Courier>,
    /// Places that run workloads.
    pub runtimes: Runtimes,
    /// What the instance is told at start.
    pub settings: Settings,
    /// Bells.
    pub wake: Wake,
    /// This process's name in leases; unique.
    pub worker: String,
    /// Secrets of runs under way, in memory only.
    pub run_secrets: crate::create::RunSecrets,
    /// Templates opened lately.
    pub templates: crate::create::TemplateCache,
    /// What was read last of the templates that ship.
    pub built_in: crate::catalog::BuiltIn,
    /// Metrics computed lately.
    pub insights: crate::insights::Cache,
}

impl Slipway {
    pub(crate) async fn read(&self) -> crate::Result<Box<dyn Tx>> {
        self.store.begin_read().await.map_err(crate::errors::store)
    }

    pub(crate) async fn write(&self) -> crate::Result<Box<dyn Tx>> {
        self.store.begin_write().await.map_err(crate::errors::store)
    }
}
