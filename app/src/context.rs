//! What the server puts in context for every page and every server function, and what pages ask of a request.

use http::request::Parts;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use slipway_api_types::{
    AppError, ErrorCode,
    wire::{read, write},
};
use slipway_services::{Caller, Slipway};
use std::sync::Arc;

use crate::{
    components::{Flash, UndoForm},
    frame::flash,
    screens::parts::address,
};

/// Who asks, when somebody is signed in. The server provides it beside `Arc<Slipway>`.
#[derive(Clone, Debug)]
pub struct CurrentCaller(pub Option<Caller>);

/// Where server functions live.
const FUNCTIONS: &str = "/api/ui/";
/// What a stranger may see.
const PUBLIC: [&str; 3] = ["/sign-in", "/setup", "/design"];

/// The instance.
pub fn slipway() -> Result<Arc<Slipway>, AppError> {
    use_context::<Arc<Slipway>>().ok_or_else(|| AppError::new(ErrorCode::Internal, "The server is not ready yet."))
}

/// The instance and who asks of it.
pub fn context() -> Result<(Arc<Slipway>, Caller), AppError> {
    let caller = use_context::<CurrentCaller>().and_then(|caller| caller.0);
    let caller = caller.ok_or_else(|| status(AppError::sign_in_required()))?;
    Ok((slipway()?, caller))
}

/// Gives the answer the error's status; the framework would say 500. A plain form is sent back with the error in the
/// address, which is a redirect, and so is a page that a stranger asked for.
pub fn status(error: AppError) -> AppError {
    let Some(parts) = use_context::<Parts>() else { return error };
    let to_function = parts.uri.path().starts_with(FUNCTIONS);
    let redirected = if to_function { accepts_html(&parts) } else { error.code == ErrorCode::SignInRequired };
    if !redirected
        && let (Some(response), Ok(code)) =
            (use_context::<ResponseOptions>(), http::StatusCode::from_u16(error.status()))
    {
        response.set_status(code);
    }
    error
}

/// Whether a plain form was sent, without a script.
pub fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| parts.uri.path().starts_with(FUNCTIONS) && accepts_html(&parts))
}

fn accepts_html(parts: &Parts) -> bool {
    accepts(parts, "text/html")
}

/// Whether a program asks a server function for JSON; the answer then says that it is.
pub fn accept_json() -> bool {
    let Some(parts) = use_context::<Parts>() else { return false };
    let asked = parts.uri.path().starts_with(FUNCTIONS) && accepts(&parts, JSON);
    if asked && let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(http::header::CONTENT_TYPE, http::HeaderValue::from_static(JSON));
    }
    asked
}

const JSON: &str = "application/json";

fn accepts(parts: &Parts, what: &str) -> bool {
    let accept = parts.headers.get(http::header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains(what))
}

/// Where the browser goes after a form was taken.
pub fn go(next: &str) {
    leptos_axum::redirect(next);
}

/// Has a sentence said on the page that follows.
pub fn say(text: String) {
    put(&Flash { text, undo: None });
}

/// Has a sentence said on the page that follows, with a button that sends another server function this form.
pub fn say_undoable(text: String, function: &str, fields: &[(&str, &str)]) {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    put(&Flash { text, undo: Some(UndoForm { action: [FUNCTIONS, function].concat(), fields }) });
}

fn put(said: &Flash) {
    let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), write(said)) else { return };
    // Compact form is letters, digits, `+` and `/`: it needs no quoting.
    let cookie = [flash::COOKIE, "=", &value, "; Path=/; Max-Age=60; SameSite=Lax"].concat();
    if let Ok(cookie) = http::HeaderValue::from_str(&cookie) {
        response.append_header(http::header::SET_COOKIE, cookie);
    }
}

/// Reads what was to be said out of its cookie; this answer is the one that says it.
pub fn take_flash(cookie: &str) -> Option<Flash> {
    let parts = use_context::<Parts>()?;
    if cookie.is_empty() || parts.uri.path().starts_with(FUNCTIONS) {
        return None;
    }
    let over = [flash::COOKIE, "=; Path=/; Max-Age=0; SameSite=Lax"].concat();
    if let (Some(response), Ok(over)) = (use_context::<ResponseOptions>(), http::HeaderValue::from_str(&over)) {
        response.append_header(http::header::SET_COOKIE, over);
    }
    let flash: Flash = read(cookie).ok()?;
    // Only Slipway's own functions are ever offered.
    let ours = flash.undo.as_ref().is_none_or(|undo| undo.action.starts_with(FUNCTIONS));
    ours.then_some(flash)
}

/// Sends a stranger to the sign-in page, and back afterwards.
pub fn guard() {
    let Some(parts) = use_context::<Parts>() else { return };
    if !PUBLIC.contains(&parts.uri.path()) {
        let next = parts.uri.path_and_query().map_or("/", |next| next.as_str());
        leptos_axum::redirect(&address("/sign-in", &[("next", next)]));
        // The framework leaves 200 to who does not name HTML among what it takes.
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(http::StatusCode::FOUND);
        }
    }
}
