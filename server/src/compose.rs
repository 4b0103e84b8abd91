//! The composition root: which database, git host, clouds, clock and randomness an instance works with.
//!
//! Architecture invariant: no other module decides which adapter stands behind a port.

use crate::{
    config::{CatalogConfig, Config, RuntimeConfig},
    courier::HttpCourier,
    folders,
    prober::HttpProber,
    secrets::InstanceSecrets,
    system::{SystemClock, SystemEntropy},
};
use anyhow::{Context as _, Result};
use slipway_domain::{
    runtime::RuntimeKind,
    time::{DAY, SECOND},
};
use slipway_forge::{EmbeddedForge, Source};
use slipway_ports::{Clock, Entropy as _, Runtime, Store};
use slipway_runtime_aws::{AppRunnerConfig, AppRunnerRuntime, Credentials, EcsConfig, EcsRuntime};
use slipway_runtime_kubernetes::{KubernetesConfig, KubernetesRuntime};
use slipway_sandbox::{Sandbox, SandboxConfig};
use slipway_services::{Runtimes, Settings, Slipway, Wake};
use std::{net::SocketAddr, path::Path, sync::Arc};

/// The region, cluster and namespace that the sandbox's runtimes use.
pub const SANDBOX_REGION: &str = "eu-west-1";
/// See [`SANDBOX_REGION`].
pub const SANDBOX_CLUSTER: &str = "slipway";
/// See [`SANDBOX_REGION`].
pub const SANDBOX_NAMESPACE: &str = "slipway";

/// The git host that is served under `/git`.
pub type GitHost = EmbeddedForge;

/// An instance, put together.
#[derive(Debug)]
pub struct Instance {
    /// What the services work with.
    pub slipway: Arc<Slipway>,
    /// The git host.
    pub git: GitHost,
    /// The sandbox in this process, when there is one.
    pub sandbox: Option<Sandbox>,
    /// Where a sandbox answers, in this process or elsewhere.
    pub sandbox_url: Option<String>,
}

/// What an instance is that configuration does not say.
#[derive(Clone, Debug)]
pub struct Role {
    /// Where people reach it.
    pub public_url: String,
    /// Whether it holds demo data.
    pub demo: bool,
}

/// Opens the database and brings it up to date, prepares the data folder, starts the sandbox and connects to every runtime.
///
/// # Errors
/// When something that is needed to serve at all cannot be had. A runtime that cannot be reached is none of these.
pub async fn compose(config: &Config, role: Role) -> Result<Instance> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let data = &config.server.data;
    std::fs::create_dir_all(data).with_context(|| format!("the data folder {} cannot be made", data.display()))?;
    let store = open_store(&config.database()).await?;
    let git = EmbeddedForge::new(config.repositories())
        .with_context(|| format!("the folder of repositories {} cannot be used", config.repositories().display()))?;
    let sandbox = match (&config.sandbox.url, config.sandbox.enabled) {
        (None, true) => {
            Some(start_sandbox(config, SocketAddr::from(([127, 0, 0, 1], config.sandbox.port)), data).await?)
        }
        _ => None,
    };
    let sandbox_url = config.sandbox.url.clone().or_else(|| sandbox.as_ref().map(Sandbox::aws_endpoint));
    let runtimes = runtimes(config, sandbox_url.as_deref(), &clock).await?;
    let entropy = SystemEntropy;
    let secrets = InstanceSecrets::open(data, config.secrets(), &entropy)?;
    let worker = entropy.uuid().to_string();
    let slipway = Slipway {
        store,
        clock: clock.clone(),
        entropy: Arc::new(entropy),
        secrets: Arc::new(secrets),
        forge: Arc::new(git.clone()),
        source: Arc::new(Source::new()),
        prober: Arc::new(HttpProber::new(clock).context("HTTP probes cannot be set up")?),
        courier: Arc::new(HttpCourier),
        runtimes,
        settings: settings(config, role),
        wake: Wake::default(),
        worker,
        run_secrets: slipway_services::create::RunSecrets::default(),
        templates: slipway_services::create::TemplateCache::default(),
        built_in: slipway_services::catalog::BuiltIn::default(),
        insights: slipway_services::insights::Cache::default(),
    };
    Ok(Instance { slipway: Arc::new(slipway), git, sandbox, sandbox_url })
}

fn settings(config: &Config, role: Role) -> Settings {
    Settings {
        public_url: role.public_url,
        demo: role.demo,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        zone: config.metrics.zone.clone(),
        registry: config.pipeline.registry.clone(),
        templates: folders::templates(),
        build_millis: i64::from(config.pipeline.build_millis),
        session_millis: i64::from(config.server.session_days) * DAY,
        build_pushes: config.build_pushes(),
        scaffolding: (&config.templates).into(),
        refresh_millis: i64::from(config.catalog.refresh_seconds.max(CatalogConfig::SHORTEST)) * SECOND,
    }
}

/// Starts a sandbox that keeps its state in `<data>/sandbox`.
///
/// # Errors
/// When its port is taken or its state cannot be read.
pub async fn start_sandbox(config: &Config, listen: SocketAddr, data: &Path) -> Result<Sandbox> {
    let timings = (&config.sandbox.timings).into();
    let settings = SandboxConfig { listen, state_dir: Some(data.join("sandbox")), timings, ..SandboxConfig::default() };
    Sandbox::start(settings).await.context("the sandbox did not start")
}

/// Opens the database and brings it up to date.
///
/// # Errors
/// When it cannot be reached or a migration fails.
pub async fn open_store(url_or_path: &str) -> Result<Arc<dyn Store>> {
    slipway_store::open(url_or_path).await.context("the database cannot be opened")
}

/// Names of the migrations that opening it would run.
///
/// # Errors
/// When it cannot be reached.
pub async fn pending_migrations(url_or_path: &str) -> Result<Vec<String>> {
    Ok(slipway_store::pending_migrations(url_or_path).await?)
}

/// Opens the database as it is, without bringing it up to date. For `doctor`.
///
/// # Errors
/// When it cannot be reached.
pub async fn open_store_unchanged(url_or_path: &str) -> Result<Arc<dyn Store>> {
    if url_or_path.starts_with("postgres://") || url_or_path.starts_with("postgresql://") {
        Ok(Arc::new(slipway_store::PostgresStore::connect(url_or_path, None).await?))
    } else {
        let path = url_or_path.strip_prefix("sqlite:").unwrap_or(url_or_path);
        Ok(Arc::new(slipway_store::SqliteStore::open(path.strip_prefix("//").unwrap_or(path)).await?))
    }
}

/// Every configured runtime by name, and the sandbox's.
///
/// # Errors
/// When a configuration cannot lead anywhere: a kubeconfig that is not there, for example.
pub async fn runtimes(config: &Config, sandbox: Option<&str>, clock: &Arc<dyn Clock>) -> Result<Runtimes> {
    let mut runtimes: Vec<(String, Arc<dyn Runtime>)> = Vec::new();
    for (name, runtime) in &config.runtimes {
        runtimes.push((name.clone(), connect(name, runtime.clone(), clock).await?));
    }
    if let Some(url) = sandbox {
        for kind in RuntimeKind::ALL {
            let name = sandbox_runtime(kind);
            runtimes.push((name.clone(), connect(&name, sandbox_config(kind, url), clock).await?));
        }
    }
    Ok(Runtimes::new(runtimes))
}

/// The name of the sandbox's runtime of a kind.
pub fn sandbox_runtime(kind: RuntimeKind) -> String {
    format!("{kind}-sandbox")
}

async fn connect(name: &str, config: RuntimeConfig, clock: &Arc<dyn Clock>) -> Result<Arc<dyn Runtime>> {
    let clock = clock.clone();
    Ok(match config {
        RuntimeConfig::Ecs(config) => Arc::new(EcsRuntime::connect(config, clock).await),
        RuntimeConfig::AppRunner(config) => Arc::new(AppRunnerRuntime::connect(config, clock).await),
        RuntimeConfig::Kubernetes(config) => {
            let connected = KubernetesRuntime::connect(config, clock).await;
            Arc::new(connected.with_context(|| format!("the runtime `{name}` cannot be set up"))?)
        }
    })
}

fn sandbox_config(kind: RuntimeKind, url: &str) -> RuntimeConfig {
    match kind {
        RuntimeKind::Ecs => RuntimeConfig::Ecs(EcsConfig {
            region: SANDBOX_REGION.to_owned(),
            endpoint: Some(url.to_owned()),
            credentials: Credentials::Sandbox,
            cluster: SANDBOX_CLUSTER.to_owned(),
            subnets: vec!["subnet-sandbox".to_owned()],
            security_groups: Vec::new(),
            assign_public_ip: false,
            execution_role_arn: Some("arn:aws:iam::123456789012:role/sandbox-execution".to_owned()),
            task_role_arn: None,
            log_group: None,
            health_check: Some("curl -f http://127.0.0.1:{port}{path}".to_owned()),
            url: None,
        }),
        RuntimeKind::AppRunner => RuntimeConfig::AppRunner(AppRunnerConfig {
            region: SANDBOX_REGION.to_owned(),
            endpoint: Some(url.to_owned()),
            credentials: Credentials::Sandbox,
            access_role_arn: Some("arn:aws:iam::123456789012:role/sandbox-access".to_owned()),
            instance_role_arn: None,
            auto_scaling_configuration_arn: None,
            vpc_connector_arn: None,
        }),
        RuntimeKind::Kubernetes => RuntimeConfig::Kubernetes(KubernetesConfig {
            kubeconfig: None,
            context: None,
            endpoint: Some(url.to_owned()),
            namespace: SANDBOX_NAMESPACE.to_owned(),
            url: None,
            // As long as the emulated ECS and App Runner take, not as long as a real cluster may.
            progress_deadline_seconds: 30,
        }),
    }
}

/// Makes in the sandbox what an account and a cluster have from the start: the ECS cluster and the namespace.
///
/// # Errors
/// When the sandbox does not answer.
pub async fn prepare_sandbox(url: &str) -> Result<()> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    for kind in RuntimeKind::ALL {
        match sandbox_config(kind, url) {
            RuntimeConfig::Ecs(config) => EcsRuntime::connect(config, clock.clone()).await.create_cluster().await,
            RuntimeConfig::Kubernetes(config) => {
                KubernetesRuntime::connect(config, clock.clone()).await?.create_namespace().await
            }
            RuntimeConfig::AppRunner(_) => Ok(()),
        }
        .with_context(|| format!("the sandbox at {url} did not answer"))?;
    }
    Ok(())
}
