//! The pages of Slipway: rendered by the server (feature `ssr`), taken over in the browser (feature `hydrate`).
#![recursion_limit = "256"]

pub mod components;
pub mod frame;
pub mod live;
pub mod screens;

use components::{Now, Toaster};
use frame::{Frame, PageFacts, Waiting};
pub use frame::{Theme, shell};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    hooks::use_location,
    path,
};
use live::Live;

/// The whole app: what every page needs in context, the frame, and the routes.
#[component]
pub fn App() -> impl IntoView {
    let facts = PageFacts::shared();
    provide_meta_context();
    provide_context(RwSignal::new(facts.theme));
    let waiting = Waiting(RwSignal::new(0));
    provide_context(waiting);
    Now::provide(facts.now);
    Toaster::provide(facts.flash.clone());
    let live = Live::provide();
    if facts.viewer.is_some() {
        live.connect("/events");
    }
    // From here on, what needs a script may be shown.
    Effect::new(frame::mark_ready);
    let title = move |title: String| {
        let name = if title.is_empty() { "Slipway".to_owned() } else { title + " · Slipway" };
        match waiting.0.get() {
            0 => name,
            count => ["(", &count.to_string(), ") ", &name].concat(),
        }
    };
    view! {
        <Title formatter=title/>
        <Router>
            <Framed facts/>
        </Router>
    }
}

#[component]
fn Framed(facts: PageFacts) -> impl IntoView {
    let path = use_location().pathname;
    view! {
        <Frame viewer=facts.viewer path>
            <FlatRoutes fallback=screens::missing::Missing>
                <Route path=path!("/design") view=screens::gallery::Gallery/>
            </FlatRoutes>
        </Frame>
    }
}
