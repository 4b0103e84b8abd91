//! Errors outside any page: as problem documents for machines, as a plain page for people. A panic ends as one, too.

use super::rest::Problem;
use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{Html, IntoResponse as _, Response},
};
use futures::FutureExt as _;
use http::header;
use slipway_api_types::{AppError, ErrorCode};
use std::panic::AssertUnwindSafe;

/// In which form an error is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `application/problem+json`.
    Problem,
    /// JSON as a server function's client reads it.
    ServerFunction,
    /// A page.
    Page,
}

impl Form {
    /// What the request's sender can read.
    pub fn of(request: &Request) -> Self {
        let path = request.uri().path();
        let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        if path.starts_with("/api/ui/") && !accept.contains("text/html") {
            Self::ServerFunction
        } else if path.starts_with("/api/v1") || path.starts_with("/events") {
            Self::Problem
        } else {
            Self::Page
        }
    }
}

/// The error as an answer.
pub fn respond(error: &AppError, form: &Form) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match form {
        Form::Problem => Problem::from(error).into_response(),
        Form::ServerFunction => (status, axum::Json(error.clone())).into_response(),
        Form::Page => {
            let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
            (status, [(header::CONTENT_SECURITY_POLICY, policy)], Html(page(error))).into_response()
        }
    }
}

/// A page that needs nothing: what went wrong may be what pages need.
fn page(error: &AppError) -> String {
    let text = escape(&error.message);
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{} · Slipway</title><style>:root{{color-scheme:light dark}}body{{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;\
         margin:20vh auto;padding:0 1rem}}</style></head><body><main><h1>That did not work</h1><p>{text}</p>\
         <p><a href=\"/\">To the start page</a></p></main></body></html>",
        error.status()
    )
}

/// Text as it stands in HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Turns a panic into an answer, and logs it under a reference.
pub async fn catch(request: Request, next: Next) -> Response {
    let form = Form::of(&request);
    let path = request.uri().path().to_owned();
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            let words = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let words =
                words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no words".to_owned());
            let reference = super::request::current_id();
            tracing::error!(http.path = %path, error.reference = %reference, error.cause = %words, "a request panicked");
            let mut error = AppError::new(
                ErrorCode::Internal,
                format!("Slipway failed at this. The log has more under {reference}."),
            );
            error.reference = Some(reference);
            respond(&error, &form)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, body::Body, middleware::from_fn, routing::get};
    use tower::ServiceExt as _;

    #[tokio::test]
    async fn a_panic_is_answered_in_the_sender_s_form() {
        let router = Router::new()
            .route(
                "/page",
                get(|| async {
                    if true {
                        panic!("secret words")
                    }
                }),
            )
            .route(
                "/api/v1/x",
                get(|| async {
                    if true {
                        panic!("secret words")
                    }
                }),
            )
            .layer(from_fn(catch));
        for (path, kind) in [("/page", "text/html"), ("/api/v1/x", "application/problem+json")] {
            let answer = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert!(answer.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with(kind));
            let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
            assert!(!String::from_utf8_lossy(&body).contains("secret words"));
        }
    }

    #[test]
    fn a_message_is_text_in_the_page() {
        let html = page(&AppError::conflict("<script>alert(1)</script>"));
        assert!(!html.contains("<script>"), "{html}");
    }
}
