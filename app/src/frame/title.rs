use leptos::prelude::*;
use leptos_meta::Title;

use super::Waiting;

const NAME: &str = "Slipway";
const AFTER_TITLE: &str = " · Slipway";

/// How the window is called: by its page, after the number of what waits for the person.
#[component]
pub fn WindowTitle(waiting: Waiting) -> impl IntoView {
    // The server writes the title when the page's arena may be another request's by now; a counted signal is in none.
    let count = ArcRwSignal::from(waiting.0);
    let title = move |title: String| {
        let name = if title.is_empty() { NAME.to_owned() } else { as_text(title) + AFTER_TITLE };
        match count.get() {
            0 => name,
            count => ["(", &count.to_string(), ") ", &name].concat(),
        }
    };
    view! { <Title formatter=title text=until_there()/> }
}

/// What the server called the page, for as long as the part of the module with the page's view is on its way.
#[cfg(feature = "hydrate")]
fn until_there() -> impl Fn() -> String + Send + Sync + 'static {
    let first = of_page(&document().title()).to_owned();
    move || if super::is_ready() { String::new() } else { first.clone() }
}

/// The page's view is there.
#[cfg(not(feature = "hydrate"))]
const fn until_there() -> &'static str {
    ""
}

/// leptos_meta 0.8 writes a title into the page as it is; a browser takes it as text.
fn as_text(title: String) -> String {
    if cfg!(feature = "ssr") { escaped(&title) } else { title }
}

/// A text that ends no element and names no character.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// The page's own words in a window's title.
#[cfg_attr(not(any(feature = "hydrate", test)), expect(dead_code, reason = "only a browser has a window"))]
fn of_page(title: &str) -> &str {
    let rest = match title.strip_prefix('(').and_then(|rest| rest.split_once(") ")) {
        Some((count, rest)) if count.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => title,
    };
    rest.strip_suffix(AFTER_TITLE).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{escaped, of_page};

    #[test]
    fn a_title_cannot_end_its_element() {
        assert_eq!(escaped("</title><script>a & b"), "&lt;/title>&lt;script>a &amp; b");
    }

    #[test]
    fn the_pages_words_are_without_the_count_and_the_name() {
        assert_eq!(of_page("(2) checkout-api · Slipway"), "checkout-api");
        assert_eq!(of_page("(old) checkout · Slipway"), "(old) checkout");
        assert_eq!(of_page("Slipway"), "");
    }
}
