//! In which part of the browser's module a view is. A visit loads the module's trunk, and then only the part with the screen
//! that is opened: the screens that most visits begin with are in one, everything that people go to from there in the other.

use leptos::{lazy, prelude::*};
use leptos_router::LazyRoute;

use crate::frame::{Overlays, Palette, ShortcutList};
use crate::screens::{
    audit::Audit,
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
    wizard::Wizard,
};

/// Makes a part: a function that the browser loads when it is called for the first time, a route for each screen in it, and
/// other views.
macro_rules! part {
    (
        $load:ident, $preload:ident: $($route:ident($number:literal) = $view:ident),+;
        $($other:ident = $made:expr),* $(,)?
    ) => {
        #[lazy]
        fn $load(view: u8) -> AnyView {
            match view {
                $($number => $view().into_any(),)+
                $($other => $made.into_any(),)*
                _ => ().into_any(),
            }
        }

        $(
            pub struct $route;

            impl LazyRoute for $route {
                fn data() -> Self {
                    Self
                }

                async fn view(_: Self) -> AnyView {
                    $load($number).await
                }

                async fn preload() {
                    #[cfg(feature = "hydrate")]
                    $preload().await;
                }
            }
        )+
    };
}

part! {
    first, __preload_first:
    CatalogRoute(0) = Catalog,
    HomeRoute(1) = Home,
    SearchRoute(2) = Search,
    ServicesRoute(3) = Services,
    SignInRoute(4) = SignIn;
}

part! {
    further, __preload_further:
    AuditRoute(0) = Audit,
    CreateRoute(1) = Create,
    DeployRoute(2) = DeployForm,
    DeploymentRoute(3) = Deployment,
    DeploymentsRoute(4) = Deployments,
    EntityRoute(5) = Entity,
    GalleryRoute(6) = Gallery,
    InsightsRoute(7) = Insights,
    PeopleRoute(8) = People,
    RegisterRoute(9) = Register,
    RunRoute(10) = Run,
    ServiceRoute(11) = Service,
    SettingsRoute(12) = Settings,
    SetupRoute(13) = Setup,
    TokensRoute(14) = Tokens,
    WizardRoute(15) = Wizard,
    DigestRoute(16) = DigestScreen,
    IncidentsRoute(17) = Incidents,
    SourcesRoute(18) = Sources,
    SourceRoute(19) = Source;
    PALETTE = Palette(),
    SHORTCUT_LIST = ShortcutList(),
}

const PALETTE: u8 = 100;
const SHORTCUT_LIST: u8 = 101;

/// What lies over a page, each loaded when it is opened for the first time.
#[component]
pub fn LateOverlays(overlays: Overlays) -> impl IntoView {
    let late = |open: RwSignal<bool>, number: u8| {
        let asked = RwSignal::new(false);
        Effect::new(move || {
            if open.get() {
                asked.set(true);
            }
        });
        move || asked.get().then(|| Suspend::new(further(number)))
    };
    view! { {late(overlays.palette, PALETTE)}{late(overlays.shortcuts, SHORTCUT_LIST)} }
}
