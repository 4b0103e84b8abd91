//! Starting and stopping a sandbox, and the one port behind which all of it is.

use std::{io, net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, StatusCode};
use serde_json::json;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    SandboxConfig, StateError,
    aws::{self, Api, AwsError, Call},
    kubernetes, persist,
    preload::{Placement, PreloadError},
    shared::Shared,
    world::World,
};

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Anybody who reaches the port may do anything, so it stays on this machine.
    #[error("the sandbox listens on loopback only, not on {0}")]
    NotLoopback(SocketAddr),
    /// The address cannot be had.
    #[error("the sandbox cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The kept state cannot be read.
    #[error(transparent)]
    State(#[from] StateError),
}

/// A running sandbox. Dropping it leaves it running until the runtime ends; [`Sandbox::shutdown`] ends it.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a sandbox in the present Tokio runtime, with the state that its folder holds.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(config: SandboxConfig) -> Result<Self, StartError> {
        let listen = config.listen;
        if !listen.ip().is_loopback() {
            return Err(StartError::NotLoopback(listen));
        }
        let kept = match &config.state_dir {
            Some(folder) => persist::load(folder)?,
            None => None,
        };
        let refused = |source| StartError::Listen { address: listen, source };
        let listener = TcpListener::bind(listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let mut world = kept.unwrap_or_else(|| World::new(config.clock.now()));
        world.wake(config.timings, config.clock);
        let shared = Shared::new(world, config.state_dir);
        let ended = shared.ended.clone();
        let server = axum::serve(listener, router(Arc::clone(&shared))).with_graceful_shutdown(ended.cancelled_owned());
        let serving = tokio::spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "the sandbox stopped serving");
            }
        });
        let moving = tokio::spawn(Arc::clone(&shared).keep_moving());
        let writing = tokio::spawn(Arc::clone(&shared).keep_writing());
        Ok(Self { address, shared, tasks: vec![serving, moving, writing] })
    }

    /// The endpoint for App Runner, ECS and CloudWatch Logs clients. Any region and any credentials will do.
    pub fn aws_endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The cluster URL for Kubernetes clients. Any bearer token will do.
    pub fn kubernetes_endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where both listen.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds services that run at once; those that exist already stay as they are.
    ///
    /// # Errors
    /// One of the placements is not valid, or the state could not be written.
    pub async fn preload(&self, placements: &[Placement]) -> Result<(), PreloadError> {
        let done = self.shared.change(|world| world.preload(placements)).await;
        done.unwrap_or_else(|error| Err(PreloadError::new("state", error)))
    }

    /// Ends every connection and every container's port, and writes the state a last time.
    pub async fn shutdown(self) {
        self.shared.ended.cancel();
        for task in self.tasks {
            // A task that panicked has said so already; the others still end.
            let _ = task.await;
        }
        self.shared.close_ports();
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", post(handle_aws))
        .route("/_sandbox/state", get(handle_state))
        .route("/_sandbox/preload", post(handle_preload))
        .fallback(kubernetes::http::handle)
        .layer(DefaultBodyLimit::max(4 * 1024 * 1024))
        .with_state(shared)
}

async fn handle_aws(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let call = match Call::read(&headers, &body) {
        Ok(call) => call,
        Err(error) => return aws::respond(Api::Ecs, Err(error)),
    };
    let reply = if call.only_reads() {
        shared.read(|world| world.aws(&call))
    } else {
        let done = shared.change(|world| world.aws(&call)).await;
        done.unwrap_or_else(|error| Err(AwsError::internal(call.api, error)))
    };
    aws::respond(call.api, reply)
}

async fn handle_state(State(shared): State<Arc<Shared>>) -> Response {
    Json(shared.read(|world| world.summary())).into_response()
}

async fn handle_preload(State(shared): State<Arc<Shared>>, Json(placements): Json<Vec<Placement>>) -> Response {
    match shared.change(|world| world.preload(&placements)).await {
        Ok(Ok(())) => Json(json!({ "placements": placements.len() })).into_response(),
        Ok(Err(error)) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error.to_string() }))).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": error }))).into_response(),
    }
}
