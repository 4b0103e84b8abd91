//! Errors as problem documents (RFC 9457).

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use serde::Serialize;
use slipway_api_types::{AppError, ErrorCode};
use utoipa::ToSchema;

/// What went wrong, and how to mend it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Leads to what the code means.
    #[serde(rename = "type")]
    kind: String,
    /// What sort of problem.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong here, in a sentence.
    detail: String,
    /// Stable, for programs: `invalid`, `sign-in-required`, `forbidden`, `not-found`, `conflict`, `too-many`, `upstream`, `internal`.
    code: &'static str,
    /// The wrong field, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Every wrong field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<WrongField>,
    /// Leads to the server's log, when the code is `internal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

/// One wrong field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WrongField {
    /// Its path in the JSON body, or the parameter's name.
    field: String,
    /// What is wrong and how to mend it.
    message: String,
}

/// Every code with its title and meaning, in the order of the documentation.
pub const CODES: [(ErrorCode, &str, &str); 8] = [
    (ErrorCode::Invalid, "A field is wrong", "`field` or `fields` say which; change it and send again."),
    (
        ErrorCode::SignInRequired,
        "No valid token",
        "Send `Authorization: Bearer slw_…` with a token that is neither expired nor revoked.",
    ),
    (ErrorCode::Forbidden, "Not allowed", "The token's scopes or its owner's roles do not allow this."),
    (ErrorCode::NotFound, "No such thing", "There is nothing at this address."),
    (ErrorCode::Conflict, "Not as things stand", "Something is in the way now; the detail says what."),
    (ErrorCode::TooMany, "Too many attempts", "Wait a quarter of an hour."),
    (
        ErrorCode::Upstream,
        "Something outside failed",
        "A runtime, git or a network failed; the same call may succeed later.",
    ),
    (ErrorCode::Internal, "Slipway failed", "The reference leads to the server's log line."),
];

impl From<&AppError> for Problem {
    fn from(error: &AppError) -> Self {
        let title = CODES.iter().find(|(code, ..)| *code == error.code).map_or("A problem", |(_, title, _)| *title);
        let fields: Vec<WrongField> = error
            .fields
            .iter()
            .map(|field| WrongField { field: field.field.clone(), message: field.message.clone() })
            .collect();
        Self {
            kind: format!("/api/docs#{}", error.code.as_str()),
            title,
            status: error.status(),
            detail: error.message.clone(),
            code: error.code.as_str(),
            field: fields.first().filter(|_| fields.len() == 1).map(|field| field.field.clone()),
            fields,
            reference: error.reference.clone(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Slipway\""));
        }
        response
    }
}

/// The error of every operation.
#[derive(Clone, Debug)]
pub struct Failure(pub AppError);

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        Problem::from(&self.0).into_response()
    }
}
