//! The one error that leaves the server.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Stable codes, for machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// A field is wrong; `field` or `fields` say which.
    Invalid,
    /// Nobody is signed in.
    SignInRequired,
    /// Signed in, but not allowed.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// It cannot be done as things stand now.
    Conflict,
    /// Too many attempts; later is better.
    TooMany,
    /// Something outside failed: a runtime, git, a network.
    Upstream,
    /// Slipway failed; the reference leads to its log line.
    Internal,
}

impl ErrorCode {
    /// The HTTP status that goes with it.
    pub const fn status(self) -> u16 {
        match self {
            Self::Invalid => 422,
            Self::SignInRequired => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::TooMany => 429,
            Self::Upstream => 502,
            Self::Internal => 500,
        }
    }

    const ALL: [Self; 8] = [
        Self::Invalid,
        Self::SignInRequired,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::TooMany,
        Self::Upstream,
        Self::Internal,
    ];

    /// The code that stands in JSON as `text`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }

    /// As it stands in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::SignInRequired => "sign-in-required",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::Conflict => "conflict",
            Self::TooMany => "too-many",
            Self::Upstream => "upstream",
            Self::Internal => "internal",
        }
    }
}

/// One wrong field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in the form or the JSON body.
    pub field: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// What went wrong, in words for the person who asked. Never holds a secret or an inner error's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppError {
    /// Stable code.
    pub code: ErrorCode,
    /// A sentence.
    pub message: String,
    /// The wrong fields, when the code is `invalid`.
    pub fields: Vec<FieldError>,
    /// Leads to the log line, when the code is `internal`.
    pub reference: Option<String>,
}

impl AppError {
    /// An error of `code`.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), fields: Vec::new(), reference: None }
    }

    /// One wrong field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldError { field: field.to_owned(), message: message.into() }])
    }

    /// Several wrong fields; there must be at least one.
    pub fn invalid_fields(fields: Vec<FieldError>) -> Self {
        let message = match fields.as_slice() {
            [one] => one.message.clone(),
            several => format!("{} fields need another look.", several.len()),
        };
        Self { code: ErrorCode::Invalid, message, fields, reference: None }
    }

    /// There is no such thing: `deployment v7 of checkout`.
    pub fn not_found(what: impl fmt::Display) -> Self {
        Self::new(ErrorCode::NotFound, format!("There is no {what}."))
    }

    /// Nobody is signed in.
    pub fn sign_in_required() -> Self {
        Self::new(ErrorCode::SignInRequired, "Sign in to go on.")
    }

    /// Not allowed, with who may.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Forbidden, message)
    }

    /// It cannot be done as things stand now.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Conflict, message)
    }

    /// The message for one field, if that field is wrong.
    pub fn for_field(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|f| f.field == field).map(|f| f.message.as_str())
    }

    /// The HTTP status that goes with it.
    pub const fn status(&self) -> u16 {
        self.code.status()
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AppError {}

#[cfg(feature = "server-fn")]
impl server_fn::error::FromServerFnError for AppError {
    type Encoder = crate::wire::ErrorEncoding;

    fn from_server_fn_error(error: server_fn::error::ServerFnErrorErr) -> Self {
        use server_fn::error::ServerFnErrorErr as E;
        // The inner text may say more than a browser should know; only the sort of failure is told.
        let (code, message) = match error {
            E::Request(_) => (ErrorCode::Upstream, "The server could not be reached."),
            E::Args(_) | E::MissingArg(_) | E::Deserialization(_) => {
                (ErrorCode::Invalid, "The form could not be read.")
            }
            _ => (ErrorCode::Internal, "The server could not answer."),
        };
        Self::new(code, message)
    }
}
