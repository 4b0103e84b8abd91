//! No page asks the database more than twelve times, however much there is. The whole demo is in it.
//!
//! A program of its own: it listens to every statement of the process.

#[expect(dead_code, reason = "the harness of the HTTP tests; this one needs a part of it")]
#[path = "http/app.rs"]
mod app;

use app::TestApp;
use http::StatusCode;
use slipway_api_types::sources::NewSource;
use slipway_domain::ids::DeploymentId;
use slipway_ports::store::deployments::DeploymentFilter;
use slipway_server::config::Config;
use slipway_services::{accounts, catalog, demo, reconcile, sources};
use std::sync::{Mutex, PoisonError};
use tracing::{Event, Subscriber, field::Field};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt as _};

/// The most that any page may ask.
const MOST: usize = 12;

/// Statements since they were last taken.
static ASKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Listener;

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != "sqlx::query" {
            return;
        }
        let mut summary = String::new();
        event.record(&mut |field: &Field, value: &dyn std::fmt::Debug| {
            if field.name() == "summary" {
                summary = format!("{value:?}");
            }
        });
        let of_a_transaction = ["BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"];
        if !of_a_transaction.iter().any(|word| summary.trim_start_matches('"').starts_with(word)) {
            ASKED.lock().unwrap_or_else(PoisonError::into_inner).push(summary);
        }
    }
}

fn taken() -> Vec<String> {
    std::mem::take(&mut *ASKED.lock().unwrap_or_else(PoisonError::into_inner))
}

#[tokio::test]
async fn no_page_asks_more_than_twelve_times() {
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Listener)).unwrap();
    let mut config = Config::default();
    // The demo's services need runtimes.
    (config.sandbox.enabled, config.sandbox.port) = (true, 0);
    let app = TestApp::configured(config).await;
    demo::seed(&app.slipway).await.unwrap();
    catalog::register_built_in(&app.slipway).await.unwrap();
    // As it is a second after the start.
    reconcile::pass_rollups(app.slipway.clone()).await.unwrap();
    let cookie = app.sign_in("ada", "demo-administrator").await;
    let deployment = latest(&app).await;
    let session = accounts::sign_in(&app.slipway, "ada", "demo-administrator", "test").await.unwrap();
    let ada = accounts::caller_of_session(&app.slipway, &session.secret).await.unwrap().unwrap();
    let new = NewSource { kind: "generic".into(), name: "Build system".into(), ..NewSource::default() };
    let source = sources::make(&app.slipway, &ada, &new).await.unwrap().href;
    let pages = [
        "/".to_owned(),
        "/create".to_owned(),
        "/create/default/rust-axum-service".to_owned(),
        "/create/default/python-worker".to_owned(),
        "/services".to_owned(),
        "/services?q=pay".to_owned(),
        "/services?owner=group:default/payments".to_owned(),
        "/services/checkout-api".to_owned(),
        "/services/checkout-api/deploy".to_owned(),
        "/deployments".to_owned(),
        "/deployments?state=failed&environment=production".to_owned(),
        format!("/deployments/{deployment}"),
        "/upgrades".to_owned(),
        "/upgrades?state=behind&owner=group:default/payments".to_owned(),
        "/incidents".to_owned(),
        "/incidents?all=yes".to_owned(),
        "/insights".to_owned(),
        "/insights?owner=group:default/payments&days=365".to_owned(),
        "/insights?explain=lead-time&compare=previous&days=30".to_owned(),
        "/insights?service=checkout-api&explain=change-fail-rate&zone=Europe/Berlin".to_owned(),
        "/insights/digest".to_owned(),
        "/insights/digest?owner=group:default/payments".to_owned(),
        "/insights/table/events.csv?explain=deployment-frequency".to_owned(),
        "/catalog".to_owned(),
        "/catalog?kind=component&q=pay".to_owned(),
        "/catalog/component/default/checkout-api".to_owned(),
        "/catalog/group/default/payments".to_owned(),
        "/catalog/register".to_owned(),
        "/search?q=pay".to_owned(),
        "/settings".to_owned(),
        "/settings/tokens".to_owned(),
        "/settings/people".to_owned(),
        "/settings/sources".to_owned(),
        source,
        "/audit".to_owned(),
        "/sign-in".to_owned(),
    ];
    let mut too_many = Vec::new();
    for page in pages {
        taken();
        let answer = app.get_as(&cookie, &page).await;
        // A signed-in person has no business at the sign-in page.
        assert!([StatusCode::OK, StatusCode::SEE_OTHER].contains(&answer.status), "{page}: {}", answer.status);
        let asked = taken();
        println!("{page}: {}", asked.len());
        assert!(page == "/sign-in" || !asked.is_empty(), "{page} asked nothing: does the listener hear anything?");
        if asked.len() > MOST {
            too_many.push(format!("{page} asked {} times:\n  {}", asked.len(), asked.join("\n  ")));
        }
    }
    assert!(too_many.is_empty(), "{}", too_many.join("\n"));
}

async fn latest(app: &TestApp) -> DeploymentId {
    let mut tx = app.slipway.store.begin_read().await.unwrap();
    tx.list_deployments(&DeploymentFilter::default(), None, 1).await.unwrap().items[0].id
}
