//! `/api/v1/artifacts`

pub mod list;
pub mod record;

use super::Instant;
use crate::http::AppState;
use axum::{Router, routing::get};
use serde::Serialize;
use utoipa::ToSchema;

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new().route("/api/v1/artifacts", get(list::list_artifacts).post(record::record_artifact))
}

/// A built image.
#[derive(Debug, Serialize, ToSchema)]
pub struct Artifact {
    id: String,
    /// The service's name.
    service: String,
    /// The repository, without tag or digest.
    image: String,
    /// `sha256:…`.
    digest: String,
    /// Full commit SHA.
    revision: String,
    /// A tag or version for people.
    version: Option<String>,
    built_at: Instant,
    /// Who reported it.
    source: String,
}

impl Artifact {
    fn new(service: &str, artifact: slipway_domain::artifact::Artifact) -> Self {
        Self {
            id: artifact.id.to_string(),
            service: service.to_owned(),
            image: artifact.image,
            digest: artifact.digest.to_string(),
            revision: artifact.revision,
            version: artifact.version,
            built_at: artifact.built_at.into(),
            source: artifact.source,
        }
    }
}
