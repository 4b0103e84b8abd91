//! What stands around every page: the document, the rail, the bars, the palette, shortcuts, toasts, the live banner.

mod banner;
mod bars;
mod document;
mod facts;
mod palette;
mod places;
mod rail;
mod shortcuts;
mod theme;

use leptos::prelude::*;

pub use banner::LiveBanner;
pub use document::shell;
pub use facts::{PageFacts, Viewer, Waiting};
pub use palette::{PaletteEntry, PaletteSearch, SearchFuture};
pub use places::{PLACES, Place};
pub use theme::{Theme, ThemeSwitch};

use crate::components::Toasts;

/// The frame of a page. Without a viewer (signing in, setting up) only the page itself stands in it.
#[component]
pub fn Frame(
    viewer: Option<Viewer>,
    /// Path of the current page.
    #[prop(into)]
    path: Signal<String>,
    /// Finds services, teams, templates and actions for the palette.
    #[prop(optional_no_strip)]
    search: Option<PaletteSearch>,
    children: Children,
) -> impl IntoView {
    let Some(viewer) = viewer else {
        return view! {
            <main class="main" id="main" tabindex="-1"><div class="main__inner">{children()}</div></main>
            <Toasts/>
        }
        .into_any();
    };
    let palette_open = RwSignal::new(false);
    let help_open = RwSignal::new(false);
    view! {
        <a class="skip-link" href="#main" rel="external">"Skip to content"</a>
        <div class="frame">
            <rail::Rail viewer=viewer.clone() path palette_open help_open/>
            <bars::TopBar viewer path palette_open/>
            <div>
                <LiveBanner/>
                <main class="main" id="main" tabindex="-1"><div class="main__inner">{children()}</div></main>
            </div>
        </div>
        <bars::BottomBar path/>
        <palette::Palette open=palette_open search/>
        <shortcuts::Shortcuts path palette_open help_open/>
        <Toasts/>
    }
    .into_any()
}

/// Shows what needs a script: it has arrived. Browser only.
pub fn mark_ready() {
    document::set_root("data-ready", Some(""));
}
