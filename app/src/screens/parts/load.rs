use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use serde::de::DeserializeOwned;
use slipway_api_types::{AppError, ErrorCode, wire::read};
use std::sync::Arc;

use super::{PageData, address, page_data::TextResource};
use crate::components::{ErrorState, PageHeader, Shape, Skeleton, Trouble};

/// A page of data: a skeleton until it is there, the page, or what went wrong. What is shown stays while newer data comes.
pub fn load<T: DeserializeOwned>(
    data: PageData<T>,
    shape: Shape,
    view: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    load_text(data.text(), shape, Arc::new(move |text| read(text).map(&view)))
}

type View = Arc<dyn Fn(&str) -> Result<AnyView, AppError> + Send + Sync>;

fn load_text(data: TextResource, shape: Shape, view: View) -> AnyView {
    let content = move || {
        let view = view.clone();
        Suspend::new(async move { data.await.0.and_then(|text| view(&text)).unwrap_or_else(failure) })
    };
    view! {
        <Transition fallback=move || view! { <Skeleton shape count=6/> }>{content}</Transition>
    }
    .into_any()
}

/// A page that could not be shown.
pub fn failure(error: AppError) -> AnyView {
    let title = match error.code {
        ErrorCode::NotFound => "Not found",
        ErrorCode::Forbidden => "Not allowed",
        ErrorCode::SignInRequired => "Signed out",
        ErrorCode::TooMany => "Too many requests",
        ErrorCode::Invalid | ErrorCode::Conflict => "Not possible",
        ErrorCode::Upstream => "Could not be reached",
        ErrorCode::Internal => "Slipway failed",
    };
    let location = use_location();
    let here = address(&location.pathname.get_untracked(), &[]) + &searched(&location.search.get_untracked());
    let again = match error.code {
        // A draft that was started is a run by now, and stands there.
        ErrorCode::NotFound if here.starts_with("/create/") => ("Go to what was created", "/create".to_owned()),
        ErrorCode::NotFound => ("Search for it", "/search".to_owned()),
        ErrorCode::SignInRequired => ("Sign in", address("/sign-in", &[("next", &here)])),
        ErrorCode::Forbidden | ErrorCode::Invalid | ErrorCode::Conflict => ("Go home", "/".to_owned()),
        ErrorCode::TooMany | ErrorCode::Upstream | ErrorCode::Internal => ("Try again", here),
    };
    let trouble = Trouble { what: error.message, reference: error.reference, ..Trouble::default() };
    view! {
        <Title text=title/>
        <PageHeader title=title/>
        <ErrorState trouble/>
        // A document of its own: a new start is what helps here.
        <p class="after-failure"><a class="button" href=again.1 rel="external">{again.0}</a></p>
    }
    .into_any()
}

fn searched(search: &str) -> String {
    if search.is_empty() { String::new() } else { String::from("?") + search.trim_start_matches('?') }
}
