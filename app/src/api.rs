//! Server functions: what pages read and what forms do. Each is a public endpoint under `/api/ui`; the function in
//! `slipway-services` behind it authorises. Named endpoints, so that an old tab finds them after a new build.

use leptos::prelude::*;
use server_fn::codec::{GetUrl, PostUrl};
#[cfg(feature = "ssr")]
use server_fn::{ServerFn, error::ServerFnUrlError};
use slipway_api_types::{
    AppError,
    catalog::{EntityListPage, EntityPage, EntityQuery, RegisterReport},
    create::{CreatePage, RunPage, WizardPage, WizardSent},
    deployments::{DeployFormPage, DeploymentListPage, DeploymentPage, DeploymentQuery, DeploymentRow},
    digest::{DigestPage, DigestQuery},
    home::HomePage,
    incidents::IncidentsPage,
    insights::{InsightsPage, InsightsQuery},
    search::SearchHit,
    services::{ServiceListPage, ServicePage, ServiceQuery},
    settings::{AboutPage, AuditPage, NewToken, PeoplePage, TokensPage},
    sources::{NewSource, SourcePage, SourceSecret, SourcesPage},
    text_json::{PageJson, PageText, TextJson},
    viewer::SignInPage,
};
use slipway_domain::deployment::Intent;
use std::collections::BTreeMap;

#[cfg(feature = "ssr")]
use crate::context::{context, go, is_plain_form, slipway, status};

/// Rows of one part of a list.
#[cfg(feature = "ssr")]
const PART: u32 = 50;

/// A page's data for its way to the browser.
#[cfg(feature = "ssr")]
fn page<T: serde::Serialize>(data: Result<T, AppError>) -> Result<PageText<T>, AppError> {
    data.and_then(|data| PageText::write(&data)).map_err(status)
}

// Read by anybody.

#[server(prefix = "/api/ui", endpoint = "sign-in-page", input = GetUrl, output = PageJson)]
pub async fn read_sign_in() -> Result<PageText<SignInPage>, AppError> {
    page(slipway_services::accounts::sign_in_page(&*slipway()?).await)
}

// Read by whoever is signed in.

#[server(prefix = "/api/ui", endpoint = "home", input = GetUrl, output = PageJson)]
pub async fn read_home() -> Result<PageText<HomePage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::home::page(&slipway, &caller).await)
}

#[server(prefix = "/api/ui", endpoint = "create", input = GetUrl, output = PageJson)]
pub async fn read_shelf() -> Result<PageText<CreatePage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::create::shelf(&slipway, &caller).await)
}

#[server(prefix = "/api/ui", endpoint = "wizard", input = GetUrl, output = PageJson)]
pub async fn read_wizard(
    namespace: String,
    name: String,
    draft: String,
    step: String,
) -> Result<PageText<WizardPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::create::wizard(&slipway, &caller, &namespace, &name, &draft, &step).await)
}

#[server(prefix = "/api/ui", endpoint = "run", input = GetUrl, output = PageJson)]
pub async fn read_run(id: String) -> Result<PageText<RunPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::create::run_page(&slipway, &caller, &id).await)
}

#[server(prefix = "/api/ui", endpoint = "services", input = GetUrl, output = PageJson)]
pub async fn read_services(query: ServiceQuery) -> Result<PageText<ServiceListPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::fleet::list(&slipway, &caller, &query).await)
}

#[server(prefix = "/api/ui", endpoint = "service", input = GetUrl, output = PageJson)]
pub async fn read_service(name: String) -> Result<PageText<ServicePage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::fleet::page(&slipway, &caller, &name).await)
}

#[server(prefix = "/api/ui", endpoint = "deploy-form", input = GetUrl, output = PageJson)]
pub async fn read_deploy_form(service: String) -> Result<PageText<DeployFormPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::deployments::form(&slipway, &caller, &service).await)
}

#[server(prefix = "/api/ui", endpoint = "deployments", input = GetUrl, output = PageJson)]
pub async fn read_deployments(query: DeploymentQuery) -> Result<PageText<DeploymentListPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::deployments::list(&slipway, &caller, &query, PART).await)
}

#[server(prefix = "/api/ui", endpoint = "deployment", input = GetUrl, output = PageJson)]
pub async fn read_deployment(id: String) -> Result<PageText<DeploymentPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::deployments::page(&slipway, &caller, &id).await)
}

#[server(prefix = "/api/ui", endpoint = "insights", input = GetUrl, output = PageJson)]
pub async fn read_insights(query: InsightsQuery) -> Result<PageText<InsightsPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::insights::page(&slipway, &caller, &query).await)
}

#[server(prefix = "/api/ui", endpoint = "digest", input = GetUrl, output = PageJson)]
pub async fn read_digest(query: DigestQuery) -> Result<PageText<DigestPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::insights::digest::page(&slipway, &caller, &query).await)
}

#[server(prefix = "/api/ui", endpoint = "catalog", input = GetUrl, output = PageJson)]
pub async fn read_catalog(query: EntityQuery) -> Result<PageText<EntityListPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::catalog::list(&slipway, &caller, &query, PART).await)
}

#[server(prefix = "/api/ui", endpoint = "entity", input = GetUrl, output = PageJson)]
pub async fn read_entity(kind: String, namespace: String, name: String) -> Result<PageText<EntityPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::catalog::page(&slipway, &caller, &kind, &namespace, &name).await)
}

#[server(prefix = "/api/ui", endpoint = "about", input = GetUrl, output = PageJson)]
pub async fn read_about() -> Result<PageText<AboutPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::about::page(&slipway, &caller).await)
}

#[server(prefix = "/api/ui", endpoint = "tokens", input = GetUrl, output = PageJson)]
pub async fn read_tokens() -> Result<PageText<TokensPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::tokens::page(&slipway, &caller).await)
}

#[server(prefix = "/api/ui", endpoint = "people", input = GetUrl, output = PageJson)]
pub async fn read_people() -> Result<PageText<PeoplePage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::people::page(&slipway, &caller).await)
}

#[server(prefix = "/api/ui", endpoint = "audit", input = GetUrl, output = PageJson)]
pub async fn read_audit(cursor: String) -> Result<PageText<AuditPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::audit::page(&slipway, &caller, &cursor).await)
}

#[server(prefix = "/api/ui", endpoint = "search", input = GetUrl, output = PageJson)]
pub async fn find(q: String) -> Result<PageText<Vec<SearchHit>>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::search::find(&slipway, &caller, &q).await)
}

// Done by forms.

#[server(prefix = "/api/ui", endpoint = "send-page", input = PostUrl, output = TextJson)]
pub async fn send_page(
    namespace: String,
    name: String,
    draft: String,
    page: usize,
    #[server(default)] values: BTreeMap<String, String>,
) -> Result<WizardSent, AppError> {
    let (slipway, caller) = context()?;
    let sent = slipway_services::create::send_page(&slipway, &caller, &namespace, &name, &draft, page, &values).await;
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

#[server(prefix = "/api/ui", endpoint = "choose-runtime", input = PostUrl, output = TextJson)]
pub async fn choose_runtime(draft: String, #[server(default)] runtime: String) -> Result<WizardSent, AppError> {
    let (slipway, caller) = context()?;
    let sent = slipway_services::create::choose_runtime(&slipway, &caller, &draft, &runtime).await;
    sent.inspect(|sent| go(&sent.next)).map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "start-run", input = PostUrl, output = TextJson)]
pub async fn start_run(draft: String) -> Result<WizardSent, AppError> {
    let (slipway, caller) = context()?;
    let sent = slipway_services::create::start(&slipway, &caller, &draft).await;
    sent.inspect(|sent| go(&sent.next)).map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "retry-run", input = PostUrl, output = TextJson)]
pub async fn retry_run(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::create::retry(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "undo-run", input = PostUrl, output = TextJson)]
pub async fn undo_run(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::create::undo(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "deploy", input = PostUrl, output = TextJson)]
pub async fn deploy(
    service: String,
    environment: String,
    artifact: String,
    intent: Intent,
    #[server(default)] reason: String,
) -> Result<DeploymentRow, AppError> {
    let (slipway, caller) = context()?;
    let order = (service.as_str(), environment.as_str(), artifact.as_str());
    let row =
        slipway_services::deployments::request(&slipway, &caller, order.0, order.1, order.2, intent, &reason).await;
    row.inspect(|row| go(&row.href)).map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "roll-back", input = PostUrl, output = TextJson)]
pub async fn roll_back(id: String, reason: String) -> Result<DeploymentRow, AppError> {
    let (slipway, caller) = context()?;
    let row = slipway_services::deployments::roll_back_to(&slipway, &caller, &id, &reason).await;
    row.inspect(|row| go(&row.href)).map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "cancel-deployment", input = PostUrl, output = TextJson)]
pub async fn cancel_deployment(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::deployments::cancel(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "remove-service", input = PostUrl, output = TextJson)]
pub async fn remove_service(name: String, typed: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    confirmed(&name, &typed).map_err(status)?;
    slipway_services::fleet::remove(&slipway, &caller, &name).await.inspect(|()| go("/services")).map_err(status)
}

/// What cannot be undone is confirmed by typing the name.
#[cfg(feature = "ssr")]
fn confirmed(name: &str, typed: &str) -> Result<(), AppError> {
    let same = name == typed.trim();
    if same { Ok(()) } else { Err(AppError::invalid("typed", format!("Type {name} to remove it."))) }
}

#[server(prefix = "/api/ui", endpoint = "add-note", input = PostUrl, output = TextJson)]
pub async fn add_note(
    #[server(default)] owner: String,
    #[server(default)] service: String,
    day: String,
    kind: String,
    text: String,
) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    let scope = (owner.as_str(), service.as_str());
    slipway_services::insights::notes::add(&slipway, &caller, scope, &day, &kind, &text).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "delete-note", input = PostUrl, output = TextJson)]
pub async fn delete_note(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::insights::notes::delete(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "register", input = PostUrl, output = TextJson)]
pub async fn register_location(target: String) -> Result<RegisterReport, AppError> {
    let (slipway, caller) = context()?;
    let report = slipway_services::catalog::register(&slipway, &caller, &target).await.map_err(status)?;
    if is_plain_form() { without_script(report) } else { Ok(report) }
}

/// Without a script the report has no place to show: problems go back to the form, success to what was registered.
#[cfg(feature = "ssr")]
fn without_script(report: RegisterReport) -> Result<RegisterReport, AppError> {
    let problem = |p: &slipway_api_types::catalog::RegisterProblem| {
        format!("{}, document {}, {}: {}", p.file, p.document, p.field, p.message)
    };
    let problems: Vec<String> = report.problems.iter().map(problem).collect();
    if !problems.is_empty() {
        return Err(AppError::invalid("target", problems.join(" ")));
    }
    match report.registered.as_slice() {
        [one] => go(&one.href),
        _ => go("/catalog"),
    }
    Ok(report)
}

#[server(prefix = "/api/ui", endpoint = "refresh-entity", input = PostUrl, output = TextJson)]
pub async fn refresh_entity(kind: String, namespace: String, name: String) -> Result<RegisterReport, AppError> {
    let (slipway, caller) = context()?;
    slipway_services::catalog::refresh(&slipway, &caller, &kind, &namespace, &name).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "create-token", input = PostUrl, output = TextJson)]
pub async fn create_token(
    name: String,
    #[server(default)] scopes: Vec<String>,
    days: u32,
) -> Result<NewToken, AppError> {
    let (slipway, caller) = context()?;
    slipway_services::tokens::create(&slipway, &caller, &name, &scopes, days).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "revoke-token", input = PostUrl, output = TextJson)]
pub async fn revoke_token(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::tokens::revoke(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "add-person", input = PostUrl, output = TextJson)]
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

#[server(prefix = "/api/ui", endpoint = "sources", input = GetUrl, output = PageJson)]
pub async fn read_sources() -> Result<PageText<SourcesPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::sources::list(&slipway, &caller).await)
}

#[server(prefix = "/api/ui", endpoint = "source", input = GetUrl, output = PageJson)]
pub async fn read_source(id: String, cursor: String) -> Result<PageText<SourcePage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::sources::page(&slipway, &caller, &id, &cursor).await)
}

#[server(prefix = "/api/ui", endpoint = "make-source", input = PostUrl, output = TextJson)]
pub async fn make_source(source: NewSource) -> Result<SourceSecret, AppError> {
    let (slipway, caller) = context()?;
    slipway_services::sources::make(&slipway, &caller, &source).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "rotate-source", input = PostUrl, output = TextJson)]
pub async fn rotate_source(id: String) -> Result<SourceSecret, AppError> {
    let (slipway, caller) = context()?;
    slipway_services::sources::rotate(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "revoke-source", input = PostUrl, output = TextJson)]
pub async fn revoke_source(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::sources::revoke(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "test-source", input = PostUrl, output = TextJson)]
pub async fn test_source(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::sources::send_test(&slipway, &caller, &id).await.map(drop).map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "redeliver", input = PostUrl, output = TextJson)]
pub async fn redeliver(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::sources::redeliver(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "incidents", input = GetUrl, output = PageJson)]
pub async fn read_incidents(all: String, cursor: String) -> Result<PageText<IncidentsPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::incidents::page(&slipway, &caller, &all, &cursor).await)
}

#[server(prefix = "/api/ui", endpoint = "open-incident", input = PostUrl, output = TextJson)]
pub async fn open_incident(
    service: String,
    title: String,
    #[server(default)] detected_at: String,
) -> Result<String, AppError> {
    let (slipway, caller) = context()?;
    let opened = slipway_services::incidents::open(&slipway, &caller, &service, &title, &detected_at).await;
    opened.inspect(|_| go("/incidents")).map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "decide-incident", input = PostUrl, output = TextJson)]
pub async fn decide_incident(
    id: String,
    decision: String,
    #[server(default)] deployment: String,
) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    let decision = slipway_services::incidents::Decision::read(&decision, &deployment).map_err(status)?;
    slipway_services::incidents::decide(&slipway, &caller, &id, decision).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "resolve-incident", input = PostUrl, output = TextJson)]
pub async fn resolve_incident(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::incidents::resolve(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "judge-deployment", input = PostUrl, output = TextJson)]
pub async fn judge_deployment(id: String, verdict: String, reason: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::verdicts::mark(&slipway, &caller, &id, &verdict, &reason).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "subscribe", input = PostUrl, output = TextJson)]
pub async fn subscribe(name: String, url: String) -> Result<SourceSecret, AppError> {
    let (slipway, caller) = context()?;
    slipway_services::subscriptions::make(&slipway, &caller, &name, &url).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "unsubscribe", input = PostUrl, output = TextJson)]
pub async fn unsubscribe(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::subscriptions::revoke(&slipway, &caller, &id).await.map_err(status)
}
