//! The pages of Slipway: rendered by the server (feature `ssr`), taken over in the browser (feature `hydrate`).
#![recursion_limit = "256"]
#![warn(clippy::expect_used, clippy::unwrap_used)]

pub mod api;
pub mod components;
#[cfg(feature = "ssr")]
pub mod context;
pub mod frame;
pub mod live;
pub mod screens;
mod split;

use components::{Now, Toaster};
use frame::{Frame, PageFacts, Waiting, WindowTitle};
pub use frame::{Theme, shell};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    hooks::use_location,
    path,
};
use live::Live;
use split as on;

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
    screens::wizard::Typed::provide();
    let live = Live::provide();
    if facts.viewer.is_some() {
        live.connect("/events");
    }
    view! {
        <WindowTitle waiting/>
        <Router>
            <Framed facts/>
        </Router>
    }
}

#[component]
fn Framed(facts: PageFacts) -> impl IntoView {
    #[cfg(feature = "ssr")]
    if facts.viewer.is_none() {
        context::guard();
    }
    let path = use_location().pathname;
    view! {
        <Frame viewer=facts.viewer path>
            // Every page is rendered whole: it works without a script, and its status is right.
            <FlatRoutes fallback=screens::missing::Missing>
                <Route path=path!("/") view=on::HOME ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=on::SIGN_IN ssr=SsrMode::Async/>
                <Route path=path!("/setup") view=on::SETUP ssr=SsrMode::Async/>
                <Route path=path!("/create") view=on::CREATE ssr=SsrMode::Async/>
                <Route path=path!("/create/:namespace/:name") view=on::WIZARD ssr=SsrMode::Async/>
                <Route path=path!("/runs/:id") view=on::RUN ssr=SsrMode::Async/>
                <Route path=path!("/services") view=on::SERVICES ssr=SsrMode::Async/>
                <Route path=path!("/services/:name") view=on::SERVICE ssr=SsrMode::Async/>
                <Route path=path!("/services/:name/deploy") view=on::DEPLOY ssr=SsrMode::Async/>
                <Route path=path!("/deployments") view=on::DEPLOYMENTS ssr=SsrMode::Async/>
                <Route path=path!("/deployments/:id") view=on::DEPLOYMENT ssr=SsrMode::Async/>
                <Route path=path!("/insights") view=on::INSIGHTS ssr=SsrMode::Async/>
                <Route path=path!("/catalog") view=on::CATALOG ssr=SsrMode::Async/>
                <Route path=path!("/catalog/register") view=on::REGISTER ssr=SsrMode::Async/>
                <Route path=path!("/catalog/:kind/:namespace/:name") view=on::ENTITY ssr=SsrMode::Async/>
                <Route path=path!("/settings") view=on::SETTINGS ssr=SsrMode::Async/>
                <Route path=path!("/settings/tokens") view=on::TOKENS ssr=SsrMode::Async/>
                <Route path=path!("/settings/people") view=on::PEOPLE ssr=SsrMode::Async/>
                <Route path=path!("/audit") view=on::AUDIT ssr=SsrMode::Async/>
                <Route path=path!("/search") view=on::SEARCH ssr=SsrMode::Async/>
                <Route path=path!("/design") view=on::GALLERY ssr=SsrMode::Async/>
                <Route path=path!("/insights/digest") view=on::DIGEST ssr=SsrMode::Async/>
                <Route path=path!("/incidents") view=on::INCIDENTS ssr=SsrMode::Async/>
                <Route path=path!("/settings/sources") view=on::SOURCES ssr=SsrMode::Async/>
                <Route path=path!("/upgrades") view=on::UPGRADES ssr=SsrMode::Async/>
                <Route path=path!("/upgrades/waves") view=on::WAVES ssr=SsrMode::Async/>
                <Route path=path!("/upgrades/:id") view=on::UPGRADE ssr=SsrMode::Async/>
                <Route path=path!("/upgrades/campaigns/:id") view=on::CAMPAIGN ssr=SsrMode::Async/>
                <Route path=path!("/services/:name/adopt") view=on::ADOPT ssr=SsrMode::Async/>
                <Route path=path!("/services/:name/upgrade") view=on::PLAN_UPGRADE ssr=SsrMode::Async/>
                <Route path=path!("/settings/sources/:id") view=on::SOURCE ssr=SsrMode::Async/>
            </FlatRoutes>
        </Frame>
    }
}
