//! What stands around every page: the document, the rail, the bars, the palette, shortcuts, toasts, the live banner.

mod banner;
mod bars;
mod document;
mod facts;
pub mod flash;
mod palette;
mod places;
mod rail;
mod shortcuts;
mod theme;
mod title;

use leptos::prelude::*;

pub use banner::LiveBanner;
pub use document::shell;
pub use facts::{PageFacts, Viewer, Waiting};
pub use palette::Palette;
pub use places::{PLACES, Place};
pub use shortcuts::ShortcutList;
pub use theme::{Theme, ThemeSwitch};
pub use title::WindowTitle;

use crate::{components::Toasts, split::LateOverlays};

/// The frame of a page. Without a viewer (signing in, setting up) only the page itself stands in it.
#[component]
pub fn Frame(
    viewer: Option<Viewer>,
    /// Path of the current page.
    #[prop(into)]
    path: Signal<String>,
    children: Children,
) -> impl IntoView {
    let Some(viewer) = viewer else {
        return view! {
            <main class="main" id="main" tabindex="-1"><div class="main__inner">{children()}</div></main>
            <Toasts/>
        }
        .into_any();
    };
    let overlays =
        Overlays { palette: RwSignal::new(false), shortcuts: RwSignal::new(false), letters: RwSignal::new(true) };
    provide_context(overlays);
    flash::listen(move || path.track());
    view! {
        <a class="skip-link" href="#main" rel="external">"Skip to content"</a>
        <div class="frame">
            <rail::Rail viewer=viewer.clone() path palette_open=overlays.palette help_open=overlays.shortcuts/>
            <bars::TopBar viewer path palette_open=overlays.palette/>
            <div>
                <LiveBanner/>
                <main class="main" id="main" tabindex="-1"><div class="main__inner">{children()}</div></main>
            </div>
        </div>
        <bars::BottomBar path/>
        <shortcuts::Shortcuts path overlays/>
        <LateOverlays overlays/>
        <Toasts/>
    }
    .into_any()
}

/// What can lie over a page, in context of the frame: whether it is open.
#[derive(Clone, Copy)]
pub struct Overlays {
    pub palette: RwSignal<bool>,
    /// The list of keyboard shortcuts.
    pub shortcuts: RwSignal<bool>,
    /// Whether shortcuts of a single letter are on.
    pub letters: RwSignal<bool>,
}

const READY: &str = "data-ready";

/// Shows what needs a script: it has arrived, with the view of the page. Browser only.
pub fn mark_ready() {
    document::set_root(READY, Some(""));
}

/// Whether the script has ever had a page's view. Browser only.
#[cfg(feature = "hydrate")]
pub(crate) fn is_ready() -> bool {
    document().document_element().is_some_and(|root| root.has_attribute(READY))
}
