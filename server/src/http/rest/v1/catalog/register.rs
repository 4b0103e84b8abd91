use crate::http::rest::{self, Api, Failure, Problem};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use slipway_api_types::catalog::RegisterReport;
use slipway_services::{Slipway, catalog};
use std::sync::Arc;
use utoipa::ToSchema;

/// What is registered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLocation {
    /// URL of a Git repository, or the absolute path of a file or folder on the server (administrators only).
    target: String,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Report {
    /// Entities that were added or updated.
    registered: Vec<Registered>,
    /// Documents that were refused.
    problems: Vec<Refused>,
}

/// An entity that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct Registered {
    /// `component:default/checkout`.
    reference: String,
    title: String,
}

/// A document that was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refused {
    /// The file within the location.
    file: String,
    /// The document within the file, from 1.
    document: usize,
    /// The line of the file, from 1; null where it is not known.
    line: Option<u32>,
    /// The field; empty when the YAML itself is broken.
    field: String,
    /// What is wrong and how to mend it.
    message: String,
}

impl From<RegisterReport> for Report {
    fn from(report: RegisterReport) -> Self {
        let registered =
            report.registered.into_iter().map(|entity| Registered { reference: entity.reference, title: entity.title });
        let refused = report.problems.into_iter().map(|problem| Refused {
            file: problem.file,
            document: problem.document,
            line: problem.line,
            field: problem.field,
            message: problem.message,
        });
        Self { registered: registered.collect(), problems: refused.collect() }
    }
}

/// Register a location
///
/// Reads `catalog-info.yaml` and what Location entities in it lead to. What is right is taken, what is wrong is reported. Registering a
/// location again reads it anew. Needs the scope `create`.
#[utoipa::path(
    post,
    path = "/api/v1/catalog/locations",
    tag = "catalog",
    request_body = NewLocation,
    responses(
        (status = 200, description = "What came of it", body = Report),
        (status = 403, description = "Not allowed", body = Problem),
        (status = 422, description = "It cannot be read", body = Problem),
    )
)]
pub async fn register_location(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    rest::Json(location): rest::Json<NewLocation>,
) -> Result<Json<Report>, Failure> {
    Ok(Json(catalog::register(&slipway, &caller, &location.target).await?.into()))
}
