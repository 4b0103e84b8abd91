//! Starts the service on a free port of this machine.

use std::{future::Future, io, net::SocketAddr};

use axum::Router;
use reqwest::Client;
use service::{
    config::Limits,
    health::Readiness,
    http,
    metrics::Metrics,
    server::{self, Shutdown},
};
use tokio::{net::TcpListener, task::JoinHandle};

pub struct Server {
    pub address: SocketAddr,
    pub client: Client,
    /// Ends when the server has stopped.
    pub stopped: JoinHandle<io::Result<()>>,
}

impl Server {
    /// The service as it is, for as long as the test runs.
    pub async fn start() -> Self {
        let readiness = Readiness::default();
        let router = http::router(&Limits::default(), readiness.clone(), metrics());
        Self::serve(router, readiness).await
    }

    /// `routes` within the limits that surround every route of the service.
    pub async fn start_with(routes: Router, limits: &Limits) -> Self {
        let router = http::surround(routes, limits, metrics());
        Self::serve(router, Readiness::default()).await
    }

    async fn serve(router: Router, readiness: Readiness) -> Self {
        let never = Shutdown {
            signal: std::future::pending(),
            drain: std::future::ready(()),
            grace: std::future::ready(()),
        };
        Self::serve_until(router, readiness, never).await
    }

    pub async fn serve_until(
        router: Router,
        readiness: Readiness,
        shutdown: Shutdown<
            impl Future<Output = ()> + Send + 'static,
            impl Future<Output = ()> + Send + 'static,
            impl Future<Output = ()> + Send + 'static,
        >,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        Self {
            address,
            client: client(),
            stopped: tokio::spawn(server::serve(listener, router, readiness, shutdown)),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.client
            .get(self.url(path))
            .send()
            .await
            .expect("an answer")
    }
}

pub fn metrics() -> Metrics {
    Metrics::new().expect("metrics with distinct names")
}

/// Talks to this machine only, whatever proxy the environment names.
pub fn client() -> Client {
    Client::builder()
        .no_proxy()
        .build()
        .expect("a client without TLS")
}
