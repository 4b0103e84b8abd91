//! The driver's errors in the store's words.

use slipway_ports::store::StoreError;
use sqlx::error::ErrorKind;

/// What `error` means for whoever wrote `what`.
pub(crate) fn explain(what: &'static str, error: &sqlx::Error) -> StoreError {
    match error.as_database_error().map(|e| e.kind()) {
        Some(ErrorKind::UniqueViolation) => StoreError::Conflict(what),
        Some(ErrorKind::ForeignKeyViolation) => StoreError::Dangling(what),
        _ => unavailable(error),
    }
}

/// The database could not do it.
pub(crate) fn unavailable(error: impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable(error.to_string())
}
