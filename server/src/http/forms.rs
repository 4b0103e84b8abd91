//! Plain forms that set cookies: signing in and out, the first administrator, the theme. On an error they lead back with its sentence.

use super::{
    address::{self, Peer},
    session::{COOKIE, Session},
    state::AppState,
};
use axum::{
    Extension, Router,
    extract::{Form, State},
    response::{IntoResponse as _, Redirect, Response},
    routing::post,
};
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use slipway_app::{Theme, screens::parts::address as address_with};
use slipway_services::accounts::{self, NewSession};

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/sign-in", post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/setup", post(set_up))
        .route("/theme", post(theme))
}

#[derive(Deserialize)]
#[serde(default)]
struct SignIn {
    login: String,
    password: String,
    next: String,
}

impl Default for SignIn {
    fn default() -> Self {
        Self { login: String::new(), password: String::new(), next: "/".to_owned() }
    }
}

async fn sign_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    Peer(extensions): Peer,
    Form(form): Form<SignIn>,
) -> Response {
    let address = address::client_text(&state.edge, &headers, &extensions);
    match accounts::sign_in(&state.slipway, &form.login, &form.password, &address).await {
        Ok(session) => signed_in(&state, &session, &own_path(&form.next)),
        Err(error) => {
            back("/sign-in", &[("error", &error.message), ("login", &form.login), ("next", &own_path(&form.next))])
        }
    }
}

async fn sign_out(State(state): State<AppState>, Extension(session): Extension<Session>) -> Response {
    if let Some(caller) = session.0
        && let Err(error) = accounts::sign_out(&state.slipway, &caller).await
    {
        return back("/", &[("error", &error.message)]);
    }
    with_cookie(Redirect::to("/sign-in").into_response(), &cookie(&state, "", 0))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SetUp {
    token: String,
    login: String,
    display_name: String,
    password: String,
}

async fn set_up(State(state): State<AppState>, Form(form): Form<SetUp>) -> Response {
    match accounts::set_up(&state.slipway, &form.token, &form.login, &form.display_name, &form.password).await {
        Ok(session) => signed_in(&state, &session, "/"),
        Err(error) => {
            let kept = [
                ("token", form.token.as_str()),
                ("error", &error.message),
                ("login", &form.login),
                ("display_name", &form.display_name),
            ];
            back("/setup", &kept)
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ThemeChoice {
    theme: String,
    return_to: String,
}

/// For browsers without a script; with one the page sets the cookie itself.
async fn theme(Form(form): Form<ThemeChoice>) -> Response {
    let theme = Theme::from_value(&form.theme).value();
    let response = Redirect::to(&own_path(&form.return_to)).into_response();
    with_cookie(response, &format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax"))
}

fn signed_in(state: &AppState, session: &NewSession, next: &str) -> Response {
    let seconds = session.expires_at.since(state.slipway.clock.now()) / 1_000;
    with_cookie(Redirect::to(next).into_response(), &cookie(state, &session.secret, seconds))
}

fn cookie(state: &AppState, secret: &str, seconds: i64) -> String {
    let secure = if state.edge.secure_cookies { "; Secure" } else { "" };
    format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn back(path: &str, query: &[(&str, &str)]) -> Response {
    Redirect::to(&address_with(path, query)).into_response()
}

/// A path of this site; anything that could lead elsewhere becomes the start page.
fn own_path(next: &str) -> String {
    let plain = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']);
    if plain { next.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_gone_to() {
        assert_eq!(own_path("/services/checkout?tab=a"), "/services/checkout?tab=a");
        for other in
            ["", "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example"]
        {
            assert_eq!(own_path(other), "/", "{other:?}");
        }
    }

    #[test]
    fn an_error_comes_back_in_the_address() {
        let response = back("/sign-in", &[("error", "No & never"), ("next", "/a?b=c")]);
        assert_eq!(response.headers()[header::LOCATION], "/sign-in?error=No%20%26%20never&next=%2Fa%3Fb%3Dc");
    }
}
