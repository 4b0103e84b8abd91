//! The body of a request as JSON.

use serde_json::Value;

use crate::{Invalid, Request};

/// Parses the body. GitHub can be set to send forms, which is told apart from broken JSON.
pub(crate) fn json(request: &Request<'_>) -> Result<Value, Invalid> {
    let form = request.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if form {
        let message = "is a form; set the content type of the webhook to application/json";
        return Err(Invalid::new("content-type", message));
    }
    of_bytes(request.body)
}

/// Parses JSON; the error says where it breaks.
pub(crate) fn of_bytes(bytes: &[u8]) -> Result<Value, Invalid> {
    serde_json::from_slice(bytes).map_err(|error| Invalid::new(".", format!("not JSON: {error}")))
}
