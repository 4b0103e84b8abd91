//! Carrying a message to an address that somebody gave us.

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

/// Sends one POST. It follows no redirect, and reaches no link-local or metadata address, whatever the name resolves to.
#[async_trait::async_trait]
pub trait Courier: Send + Sync + std::fmt::Debug {
    /// Delivers `body` with `headers`.
    ///
    /// # Errors
    /// [`CourierError`] for everything but a 2xx.
    async fn post(&self, url: &str, headers: &[(&'static str, String)], body: &str) -> Result<(), CourierError>;
}
