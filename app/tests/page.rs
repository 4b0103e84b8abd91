//! The whole page as the server sends it.
#![cfg(feature = "ssr")]

use leptos::prelude::*;
use leptos_router::location::RequestUrl;
use slipway_app::{
    App,
    frame::{PageFacts, Theme, Viewer},
};

fn page(path: &str, viewer: Option<Viewer>) -> String {
    Owner::new().with(|| {
        provide_context(RequestUrl::new(path));
        provide_context(PageFacts { viewer, theme: Theme::Dark, now: 1_795_262_400_000, ..PageFacts::default() });
        view! { <App/> }.to_html()
    })
}

fn grace() -> Option<Viewer> {
    Some(Viewer {
        display_name: "Grace Hopper".to_owned(),
        initials: "GH".to_owned(),
        roles: vec!["Team lead".to_owned()],
    })
}

/// Values of an attribute, in order.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    page.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn one_can_go_everywhere_and_out_without_a_script() {
    let page = page("/design", grace());
    let links = values(&page, "href");
    for place in ["/", "/create", "/services", "/deployments", "/insights", "/catalog", "/settings", "/search", "#main"]
    {
        assert!(links.contains(&place), "no link to {place}");
    }
    let forms = values(&page, "action");
    assert!(forms.contains(&"/sign-out") && forms.contains(&"/theme"), "{forms:?}");
}

#[test]
fn the_current_place_and_theme_are_told() {
    let page = page("/catalog/register", grace());
    assert!(page.contains("href=\"/catalog\" aria-current=\"page\""), "the place is not marked");
    assert!(page.contains("value=\"dark\" aria-pressed=\"true\""), "the theme is not marked");
}

#[test]
fn an_unknown_address_says_so() {
    assert!(page("/nowhere", grace()).contains("Nothing at this address"));
}

#[test]
fn a_stranger_sees_no_places() {
    let page = page("/design", None);
    assert!(!page.contains("/sign-out") && !values(&page, "href").contains(&"/settings"));
}

#[test]
fn no_two_elements_share_an_id() {
    let page = page("/design", grace());
    let mut ids = values(&page, "id");
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn every_reference_between_elements_leads_somewhere() {
    let page = page("/design", grace());
    let ids = values(&page, "id");
    for attribute in ["for", "aria-describedby", "aria-labelledby", "aria-controls", "list"] {
        for reference in values(&page, attribute).into_iter().flat_map(str::split_whitespace) {
            assert!(ids.contains(&reference), "{attribute} names {reference}, which is not there");
        }
    }
}

#[test]
fn every_class_in_the_gallery_has_a_style() {
    let style = style_of(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../style")));
    let page = page("/design", grace());
    let mut missing: Vec<&str> = values(&page, "class")
        .into_iter()
        .flat_map(str::split_whitespace)
        .filter(|class| !style.contains(&format!(".{class}")) && !UNSTYLED.contains(class))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    assert_eq!(missing, [""; 0]);
}

/// Classes that only name a part.
const UNSTYLED: [&str; 4] = ["mark__word", "place__word", "icon--16", "timeline__entry"];

fn style_of(folder: &std::path::Path) -> String {
    let mut style = String::new();
    for entry in std::fs::read_dir(folder).expect("the style is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            style.push_str(&style_of(&path));
        } else {
            style.push_str(&std::fs::read_to_string(&path).expect("a sheet is text"));
        }
    }
    style
}
