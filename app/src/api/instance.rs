//! Whoever signs in, people, tokens, and the instance itself.

use leptos::prelude::*;
use server_fn::codec::{GetUrl, PostUrl};
use slipway_api_types::{
    AppError,
    home::HomePage,
    settings::{AboutPage, AuditPage, NewToken, PeoplePage, TokensPage},
    viewer::SignInPage,
    wire::{Json, PageCodec, PageText},
};

#[cfg(feature = "ssr")]
use super::page;
#[cfg(feature = "ssr")]
use crate::context::{context, slipway, status};

#[server(prefix = "/api/ui", endpoint = "sign-in-page", input = GetUrl, output = PageCodec)]
pub async fn read_sign_in() -> Result<PageText<SignInPage>, AppError> {
    page(slipway_services::accounts::sign_in_page(&*slipway()?).await)
}

#[server(prefix = "/api/ui", endpoint = "home", input = GetUrl, output = PageCodec)]
pub async fn read_home() -> Result<PageText<HomePage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::home::page(&slipway, &caller).await)
}

#[server(prefix = "/api/ui", endpoint = "about", input = GetUrl, output = PageCodec)]
pub async fn read_about() -> Result<PageText<AboutPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::about::page(&slipway, &caller).await)
}

#[server(prefix = "/api/ui", endpoint = "audit", input = GetUrl, output = PageCodec)]
pub async fn read_audit(cursor: String) -> Result<PageText<AuditPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::audit::page(&slipway, &caller, &cursor).await)
}

#[server(prefix = "/api/ui", endpoint = "tokens", input = GetUrl, output = PageCodec)]
pub async fn read_tokens() -> Result<PageText<TokensPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::tokens::page(&slipway, &caller).await)
}

#[server(prefix = "/api/ui", endpoint = "create-token", input = PostUrl, output = Json)]
pub async fn create_token(
    name: String,
    #[server(default)] scopes: Vec<String>,
    days: u32,
) -> Result<NewToken, AppError> {
    let (slipway, caller) = context()?;
    slipway_services::tokens::create(&slipway, &caller, &name, &scopes, days).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "revoke-token", input = PostUrl, output = Json)]
pub async fn revoke_token(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::tokens::revoke(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "people", input = GetUrl, output = PageCodec)]
pub async fn read_people() -> Result<PageText<PeoplePage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::people::page(&slipway, &caller).await)
}

#[server(prefix = "/api/ui", endpoint = "add-person", input = PostUrl, output = Json)]
pub async fn add_person(person: Person) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    let Person { login, display_name, password, role, team } = person;
    slipway_services::people::add(&slipway, &caller, &login, &display_name, &password, &role, &team)
        .await
        .map_err(status)
}

/// Somebody new. Holds a password, so it does not show itself.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub struct Person {
    pub login: String,
    pub display_name: String,
    pub password: String,
    pub role: String,
    /// Entity reference; empty: everywhere.
    pub team: String,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").field("login", &self.login).finish_non_exhaustive()
    }
}
