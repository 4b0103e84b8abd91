use leptos::{ev::MouseEvent, prelude::*};

use super::{
    Viewer, document,
    places::{PLACES, PlaceLink, SETTINGS},
    theme::ThemeSwitch,
};
use crate::components::{Glyph, Icon, IconButton};

/// The mark and the name of the product, leading home.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <a class="mark" href="/">
            <svg class="mark__sign" viewBox="0 0 24 24" aria-hidden="true" inner_html=MARK></svg>
            <span class="mark__word">"Slipway"</span>
        </a>
    }
}

/// A sail over the slip.
const MARK: &str = r##"<rect width="24" height="24" rx="6" fill="currentColor"/><path d="M5 15.5h14M8 15.5 16.5 6v9.5" fill="none" stroke="#fff" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/>"##;

/// The rail at the left: places, settings, the person.
#[component]
pub fn Rail(
    viewer: Viewer,
    path: Signal<String>,
    palette_open: RwSignal<bool>,
    help_open: RwSignal<bool>,
) -> impl IntoView {
    let places = PLACES[..PLACES.len() - 1].iter().map(|place| view! { <PlaceLink place=*place path/> }).collect_view();
    view! {
        <header class="rail">
            <div class="rail__head">
                <Mark/>
                <span class="needs-script">
                    <IconButton glyph=Glyph::Sidebar label="Narrow or widen the rail" small=true on:click=move |_| toggle()/>
                </span>
            </div>
            <SearchLink palette_open/>
            <nav class="rail__nav" aria-label="Main">{places}</nav>
            <div class="rail__spring"></div>
            <nav class="rail__nav" aria-label="Account"><PlaceLink place=SETTINGS path/></nav>
            <details class="person" name="menu">
                <summary class="place">
                    <span class="avatar" aria-hidden="true">{viewer.initials.clone()}</span>
                    <span class="person__name truncate">{viewer.display_name.clone()}</span>
                </summary>
                <div class="menu">
                    <PersonMenu viewer path>
                        <button type="button" class="menu__item needs-script" on:click=move |_| help_open.set(true)>
                            <Icon glyph=Glyph::Keyboard/>
                            "Keyboard shortcuts"
                        </button>
                    </PersonMenu>
                </div>
            </details>
        </header>
    }
}

fn toggle() {
    let narrow = window()
        .document()
        .and_then(|page| page.document_element())
        .is_some_and(|root| root.has_attribute("data-rail"));
    document::set_root("data-rail", (!narrow).then_some("narrow"));
    document::remember("rail", if narrow { "wide" } else { "narrow" });
}

/// Opens the palette; without a script it leads to the search page.
#[component]
pub fn SearchLink(palette_open: RwSignal<bool>) -> impl IntoView {
    view! {
        <a class="rail__search" href="/search" aria-keyshortcuts="Control+K Meta+K" on:click=move |event| show(&event, palette_open)>
            <Icon glyph=Glyph::Search/>
            <span class="rail__search-word">"Search"</span>
            <kbd>"Ctrl K"</kbd>
        </a>
    }
}

/// Opens the palette instead of following the link, unless a new tab was asked for.
pub fn show(event: &MouseEvent, palette_open: RwSignal<bool>) {
    if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
        event.prevent_default();
        palette_open.set(true);
    }
}

/// Who one is, the theme, the way out.
#[component]
pub fn PersonMenu(
    viewer: Viewer,
    path: Signal<String>,
    /// Further items.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="menu__who">
            <strong>{viewer.display_name}</strong>
            {viewer.roles.join(", ")}
        </div>
        <ThemeSwitch path/>
        {children.map(|children| children())}
        <form method="post" action="/sign-out">
            <button type="submit" class="menu__item"><Icon glyph=Glyph::SignOut/>"Sign out"</button>
        </form>
    }
}
