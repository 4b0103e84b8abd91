//! Refuses writes that another site's page sends with a user's cookie.
//!
//! Browsers say where a request comes from: `Sec-Fetch-Site` in all that are current, `Origin` in older ones. What says neither is no
//! browser's form. Beside this, the session's cookie is `SameSite=Lax`.

use super::{failure, state::AppState};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, header};
use slipway_api_types::AppError;

/// Lets reading pass, and writing from this very site.
pub async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_same_origin(request.headers(), &state.edge.public_url) {
        return next.run(request).await;
    }
    let error = AppError::forbidden("This request comes from another site's page. Open Slipway itself and try again.");
    failure::respond(&error, &failure::Form::of(&request))
}

fn is_same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        // `none`: typed into the address bar, or a bookmark.
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(header::ORIGIN) else { return true };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && (host == text(header::HOST) || origin == public_url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(pairs: &[(&'static str, &str)]) -> bool {
        let headers = pairs.iter().map(|(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap()));
        is_same_origin(&headers.collect(), "https://slipway.example.com")
    }

    #[test]
    fn a_browser_s_word_counts() {
        assert!(allowed(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(!allowed(&[("sec-fetch-site", "cross-site")]));
        assert!(!allowed(&[("sec-fetch-site", "same-site"), ("origin", "https://slipway.example.com")]));
    }

    #[test]
    fn an_older_browser_s_origin_is_compared() {
        assert!(allowed(&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")]));
        assert!(allowed(&[("origin", "https://slipway.example.com"), ("host", "10.0.0.7:3000")]));
        assert!(!allowed(&[("origin", "http://evil.example"), ("host", "127.0.0.1:3000")]));
        assert!(!allowed(&[("origin", "null"), ("host", "127.0.0.1:3000")]));
        assert!(allowed(&[]));
    }
}
