//! The pages of Slipway: rendered by the server (feature `ssr`), taken over in the browser (feature `hydrate`).
#![recursion_limit = "256"]

pub mod api;
pub mod components;
#[cfg(feature = "ssr")]
pub mod context;
pub mod frame;
pub mod live;
pub mod screens;
mod split;

use components::{Now, Toaster};
use frame::{Frame, PageFacts, Waiting};
pub use frame::{Theme, shell};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    Lazy, SsrMode,
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
    // From here on, what needs a script may be shown.
    Effect::new(frame::mark_ready);
    // The server writes the title when the page's arena may be another request's by now; a counted signal is in none.
    let count = ArcRwSignal::from(waiting.0);
    let title = move |title: String| {
        let name = if title.is_empty() { "Slipway".to_owned() } else { title + " · Slipway" };
        match count.get() {
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
    #[cfg(feature = "ssr")]
    if facts.viewer.is_none() {
        context::guard();
    }
    let path = use_location().pathname;
    view! {
        <Frame viewer=facts.viewer path>
            // Every page is rendered whole: it works without a script, and its status is right.
            <FlatRoutes fallback=screens::missing::Missing>
                <Route path=path!("/") view={Lazy::<on::HomeRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view={Lazy::<on::SignInRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/setup") view={Lazy::<on::SetupRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/create") view={Lazy::<on::CreateRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/create/:namespace/:name") view={Lazy::<on::WizardRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/runs/:id") view={Lazy::<on::RunRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/services") view={Lazy::<on::ServicesRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/services/:name") view={Lazy::<on::ServiceRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/services/:name/deploy") view={Lazy::<on::DeployRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/deployments") view={Lazy::<on::DeploymentsRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/deployments/:id") view={Lazy::<on::DeploymentRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/insights") view={Lazy::<on::InsightsRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/catalog") view={Lazy::<on::CatalogRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/catalog/register") view={Lazy::<on::RegisterRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/catalog/:kind/:namespace/:name") view={Lazy::<on::EntityRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/settings") view={Lazy::<on::SettingsRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/settings/tokens") view={Lazy::<on::TokensRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/settings/people") view={Lazy::<on::PeopleRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/audit") view={Lazy::<on::AuditRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/search") view={Lazy::<on::SearchRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/design") view={Lazy::<on::GalleryRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/insights/digest") view={Lazy::<on::DigestRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/incidents") view={Lazy::<on::IncidentsRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/settings/sources") view={Lazy::<on::SourcesRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/settings/sources/:id") view={Lazy::<on::SourceRoute>::new()} ssr=SsrMode::Async/>
            </FlatRoutes>
        </Frame>
    }
}
