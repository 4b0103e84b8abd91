//! The pages and their server functions, by Leptos.

use super::{
    failure, headers,
    session::{self, Session},
    state::AppState,
};
use axum::{
    Router,
    extract::{Request, State},
    response::Response,
};
use http::{HeaderValue, header, request::Parts};
use leptos::{
    config::LeptosOptions,
    nonce::use_nonce,
    prelude::{IntoView, provide_context, use_context},
};
use leptos_axum::{LeptosRoutes as _, ResponseOptions, generate_route_list};
use slipway_api_types::AppError;
use slipway_app::{
    App, Theme,
    context::{CurrentCaller, take_flash},
    frame::{PageFacts, Viewer, flash},
    shell,
};
use slipway_domain::catalog::EntityRef;
use slipway_services::{Caller, Slipway, accounts};

/// Every route of the app and every server function; anything else is the app's own "not found".
pub fn router(state: &AppState) -> Router<AppState> {
    let (context, options) = (state.clone(), state.leptos.clone());
    Router::new()
        .leptos_routes_with_context(
            state,
            generate_route_list(App),
            move || provide(&context),
            move || document(&options),
        )
        .fallback(missing)
}

fn document(options: &LeptosOptions) -> impl IntoView + use<> {
    let theme = use_context::<PageFacts>().map_or(Theme::System, |facts| facts.theme);
    shell(options.clone(), theme)
}

/// What a request's pages and server functions find in context.
fn provide(state: &AppState) {
    let parts = use_context::<Parts>();
    let caller =
        parts.as_ref().and_then(|parts| parts.extensions.get::<Session>()).and_then(|session| session.0.clone());
    let cookie =
        |name| parts.as_ref().and_then(|parts| session::cookie(&parts.headers, name)).unwrap_or_default().to_owned();
    provide_context(PageFacts {
        viewer: caller.as_ref().map(|caller| viewer(&state.slipway, caller)),
        theme: Theme::from_value(&cookie("theme")),
        now: state.slipway.clock.now().as_millis(),
        rail_narrow: cookie("rail") == "narrow",
        flash: take_flash(&cookie(flash::COOKIE)),
    });
    provide_context(state.slipway.clone());
    provide_context(CurrentCaller(caller));
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Ok(policy) = HeaderValue::from_str(&headers::page_policy(&nonce))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// The caller as the frame shows them.
fn viewer(slipway: &Slipway, caller: &Caller) -> Viewer {
    let viewer = accounts::viewer(slipway, caller);
    let role = |team: Option<&str>, title: &str| match team.map(|team| EntityRef::parse(team, Some("group"), "default"))
    {
        Some(Ok(team)) => format!("{title} of {}", team.name()),
        Some(Err(_)) | None => title.to_owned(),
    };
    Viewer {
        initials: viewer.initials(),
        roles: viewer.grants.iter().map(|grant| role(grant.team.as_deref(), grant.role.title())).collect(),
        display_name: viewer.display_name,
    }
}

/// No route has this address.
async fn missing(State(state): State<AppState>, request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        let error = AppError::not_found(format!(
            "operation {} {}; /api/docs lists them",
            request.method(),
            request.uri().path()
        ));
        return failure::respond(&error, &failure::Form::Problem);
    }
    if !request.method().is_safe() {
        return failure::respond(&AppError::not_found("page that takes this form"), &failure::Form::Page);
    }
    let options = state.leptos.clone();
    let render = leptos_axum::render_app_async_with_context(move || provide(&state), move || document(&options));
    render(request).await
}
