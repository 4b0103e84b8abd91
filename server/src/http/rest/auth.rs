//! Who calls the API: a bearer token, or for reading a signed-in browser.

use super::{super::session::Session, problem::Failure};
use crate::http::{AppState, request::note_caller};
use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};
use sha2::{Digest as _, Sha256};
use slipway_api_types::AppError;
use slipway_services::{Caller, Door, accounts};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long a token that was good is taken for good without asking the database. Revoking one therefore takes at most this long to hold.
const TRUSTED: Duration = Duration::from_secs(2);
/// How many tokens are kept.
const MOST: usize = 1_000;

/// Tokens that were good a moment ago, by the hash of their secret.
#[derive(Debug, Default)]
pub struct TokenCache(Mutex<HashMap<[u8; 32], (Caller, Instant)>>);

impl TokenCache {
    /// Whose token this is; `None` when it is nobody's, expired or revoked. Only good answers are kept.
    pub async fn caller(state: &AppState, secret: &str, door: Door) -> Result<Option<Caller>, AppError> {
        let key: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
        if let Some(caller) = state.tokens.get(&key) {
            return Ok(Some(caller));
        }
        let caller = accounts::caller_of_token(&state.slipway, secret, door).await?;
        if let Some(caller) = &caller {
            state.tokens.put(key, caller.clone());
        }
        Ok(caller)
    }

    fn get(&self, key: &[u8; 32]) -> Option<Caller> {
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.get(key).filter(|(_, checked)| checked.elapsed() < TRUSTED).map(|(caller, _)| caller.clone())
    }

    fn put(&self, key: [u8; 32], caller: Caller) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= MOST {
            tokens.retain(|_, (_, checked)| checked.elapsed() < TRUSTED);
        }
        if tokens.len() < MOST {
            tokens.insert(key, (caller, Instant::now()));
        }
    }
}

/// The secret of `Authorization: Bearer …`.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// Who calls. Every operation takes one; what they may do, the services decide.
#[derive(Clone, Debug)]
pub struct Api(pub Caller);

impl FromRequestParts<AppState> for Api {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        if let Some(secret) = bearer(&parts.headers) {
            let caller = TokenCache::caller(state, secret, Door::Api).await?;
            let caller = caller.ok_or_else(|| {
                unknown("This token is not known, or it is expired or revoked. Make one in Settings.")
            })?;
            note_caller(caller.login());
            return Ok(Self(caller));
        }
        let session = parts.extensions.get::<Session>().and_then(|session| session.0.clone());
        match session {
            Some(caller) if parts.method.is_safe() => Ok(Self(caller)),
            Some(_) => Err(unknown("Writing through the API needs a token: send `Authorization: Bearer slw_…`.")),
            None => Err(unknown("Send `Authorization: Bearer slw_…`; a person makes tokens in Settings.")),
        }
    }
}

fn unknown(message: &str) -> Failure {
    let mut error = AppError::sign_in_required();
    message.clone_into(&mut error.message);
    Failure(error)
}
