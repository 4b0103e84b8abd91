//! Asking a service itself, over HTTP.

use slipway_domain::time::Timestamp;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeResult {
    /// Whether it was a 2xx within the time allowed.
    pub ok: bool,
    /// In words: `200 in 3 ms`, `connection refused`, `no answer within 2 s`.
    pub message: String,
    /// When the answer (or its absence) was seen.
    pub at: Timestamp,
}

/// Sends one GET and judges the answer. Never fails: a failure is an answer.
#[async_trait::async_trait]
pub trait Prober: Send + Sync + std::fmt::Debug {
    /// Probes `url`.
    async fn get(&self, url: &str) -> ProbeResult;
}
