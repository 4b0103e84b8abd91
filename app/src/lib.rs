//! The pages of Slipway: rendered by the server (feature `ssr`), taken over in the browser (feature `hydrate`).
#![recursion_limit = "256"]

pub mod api;
pub mod components;
#[cfg(feature = "ssr")]
pub mod context;
pub mod frame;
pub mod live;
pub mod screens;

use components::{Now, Toaster};
use frame::{Frame, PageFacts, PaletteEntry, PaletteSearch, SearchFuture, Waiting};
pub use frame::{Theme, shell};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
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
    let search: PaletteSearch = Callback::new(|typed: String| Box::pin(found(typed)) as SearchFuture);
    view! {
        <Frame viewer=facts.viewer path search=Some(search)>
            // Every page is rendered whole: it works without a script, and its status is right.
            <FlatRoutes fallback=screens::missing::Missing>
                <Route path=path!("/") view=screens::home::Home ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=screens::sign_in::SignIn ssr=SsrMode::Async/>
                <Route path=path!("/setup") view=screens::setup::Setup ssr=SsrMode::Async/>
                <Route path=path!("/create") view=screens::create::Create ssr=SsrMode::Async/>
                <Route path=path!("/create/:namespace/:name") view=screens::wizard::Wizard ssr=SsrMode::Async/>
                <Route path=path!("/runs/:id") view=screens::run::Run ssr=SsrMode::Async/>
                <Route path=path!("/services") view=screens::services::Services ssr=SsrMode::Async/>
                <Route path=path!("/services/:name") view=screens::service::Service ssr=SsrMode::Async/>
                <Route path=path!("/services/:name/deploy") view=screens::deploy::DeployForm ssr=SsrMode::Async/>
                <Route path=path!("/deployments") view=screens::deployments::Deployments ssr=SsrMode::Async/>
                <Route path=path!("/deployments/:id") view=screens::deployment::Deployment ssr=SsrMode::Async/>
                <Route path=path!("/incidents") view=screens::incidents::Incidents ssr=SsrMode::Async/>
                <Route path=path!("/insights") view=screens::insights::Insights ssr=SsrMode::Async/>
                <Route path=path!("/catalog") view=screens::catalog::Catalog ssr=SsrMode::Async/>
                <Route path=path!("/catalog/register") view=screens::register::Register ssr=SsrMode::Async/>
                <Route path=path!("/catalog/:kind/:namespace/:name") view=screens::entity::Entity ssr=SsrMode::Async/>
                <Route path=path!("/settings") view=screens::settings::Settings ssr=SsrMode::Async/>
                <Route path=path!("/settings/tokens") view=screens::tokens::Tokens ssr=SsrMode::Async/>
                <Route path=path!("/settings/people") view=screens::people::People ssr=SsrMode::Async/>
                <Route path=path!("/settings/sources") view=screens::sources::Sources ssr=SsrMode::Async/>
                <Route path=path!("/settings/sources/:id") view=screens::sources::Source ssr=SsrMode::Async/>
                <Route path=path!("/audit") view=screens::audit::Audit ssr=SsrMode::Async/>
                <Route path=path!("/search") view=screens::search::Search ssr=SsrMode::Async/>
                <Route path=path!("/design") view=screens::gallery::Gallery ssr=SsrMode::Async/>
            </FlatRoutes>
        </Frame>
    }
}

/// What the palette finds. Where nothing can be asked, the fixed pages are what it has.
async fn found(typed: String) -> Vec<PaletteEntry> {
    let hits = api::find(typed).await.unwrap_or_default();
    let entry = |hit: slipway_api_types::search::SearchHit| PaletteEntry {
        glyph: screens::search::glyph_of(&hit.group),
        label: hit.title,
        hint: hit.subtitle,
        href: hit.href,
    };
    hits.into_iter().map(entry).collect()
}
