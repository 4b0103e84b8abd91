//! What handlers work with.

use super::{metrics::Meters, rest::TokenCache};
use crate::{
    compose::{GitHost, Instance},
    config::Config,
    folders,
};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use slipway_services::{Slipway, reconcile::WorkerStatus};
use std::{
    collections::BTreeMap,
    fmt,
    path::PathBuf,
    sync::{Arc, OnceLock},
};
use tokio_util::sync::CancellationToken;

/// What every handler may ask for.
#[derive(Clone, Debug, FromRef)]
pub struct AppState {
    /// The instance.
    pub slipway: Arc<Slipway>,
    /// The git host.
    pub git: GitHost,
    /// What Leptos needs to name assets.
    pub leptos: LeptosOptions,
    /// How the outside reaches this server.
    pub edge: Arc<Edge>,
    /// Counted requests.
    pub meters: Arc<Meters>,
    /// Tokens seen lately.
    pub tokens: Arc<TokenCache>,
    /// What the workers did lately.
    pub workers: Workers,
    /// Cancelled when the server stops: streams end then.
    pub shutdown: CancellationToken,
}

/// How the outside reaches this server.
#[derive(Clone, Debug)]
pub struct Edge {
    /// Without a trailing `/`.
    pub public_url: String,
    /// Whether `X-Forwarded-For` and `X-Forwarded-Host` are believed.
    pub trust_proxy: bool,
    /// Whether cookies are sent over TLS only.
    pub secure_cookies: bool,
    /// The folder of what the browser downloads.
    pub site: PathBuf,
}

type Statuses = Box<dyn Fn() -> BTreeMap<&'static str, WorkerStatus> + Send + Sync>;

/// What the workers did lately. Empty until they are started.
#[derive(Clone, Default)]
pub struct Workers(Arc<OnceLock<Statuses>>);

impl Workers {
    /// Says where to ask. Only the first call counts.
    pub fn set(&self, statuses: impl Fn() -> BTreeMap<&'static str, WorkerStatus> + Send + Sync + 'static) {
        drop(self.0.set(Box::new(statuses)));
    }

    /// By worker.
    pub fn statuses(&self) -> BTreeMap<&'static str, WorkerStatus> {
        self.0.get().map(|statuses| statuses()).unwrap_or_default()
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Workers")
    }
}

impl AppState {
    /// Of an instance that serves assets from `site`.
    pub fn new(config: &Config, instance: &Instance, site: PathBuf, shutdown: CancellationToken) -> Self {
        let leptos = LeptosOptions::builder()
            .output_name("slipway")
            .site_root(site.to_string_lossy().as_ref())
            .site_pkg_dir("pkg")
            .hash_files(folders::hashed())
            .build();
        let slipway = instance.slipway.clone();
        let edge = Edge {
            public_url: slipway.settings.public_url.clone(),
            trust_proxy: config.server.trust_proxy,
            secure_cookies: config.server.secure(),
            site,
        };
        Self {
            slipway,
            git: instance.git.clone(),
            leptos,
            edge: Arc::new(edge),
            meters: Arc::default(),
            tokens: Arc::default(),
            workers: Workers::default(),
            shutdown,
        }
    }
}
