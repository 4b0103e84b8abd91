//! What the browser downloads: files of the site's `pkg` folder, pre-compressed where the build did so.

use super::state::AppState;
use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::Response,
};
use http::{HeaderValue, header};
use tower_http::services::ServeDir;

/// `/pkg/…`
pub fn router(state: &AppState) -> Router<AppState> {
    let files = ServeDir::new(state.edge.site.join("pkg"))
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip();
    Router::new().nest_service("/pkg", files).layer(from_fn(cache))
}

/// A name that has its content's hash in it never means another content.
async fn cache(request: Request, next: Next) -> Response {
    let lasting = is_hashed(request.uri().path());
    let mut response = next.run(request).await;
    if response.status().is_success() {
        let value = if lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    }
    response
}

/// `slipway.<16 hex digits>.<kind>`, as the release build names files.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split('.').any(|part| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn only_hashed_names_last() {
        assert!(is_hashed("/pkg/slipway.0123456789abcdef.wasm"));
        assert!(!is_hashed("/pkg/slipway_bg.wasm"));
        assert!(!is_hashed("/pkg/slipway.css"));
        assert!(!is_hashed("/0123456789abcdef.x/slipway.js"));
    }
}
