//! Why a request is not accepted.

use thiserror::Error;

/// Not authentic: answer 401, count it, and say no more than this.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// The source has no secret, so nothing can be checked; nothing is accepted then.
    #[error("no secret is configured for this source")]
    NoSecret,
    #[error("the header {0} is missing")]
    Missing(String),
    #[error("the header {0} is malformed")]
    Malformed(String),
    #[error("the header {0} does not fit the body and the secret")]
    Mismatch(String),
    /// Signed more than five minutes away from now: perhaps replayed.
    #[error("the header {0} is more than five minutes away from now")]
    Stale(String),
}

/// Authentic, but not what its source sends: answer 4xx with the field.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: {message}")]
pub struct Invalid {
    /// As `deployment_status.created_at` or `alerts[2].startsAt`; a header by its name; `.` for the whole body.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

impl Invalid {
    pub(crate) fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}
