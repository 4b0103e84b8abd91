//! From failures inside to the one error that leaves.

use slipway_api_types::{AppError, ErrorCode};
use slipway_domain::runtime::Cause;
use slipway_ports::{StoreError, forge::ForgeError, runtime::RuntimeError};

/// The result of every service function.
pub type Result<T, E = AppError> = std::result::Result<T, E>;

/// A failure of the store. Logged here, once, with a reference; the text inside stays inside.
pub(crate) fn store(error: StoreError) -> AppError {
    match error {
        StoreError::Conflict(what) => AppError::conflict(format!("{what} is already there.")),
        StoreError::BadCursor => {
            AppError::invalid("cursor", "This cursor is not one that a list gave; start at the beginning.")
        }
        error => internal(&error),
    }
}

/// Something that should not happen. Logged here, once, with a reference.
pub(crate) fn internal(error: &dyn std::error::Error) -> AppError {
    let reference = reference();
    tracing::error!(error.reference = %reference, error.cause = %error, "a request failed");
    let mut told =
        AppError::new(ErrorCode::Internal, format!("Slipway failed at this. The log has more under {reference}."));
    told.reference = Some(reference);
    told
}

/// Short, and different enough not to be mistaken for another in a log.
fn reference() -> String {
    use std::hash::{BuildHasher as _, Hasher as _};
    // The standard library seeds each of these at random.
    let random = std::hash::RandomState::new().build_hasher().finish();
    format!("E{:010X}", random >> 24)
}

pub(crate) fn forge(error: ForgeError) -> AppError {
    match error {
        ForgeError::Exists(_) => AppError::conflict(error.to_string()),
        ForgeError::NotFound(_) => AppError::new(ErrorCode::NotFound, error.to_string()),
        ForgeError::InvalidName(message) => AppError::invalid("name", message),
        ForgeError::Failed(_) => AppError::new(ErrorCode::Upstream, error.to_string()),
    }
}

/// A runtime's refusal as a cause to show.
pub(crate) fn cause(error: &RuntimeError) -> Cause {
    error.cause()
}
