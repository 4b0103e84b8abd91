use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    components::{ButtonLink, EmptyState, PageHeader},
    frame::mark_ready,
};

/// No page has this address. The status is 404 when the server renders it.
#[component]
pub fn Missing() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    Effect::new(mark_ready);
    view! {
        <Title text="Not found"/>
        <PageHeader title="Nothing at this address"/>
        <EmptyState text="It may have been renamed or removed. Ctrl K finds services, teams and pages by name.">
            <ButtonLink href="/catalog">"Open the catalog"</ButtonLink>
        </EmptyState>
    }
}
