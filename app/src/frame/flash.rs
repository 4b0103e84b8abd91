//! What the server wants said when a form was taken: it comes in a cookie, so that it is there on whatever page follows.

use leptos::prelude::*;

use crate::components::Toaster;

/// The cookie's name. Its value is a [`crate::components::Flash`] in compact form.
pub const COOKIE: &str = "flash";

/// Shows what a server function has just wanted said. Browser only.
#[cfg_attr(not(feature = "hydrate"), expect(unused_variables, reason = "only a browser has forms"))]
pub fn hear(toaster: Toaster) {
    #[cfg(feature = "hydrate")]
    if let Some(text) = super::document::remembered(COOKIE) {
        super::document::forget(COOKIE);
        if let Ok(flash) = slipway_api_types::wire::read(&text) {
            toaster.show(flash);
        }
    }
}

/// Hears after each answer to a form, and on each page that follows.
pub fn listen<T: Send + Sync + 'static>(answer: impl Fn() -> T + Send + Sync + 'static) {
    if let Some(toaster) = use_context::<Toaster>() {
        Effect::new(move || {
            answer();
            hear(toaster);
        });
    }
}
