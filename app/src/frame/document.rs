use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};
use wasm_bindgen::JsCast;

use super::{facts::PageFacts, theme::Theme};
use crate::App;

/// The document around the app. The server renders it; the browser takes over what is in its body.
#[must_use]
pub fn shell(options: LeptosOptions, theme: Theme) -> impl IntoView {
    let narrow = use_context::<PageFacts>().is_some_and(|facts| facts.rail_narrow);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.attribute() data-rail=narrow.then_some("narrow")>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <HashedStylesheet options=options.clone() id="style"/>
                <link rel="icon" type="image/svg+xml" href=ICON/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The mark as an icon, in the page itself: one request less.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Crect width='24' height='24' rx='6' fill='%235b53e0'/%3E%3Cpath d='M5 15.5h14M8 15.5 16.5 6v9.5' fill='none' stroke='white' stroke-width='2' stroke-linejoin='round' stroke-linecap='round'/%3E%3C/svg%3E";

/// Sets or takes away an attribute of the root element. Browser only.
pub(super) fn set_root(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    // Fails only for a name that is no name.
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// Keeps a choice in a cookie for a year, for the server's next page. Browser only.
pub(super) fn remember(name: &str, value: &str) {
    let cookie = [name, "=", value, "; Path=/; Max-Age=31536000; SameSite=Lax"].concat();
    // Refused only where cookies are, and then the choice lasts as long as the page.
    let _ = document().unchecked_into::<web_sys::HtmlDocument>().set_cookie(&cookie);
}

/// Takes a cookie away. Browser only.
#[cfg(feature = "hydrate")]
pub(super) fn forget(name: &str) {
    let cookie = [name, "=; Path=/; Max-Age=0; SameSite=Lax"].concat();
    // Refused only where cookies are.
    let _ = document().unchecked_into::<web_sys::HtmlDocument>().set_cookie(&cookie);
}

/// What a cookie set by [`remember`] holds. Browser only.
pub(super) fn remembered(name: &str) -> Option<String> {
    let cookies = document().unchecked_into::<web_sys::HtmlDocument>().cookie().ok()?;
    cookies.split("; ").find_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}
