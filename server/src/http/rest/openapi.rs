//! The API's description, OpenAPI 3.1, made from the code.

use super::{problem::Problem, v1};
use crate::http::AppState;
use axum::{
    Router,
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::header;
use std::sync::LazyLock;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Slipway",
        description = "Catalogue, artifacts and deployments. Tokens are made in Settings; errors are problem documents (RFC 9457) with a stable `code`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "This instance")),
    paths(
        v1::catalog::list::list_entities,
        v1::catalog::get::get_entity,
        v1::catalog::register::register_location,
        v1::artifacts::record::record_artifact,
        v1::artifacts::list::list_artifacts,
        v1::deployments::list::list_deployments,
        v1::deployments::request::request_deployment,
        v1::deployments::get::get_deployment,
        v1::deployments::roll_back::roll_back_to_deployment,
        v1::deployments::cancel::cancel_deployment,
        v1::insights::digest::get_digest,
        v1::services::list::list_services,
        v1::services::get::get_service,
        v1::upgrades::list::list_fleet,
        v1::upgrades::plan::plan_upgrade,
        v1::upgrades::open::open_upgrade,
        v1::upgrades::adopt::adopt_template,
        v1::upgrades::get::get_upgrade,
        v1::upgrades::merge::merge_upgrade,
        v1::upgrades::close::close_upgrade,
    ),
    components(schemas(Problem)),
    tags(
        (name = "catalog", description = "Entities in Backstage's model, and the places they are read from"),
        (name = "artifacts", description = "Built images, known by digest"),
        (name = "deployments", description = "One artifact going to one environment"),
        (name = "insights", description = "How delivery goes, and what to look at"),
        (name = "services", description = "What runs where, and how it is"),
        (name = "upgrades", description = "Which service is on which version of its golden path, and the way to the next"),
    ),
    security(("token" = [])),
    modifiers(&Token),
)]
struct Document;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token made in Settings: `slw_…`"))
            .build();
        document.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The description.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// It does not change while the program runs.
static TEXT: LazyLock<String> = LazyLock::new(|| document().to_json().unwrap_or_default());

/// The route. For everybody: it describes, and holds no data.
pub fn router() -> Router<AppState> {
    Router::new().route("/api/v1/openapi.json", get(describe))
}

async fn describe() -> Response {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")], TEXT.as_str())
        .into_response()
}
