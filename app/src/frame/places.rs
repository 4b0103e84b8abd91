use leptos::prelude::*;

use crate::components::{Glyph, Icon};

/// A page one can go to from anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub label: &'static str,
    pub href: &'static str,
    pub glyph: Glyph,
    /// After `g`.
    pub key: char,
}

const fn place(label: &'static str, href: &'static str, glyph: Glyph, key: char) -> Place {
    Place { label, href, glyph, key }
}

/// The places of the rail, settings last. The first five stand at the bottom on a phone.
pub const PLACES: [Place; 9] = [
    place("Home", "/", Glyph::Home, 'h'),
    place("Create", "/create", Glyph::Plus, 'c'),
    place("Services", "/services", Glyph::Box, 's'),
    place("Deployments", "/deployments", Glyph::Rocket, 'd'),
    place("Insights", "/insights", Glyph::Chart, 'i'),
    place("Incidents", "/incidents", Glyph::Flame, 'n'),
    place("Upgrades", "/upgrades", Glyph::Template, 'u'),
    place("Catalog", "/catalog", Glyph::Book, 'k'),
    SETTINGS,
];

pub const SETTINGS: Place = place("Settings", "/settings", Glyph::Gear, ',');

/// Whether a path lies in a place.
fn is_in(path: &str, href: &str) -> bool {
    match path.strip_prefix(href) {
        Some(rest) => rest.is_empty() || (href != "/" && rest.starts_with('/')),
        None => false,
    }
}

/// A link to a place; the current one is marked by weight and a bar.
#[component]
pub fn PlaceLink(place: Place, path: Signal<String>) -> impl IntoView {
    let waiting = (place.href == "/").then(use_context::<super::Waiting>).flatten();
    let count = move || {
        let count = waiting.map_or(0, |waiting| waiting.0.get());
        (count > 0).then(|| {
            view! {
                <span class="place__count">{count.to_string()}<span class="visually-hidden">" waiting for you"</span></span>
            }
        })
    };
    view! {
        <a
            class="place"
            href=place.href
            aria-current=move || path.with(|path| is_in(path, place.href)).then_some("page")
        >
            <Icon glyph=place.glyph/>
            <span class="place__word">{place.label}</span>
            {count}
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_lies_in_one_place() {
        let here =
            |path| PLACES.iter().filter(|place| is_in(path, place.href)).map(|place| place.label).collect::<Vec<_>>();
        assert_eq!(here("/"), ["Home"]);
        assert_eq!(here("/services/payments-api"), ["Services"]);
        assert_eq!(here("/servicesx"), [""; 0]);
    }

    #[test]
    fn every_place_has_a_letter_of_its_own() {
        let mut keys = PLACES.map(|place| place.key).to_vec();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), PLACES.len());
    }
}
