//! Who asks: the session of the cookie, looked up once a request.

use super::{failure, request::note_caller, state::AppState};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, header};
use slipway_services::{Caller, accounts};

/// The cookie with the session's secret.
pub const COOKIE: &str = "slipway_session";

/// Whoever is signed in, put into every request's extensions.
#[derive(Clone, Debug)]
pub struct Session(pub Option<Caller>);

/// Looks the session up and goes on, signed in or not.
pub async fn resolve(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let caller = match cookie(request.headers(), COOKIE) {
        Some(secret) => match accounts::caller_of_session(&state.slipway, secret).await {
            Ok(caller) => caller,
            Err(error) => return failure::respond(&error, &failure::Form::of(&request)),
        },
        None => None,
    };
    if let Some(caller) = &caller {
        note_caller(caller.login());
    }
    request.extensions_mut().insert(Session(caller));
    next.run(request).await
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "theme=dark; not_slipway_session=a".parse().unwrap());
        headers.append(header::COOKIE, "slipway_session_2=b; slipway_session=c=d".parse().unwrap());
        assert_eq!(cookie(&headers, COOKIE), Some("c=d"));
        assert_eq!(cookie(&headers, "theme"), Some("dark"));
        assert_eq!(cookie(&headers, "rail"), None);
    }
}
