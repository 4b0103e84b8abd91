//! Errors as the Kubernetes API words and shapes them.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::{Value, json};

#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct ApiError {
    code: StatusCode,
    reason: &'static str,
    message: String,
    details: Value,
}

impl ApiError {
    fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: json!({}) }
    }

    pub(super) fn not_found(resource: &str, name: &str) -> Self {
        let mut error = Self::new(StatusCode::NOT_FOUND, "NotFound", format!("{resource} \"{name}\" not found"));
        error.details = json!({ "name": name, "kind": resource });
        error
    }

    pub(super) fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", "the server could not find the requested resource")
    }

    pub(super) fn exists(resource: &str, name: &str) -> Self {
        let mut error =
            Self::new(StatusCode::CONFLICT, "AlreadyExists", format!("{resource} \"{name}\" already exists"));
        error.details = json!({ "name": name, "kind": resource });
        error
    }

    pub(super) fn stale(resource: &str, name: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {resource} \"{name}\": the object has been modified; please apply your changes to the latest version and try again"
        );
        Self::new(StatusCode::CONFLICT, "Conflict", message)
    }

    /// Server-side apply met fields of other managers: each conflict is the manager and the field.
    pub(super) fn conflicts(conflicts: &[(String, String)]) -> Self {
        let listed: Vec<String> =
            conflicts.iter().map(|(manager, field)| format!("conflict with \"{manager}\": {field}")).collect();
        let count = conflicts.len();
        let plural = if count == 1 { "" } else { "s" };
        let message = format!("Apply failed with {count} conflict{plural}: {}", listed.join(", "));
        let mut error = Self::new(StatusCode::CONFLICT, "Conflict", message);
        let causes: Vec<Value> = conflicts
            .iter()
            .map(|(manager, field)| json!({ "reason": "FieldManagerConflict", "message": format!("conflict with \"{manager}\""), "field": field }))
            .collect();
        error.details = json!({ "causes": causes });
        error
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub(super) fn invalid(kind: &str, name: &str, field: &str, reason: &str, problem: impl Into<String>) -> Self {
        let problem = problem.into();
        let mut error = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Invalid",
            format!("{kind} \"{name}\" is invalid: {field}: {problem}"),
        );
        error.details =
            json!({ "name": name, "kind": kind, "causes": [{ "reason": reason, "message": problem, "field": field }] });
        error
    }

    pub(super) fn expired() -> Self {
        Self::new(StatusCode::GONE, "Expired", "The resourceVersion for the provided watch is too old.")
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
        )
    }

    pub(super) fn unsupported_media(given: &str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UnsupportedMediaType",
            format!("the body of the request was in an unknown format: {given:?}"),
        )
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")
    }

    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message)
    }

    pub(super) fn body(&self) -> Value {
        json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": self.reason, "details": self.details, "code": self.code.as_u16(),
        })
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.code, Json(self.body())).into_response()
    }
}
