use leptos::prelude::*;

use super::{
    Viewer,
    places::{PLACES, PlaceLink},
    rail::{Mark, PersonMenu, show},
};
use crate::components::{Glyph, Icon};

/// Under 900 px: the mark, search and a menu with all places. The menu is a `<details>`: it needs no script.
#[component]
pub fn TopBar(viewer: Viewer, path: Signal<String>, palette_open: RwSignal<bool>) -> impl IntoView {
    let places = PLACES.iter().map(|place| view! { <PlaceLink place=*place path/> }).collect_view();
    view! {
        <header class="topbar">
            <Mark/>
            <span class="topbar__spring"></span>
            <a class="button button--ghost button--icon-only" href="/search" aria-label="Search" on:click=move |event| show(&event, palette_open)>
                <Icon glyph=Glyph::Search/>
            </a>
            <details class="topbar__menu" name="menu">
                <summary aria-label="Menu"><Icon glyph=Glyph::Menu large=true/></summary>
                <div class="menu">
                    <nav aria-label="All places">{places}</nav>
                    <hr/>
                    <PersonMenu viewer path/>
                </div>
            </details>
        </header>
    }
}

/// Under 600 px: the five most used places, under the thumb.
#[component]
pub fn BottomBar(path: Signal<String>) -> impl IntoView {
    let places = PLACES[..5].iter().map(|place| view! { <PlaceLink place=*place path/> }).collect_view();
    view! { <nav class="bottombar" aria-label="Most used">{places}</nav> }
}
