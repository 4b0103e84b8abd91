//! In which part of the browser's module a view is. A visit loads the module's trunk, and then only the part with the screen
//! that is opened: the screens that most visits begin with are in one, everything that people go to from there in the other.

#[cfg(feature = "hydrate")]
mod patience;

use leptos::prelude::*;
use leptos_router::ChooseView;

use crate::frame::{Overlays, Palette, ShortcutList, mark_ready};
use crate::screens::{
    adopt::Adopt,
    audit::Audit,
    campaign::Campaign,
    catalog::Catalog,
    create::Create,
    deploy::DeployForm,
    deployment::Deployment,
    deployments::Deployments,
    digest::DigestScreen,
    entity::Entity,
    gallery::Gallery,
    home::Home,
    incidents::Incidents,
    insights::Insights,
    people::People,
    register::Register,
    run::Run,
    search::Search,
    service::Service,
    services::Services,
    settings::Settings,
    setup::Setup,
    sign_in::SignIn,
    sources::{Source, Sources},
    tokens::Tokens,
    upgrade::{PlanUpgrade, Upgrade},
    upgrades::Upgrades,
    waves::Waves,
    wizard::Wizard,
};

/// A part of the module beside its trunk.
#[derive(Clone, Copy)]
enum Part {
    First,
    Further,
}

/// A view by the part that it is in: what a route shows.
#[derive(Clone, Copy)]
pub struct Screen {
    part: Part,
    number: u8,
}

/// A part could not be loaded.
struct NotLoaded;

#[cfg(feature = "hydrate")]
impl From<leptos::wasm_split::SplitLoaderError> for NotLoaded {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// Makes a part: a function that the browser loads when it is called for the first time, and a constant for each view in it.
macro_rules! part {
    ($part:ident, $load:ident: $($number:literal $name:ident = $made:expr),+ $(,)?) => {
        #[cfg_attr(
            feature = "hydrate",
            leptos::wasm_split::wasm_split($load, wasm_split_path = ::leptos::wasm_split, fallible)
        )]
        fn $load(view: u8) -> Result<AnyView, NotLoaded> {
            Ok(match view {
                $($number => $made.into_any(),)+
                _ => ().into_any(),
            })
        }

        $(pub const $name: Screen = Screen { part: Part::$part, number: $number };)+
    };
}

part! {
    First, first:
    0 CATALOG = Catalog(),
    1 HOME = Home(),
    2 SEARCH = Search(),
    3 SERVICES = Services(),
    4 SIGN_IN = SignIn(),
}

part! {
    Further, further:
    0 AUDIT = Audit(),
    1 CREATE = Create(),
    2 DEPLOY = DeployForm(),
    3 DEPLOYMENT = Deployment(),
    4 DEPLOYMENTS = Deployments(),
    5 ENTITY = Entity(),
    6 GALLERY = Gallery(),
    7 INSIGHTS = Insights(),
    8 PEOPLE = People(),
    9 REGISTER = Register(),
    10 RUN = Run(),
    11 SERVICE = Service(),
    12 SETTINGS = Settings(),
    13 SETUP = Setup(),
    14 TOKENS = Tokens(),
    15 WIZARD = Wizard(),
    16 DIGEST = DigestScreen(),
    17 INCIDENTS = Incidents(),
    18 SOURCES = Sources(),
    19 SOURCE = Source(),
    30 UPGRADES = Upgrades(),
    31 UPGRADE = Upgrade(),
    32 PLAN_UPGRADE = PlanUpgrade(),
    33 CAMPAIGN = Campaign(),
    34 ADOPT = Adopt(),
    35 WAVES = Waves(),
    100 PALETTE = Palette(),
    101 SHORTCUT_LIST = ShortcutList(),
}

impl Screen {
    /// The view, as soon as its part is there.
    #[cfg(feature = "hydrate")]
    async fn made(self) -> AnyView {
        let mut patience = patience::Patience::default();
        loop {
            let made = match self.part {
                Part::First => first(self.number).await,
                Part::Further => further(self.number).await,
            };
            match made {
                Ok(view) => return view,
                Err(NotLoaded) => patience.wait().await,
            }
        }
    }

    /// The view. The page asks for the part right away, in its head.
    #[cfg(not(feature = "hydrate"))]
    #[expect(clippy::unused_async, reason = "a browser waits for it")]
    async fn made(self) -> AnyView {
        let (name, made) = match self.part {
            Part::First => ("first", first(self.number)),
            Part::Further => ("further", further(self.number)),
        };
        leptos::prefetch_lazy_fn_on_server(name);
        made.unwrap_or_else(|NotLoaded| ().into_any())
    }
}

impl ChooseView for Screen {
    async fn choose(self) -> AnyView {
        let view = self.made().await;
        // From here on, what needs a script may be shown.
        Effect::new(mark_ready);
        view
    }

    async fn preload(&self) {}
}

/// What lies over a page, each loaded when it is opened for the first time.
#[component]
pub fn LateOverlays(overlays: Overlays) -> impl IntoView {
    let late = |open: RwSignal<bool>, screen: Screen| {
        let asked = RwSignal::new(false);
        Effect::new(move || {
            if open.get() {
                asked.set(true);
            }
        });
        move || asked.get().then(|| Suspend::new(screen.made()))
    };
    view! { {late(overlays.palette, PALETTE)}{late(overlays.shortcuts, SHORTCUT_LIST)} }
}
