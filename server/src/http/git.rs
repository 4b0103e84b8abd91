//! `/git/{owner}/{name}.git`: clone, fetch and push with the real git client.
//!
//! A login with its password, or with a token in the password's place. The protocol itself is `slipway_forge::http`.

use super::{
    address::{self, Peer},
    request::note_caller,
    state::AppState,
};
use axum::{
    Router,
    body::Body,
    extract::{Path, Query, Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use base64::Engine as _;
use futures::TryStreamExt as _;
use http::{Extensions, HeaderMap, header};
use serde::Deserialize;
use slipway_api_types::{AppError, ErrorCode};
use slipway_forge::{Protocol, Service};
use slipway_ports::forge::ForgeError;
use slipway_services::{Caller, accounts, repositories};
use std::io;
use tokio_util::io::StreamReader;
use tower_http::decompression::RequestDecompressionLayer;

/// The routes. Bodies have no limit: a push is as large as its history.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/git/{owner}/{name}/info/refs", get(advertise))
        .route("/git/{owner}/{name}/{service}", post(exchange))
        // git compresses what it sends when it is worth it.
        .layer(RequestDecompressionLayer::new())
        .layer(axum::extract::DefaultBodyLimit::disable())
}

#[derive(Deserialize)]
struct Wanted {
    service: Option<String>,
}

async fn advertise(
    State(state): State<AppState>,
    Path((owner, name)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    Peer(extensions): Peer,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let repository = repository(&owner, &name);
    let service = wanted.service.as_deref().and_then(Service::parse).ok_or_else(|| {
        AppError::new(ErrorCode::Forbidden, "Only git's smart protocol is spoken here; use a git of this century.")
    })?;
    allowed(&state, &headers, &extensions, &repository, service).await?;
    let protocol = protocol(&headers);
    let advertisement = state.git.advertise(&repository, service, &protocol).await.map_err(Refusal::from)?;
    let headers = [(header::CONTENT_TYPE, service.advertisement_type()), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, advertisement).into_response())
}

async fn exchange(
    State(state): State<AppState>,
    Path((owner, name, service)): Path<(String, String, String)>,
    request: Request,
) -> Result<Response, Refusal> {
    let repository = repository(&owner, &name);
    let service = Service::parse(&service).ok_or_else(|| AppError::not_found("such git service"))?;
    let (request, body) = request.into_parts();
    let headers = &request.headers;
    let caller = allowed(&state, headers, &request.extensions, &repository, service).await?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind != Some(service.request_type()) {
        return Err(Refusal(AppError::invalid("content-type", format!("This takes {}.", service.request_type()))));
    }
    let protocol = protocol(headers);
    let body = StreamReader::new(body.into_data_stream().map_err(io::Error::other));
    let rpc = state.git.rpc(&repository, service, &protocol, Box::pin(body)).await.map_err(Refusal::from)?;
    tokio::spawn(async move {
        match rpc.completion.await {
            Ok(Ok(done)) if done.updates.is_empty() => {}
            Ok(Ok(done)) => {
                tracing::info!(repository.name = %repository, push.refs = done.updates.len(), caller.login = caller.login(), "a push moved branches or tags");
                // A push that is not recorded now is found by the worker that looks for such.
                if let Err(error) = repositories::pushed(&state.slipway, &repository, caller.login()).await {
                    tracing::warn!(repository.name = %repository, error.cause = %error, "a push was not recorded at once");
                }
            }
            Ok(Err(error)) => {
                tracing::warn!(repository.name = %repository, error.cause = %error, "a git exchange failed")
            }
            Err(error) => {
                tracing::error!(repository.name = %repository, error.cause = %error, "a git exchange ended badly")
            }
        }
    });
    let headers = [(header::CONTENT_TYPE, service.result_type()), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, Body::from_stream(rpc.output)).into_response())
}

/// `owner/name`, with or without `.git` in the address.
fn repository(owner: &str, name: &str) -> String {
    format!("{owner}/{}", name.strip_suffix(".git").unwrap_or(name))
}

fn protocol(headers: &HeaderMap) -> Protocol {
    Protocol::parse(headers.get("git-protocol").and_then(|version| version.to_str().ok()))
}

/// Who asks, when they may.
async fn allowed(
    state: &AppState,
    headers: &HeaderMap,
    extensions: &Extensions,
    repository: &str,
    service: Service,
) -> Result<Caller, Refusal> {
    let (login, password) = basic(headers).ok_or_else(AppError::sign_in_required)?;
    let address = address::client_text(&state.edge, headers, extensions);
    let caller = accounts::caller_of_basic(&state.slipway, &login, &password, &address).await?;
    let caller = caller.ok_or_else(AppError::sign_in_required)?;
    note_caller(caller.login());
    repositories::authorise_git(&state.slipway, &caller, repository, service == Service::ReceivePack).await?;
    Ok(caller)
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.split_once(':').map(|(login, password)| (login.to_owned(), password.to_owned()))
}

/// An error as the git client shows it: a line of text.
struct Refusal(AppError);

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        Self(error)
    }
}

impl From<ForgeError> for Refusal {
    fn from(error: ForgeError) -> Self {
        let code = match &error {
            ForgeError::NotFound(_) => ErrorCode::NotFound,
            ForgeError::InvalidName(_) => ErrorCode::Invalid,
            ForgeError::Exists(_) | ForgeError::Failed(_) => ErrorCode::Upstream,
        };
        Self(AppError::new(code, error.to_string()))
    }
}

impl axum::response::IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, format!("{}\n", self.0.message)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let realm = http::HeaderValue::from_static(
                "Basic realm=\"Slipway: login with password or token\", charset=\"UTF-8\"",
            );
            response.headers_mut().insert(header::WWW_AUTHENTICATE, realm);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_may_contain_anything() {
        let mut headers = HeaderMap::new();
        let encoded = base64::engine::general_purpose::STANDARD.encode("ada:a:b ü");
        headers.insert(header::AUTHORIZATION, format!("basic {encoded}").parse().unwrap());
        assert_eq!(basic(&headers), Some(("ada".to_owned(), "a:b ü".to_owned())));
        headers.insert(header::AUTHORIZATION, "Bearer x".parse().unwrap());
        assert_eq!(basic(&headers), None);
    }
}
