//! Golden paths: the shelf, the wizard, runs.

use leptos::prelude::*;
use server_fn::codec::{GetUrl, PostUrl};
#[cfg(feature = "ssr")]
use server_fn::{ServerFn, error::ServerFnUrlError};
use slipway_api_types::{
    AppError,
    create::{CreatePage, Preview, RunPage, WizardPage, WizardSent},
    wire::{Json, PageCodec, PageText},
};
use std::collections::BTreeMap;

#[cfg(feature = "ssr")]
use super::page;
#[cfg(feature = "ssr")]
use crate::context::{context, go, is_plain_form, status};

#[server(prefix = "/api/ui", endpoint = "create", input = GetUrl, output = PageCodec)]
pub async fn read_shelf() -> Result<PageText<CreatePage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::create::shelf(&slipway, &caller).await)
}

#[server(prefix = "/api/ui", endpoint = "wizard", input = GetUrl, output = PageCodec)]
pub async fn read_wizard(
    namespace: String,
    name: String,
    draft: String,
    step: String,
) -> Result<PageText<WizardPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::create::wizard(&slipway, &caller, &namespace, &name, &draft, &step).await)
}

#[server(prefix = "/api/ui", endpoint = "run", input = GetUrl, output = PageCodec)]
pub async fn read_run(id: String) -> Result<PageText<RunPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::create::run_page(&slipway, &caller, &id).await)
}

#[server(prefix = "/api/ui", endpoint = "send-page", input = PostUrl, output = Json)]
pub async fn send_page(
    namespace: String,
    name: String,
    draft: String,
    page: usize,
    #[server(default)] values: BTreeMap<String, String>,
    #[server(default)] change: String,
) -> Result<WizardSent, AppError> {
    let (slipway, caller) = context()?;
    let sent =
        slipway_services::create::send_page(&slipway, &caller, &namespace, &name, &draft, page, &values, &change).await;
    if let (Err(error), true) = (&sent, draft.is_empty() && is_plain_form()) {
        to_new_draft(&slipway, &caller, &namespace, &name, page, error).await;
    }
    sent.inspect(|sent| go(&sent.next)).map_err(status)
}

/// A first page that was refused has begun a draft, which the form's own address does not know yet. Without a script the
/// way back leads there, so that what was typed is there again, with the error as the framework would send it.
#[cfg(feature = "ssr")]
async fn to_new_draft(
    slipway: &slipway_services::Slipway,
    caller: &slipway_services::Caller,
    namespace: &str,
    name: &str,
    page: usize,
    error: &AppError,
) {
    let Ok(shelf) = slipway_services::create::shelf(slipway, caller).await else { return };
    let of_this = ["/create/", namespace, "/", name, "?"].concat();
    let Some(draft) = shelf.drafts.into_iter().find(|draft| draft.href.starts_with(&of_this)) else { return };
    // Only the path and the query count; the framework's encoder wants a whole address.
    let base = format!("http://localhost{}&step={page}", draft.href);
    if let Ok(back) = ServerFnUrlError::new(<SendPage as ServerFn>::PATH, error.clone()).to_url(&base) {
        go(&[back.path(), "?", back.query().unwrap_or_default()].concat());
    }
}

/// What a run would make with what stands in the form now. Sent as a body: what one types is in no address.
#[server(prefix = "/api/ui", endpoint = "preview", input = PostUrl, output = PageCodec)]
pub async fn read_preview(
    namespace: String,
    name: String,
    draft: String,
    page: usize,
    #[server(default)] values: BTreeMap<String, String>,
    file: String,
) -> Result<PageText<Preview>, AppError> {
    let (slipway, caller) = context()?;
    let seen = slipway_services::create::preview(&slipway, &caller, &namespace, &name, &draft, page, &values, &file);
    super::page(seen.await)
}

#[server(prefix = "/api/ui", endpoint = "choose-runtime", input = PostUrl, output = Json)]
pub async fn choose_runtime(draft: String, #[server(default)] runtime: String) -> Result<WizardSent, AppError> {
    let (slipway, caller) = context()?;
    let sent = slipway_services::create::choose_runtime(&slipway, &caller, &draft, &runtime).await;
    sent.inspect(|sent| go(&sent.next)).map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "start-run", input = PostUrl, output = Json)]
pub async fn start_run(
    draft: String,
    #[server(default)] secrets: BTreeMap<String, String>,
) -> Result<WizardSent, AppError> {
    let (slipway, caller) = context()?;
    let sent = slipway_services::create::start(&slipway, &caller, &draft, &secrets).await;
    sent.inspect(|sent| go(&sent.next)).map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "retry-run", input = PostUrl, output = Json)]
pub async fn retry_run(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::create::retry(&slipway, &caller, &id).await.map_err(status)
}

/// `verdict` is `approve` or `refuse`.
#[server(prefix = "/api/ui", endpoint = "decide-approval", input = PostUrl, output = Json)]
pub async fn decide_approval(
    id: String,
    #[server(default)] verdict: String,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::create::decide(&slipway, &caller, &id, &verdict, &reason).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "remove-left", input = PostUrl, output = Json)]
pub async fn remove_left(id: String, position: i64) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::create::remove_left(&slipway, &caller, &id, position).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "dismiss-left", input = PostUrl, output = Json)]
pub async fn dismiss_left(id: String, position: i64, #[server(default)] reason: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::create::dismiss_left(&slipway, &caller, &id, position, &reason).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "withdraw-approval", input = PostUrl, output = Json)]
pub async fn withdraw_approval(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::create::withdraw(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "undo-run", input = PostUrl, output = Json)]
pub async fn undo_run(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::create::undo(&slipway, &caller, &id).await.map_err(status)
}
