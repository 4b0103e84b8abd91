//! Asks services themselves, over HTTP.

use async_trait::async_trait;
use slipway_ports::{Clock, Prober, probe::ProbeResult};
use std::{
    error::Error as _,
    sync::Arc,
    time::{Duration, Instant},
};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Sends real requests. It follows no redirect and uses no proxy: what is asked is the service, not what stands before it.
#[derive(Clone, Debug)]
pub struct HttpProber {
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
}

impl HttpProber {
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(clock: Arc<dyn Clock>) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // Hundreds of services are asked in turn; a connection each would stay open for nothing.
            .pool_max_idle_per_host(0)
            .user_agent(concat!("Slipway/", env!("CARGO_PKG_VERSION"), " (probe)"))
            .build()?;
        Ok(Self { client, clock })
    }

    async fn ask(&self, url: &str) -> (bool, String) {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return (false, "not an http:// or https:// address".to_owned());
        }
        let began = Instant::now();
        match self.client.get(url).send().await {
            Ok(answer) => {
                let status = answer.status();
                (status.is_success(), format!("{} in {} ms", status.as_u16(), began.elapsed().as_millis()))
            }
            Err(error) if error.is_timeout() => (false, format!("no answer within {} s", PATIENCE.as_secs())),
            Err(error) => (false, innermost(&error)),
        }
    }
}

/// The cause at the bottom: "connection refused" says more than "error sending request".
fn innermost(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    let mut words = None;
    while let Some(inner) = cause {
        words = Some(inner.to_string());
        cause = inner.source();
    }
    words.unwrap_or_else(|| "the request could not be sent".to_owned()).to_lowercase()
}

#[async_trait]
impl Prober for HttpProber {
    async fn get(&self, url: &str) -> ProbeResult {
        let (ok, message) = self.ask(url).await;
        ProbeResult { ok, message, at: self.clock.now() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemClock;
    use axum::{Router, http::StatusCode, response::Redirect, routing::get};

    async fn serve() -> String {
        let router = Router::new()
            .route("/good", get(|| async { "ok" }))
            .route("/bad", get(|| async { StatusCode::SERVICE_UNAVAILABLE }))
            .route("/away", get(|| async { Redirect::to("/good") }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    #[tokio::test]
    async fn only_a_2xx_of_the_service_itself_is_good() {
        let prober = HttpProber::new(Arc::new(SystemClock)).unwrap();
        let server = serve().await;
        let good = prober.get(&format!("{server}/good")).await;
        assert!(good.ok && good.message.starts_with("200 in "), "{}", good.message);
        let bad = prober.get(&format!("{server}/bad")).await;
        assert!(!bad.ok && bad.message.starts_with("503 in "), "{}", bad.message);
        assert!(!prober.get(&format!("{server}/away")).await.ok);
        assert!(!prober.get("file:///etc/passwd").await.ok);
    }

    #[tokio::test]
    async fn a_closed_port_is_said_in_words() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let answer = HttpProber::new(Arc::new(SystemClock)).unwrap().get(&format!("http://{address}/")).await;
        assert!(!answer.ok);
        assert!(answer.message.contains("refused"), "{}", answer.message);
    }
}
