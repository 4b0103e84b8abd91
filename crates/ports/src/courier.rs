//! Carrying a message to an address that somebody gave us, and an answer back.

use crate::secrets::SecretText;
use std::{collections::BTreeMap, time::Duration};

/// Why it did not arrive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CourierError {
    /// The address is one that nothing is sent to: no http(s), or of the machine's own network.
    #[error("nothing is sent to this address: {0}")]
    Forbidden(String),
    /// It answered, but not with 2xx.
    #[error("it answered {0}")]
    Refused(u16),
    /// It did not answer.
    #[error("{0}")]
    Unreachable(String),
}

/// A request whose answer is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `GET`, `POST`…
    pub method: String,
    /// With its query.
    pub url: String,
    /// Lower-case names. Any of them may be a secret.
    pub headers: Vec<(String, SecretText)>,
    /// As it is sent.
    pub body: Option<String>,
    /// How long it may take.
    pub timeout: Duration,
}

/// What came back, whatever the status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 200, 404…
    pub status: u16,
    /// Those that are text; of several of one name the last.
    pub headers: BTreeMap<String, String>,
    /// As it came; at most a megabyte.
    pub body: Vec<u8>,
}

/// Sends requests. It follows no redirect, and reaches no link-local or metadata address, whatever the name resolves to.
#[async_trait::async_trait]
pub trait Courier: Send + Sync + std::fmt::Debug {
    /// Posts `body` with `headers`.
    ///
    /// # Errors
    /// [`CourierError`] for everything but a 2xx.
    async fn post(&self, url: &str, headers: &[(&'static str, String)], body: &str) -> Result<(), CourierError>;

    /// Asks, and brings the answer.
    ///
    /// # Errors
    /// [`CourierError::Forbidden`] and [`CourierError::Unreachable`]; an answer that is too large is as none.
    async fn call(&self, call: &Call) -> Result<Answer, CourierError>;
}
