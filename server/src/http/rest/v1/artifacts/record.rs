use super::Artifact;
use crate::http::rest::{self, Api, Failure, Problem};
use axum::{Json, extract::State};
use serde::Deserialize;
use slipway_api_types::AppError;
use slipway_domain::time::Timestamp;
use slipway_services::{
    Slipway,
    artifacts::{self, RecordArtifact},
};
use std::sync::Arc;
use utoipa::ToSchema;

/// What a pipeline reports.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewArtifact {
    /// The service's name.
    service: String,
    /// The repository, without tag or digest: `registry.example.com/shop/checkout`.
    image: String,
    /// `sha256:` and 64 hex digits.
    digest: String,
    /// The full commit SHA that the image was built from.
    revision: String,
    /// A tag or version for people.
    version: Option<String>,
    /// When the build finished, RFC 3339; now, when left out.
    #[schema(format = DateTime)]
    built_at: Option<String>,
    /// Who reports it: `github-actions`. `api`, when left out.
    source: Option<String>,
}

/// Record an artifact
///
/// The same digest of the same service again changes nothing and gives what stands. Needs the scope `deploy`.
#[utoipa::path(
    post,
    path = "/api/v1/artifacts",
    tag = "artifacts",
    request_body = NewArtifact,
    responses(
        (status = 200, description = "The artifact as it stands", body = Artifact),
        (status = 403, description = "Not allowed", body = Problem),
        (status = 422, description = "A field is wrong", body = Problem),
    )
)]
pub async fn record_artifact(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    rest::Json(new): rest::Json<NewArtifact>,
) -> Result<Json<Artifact>, Failure> {
    let instant = |text: String| {
        Timestamp::parse_rfc3339(&text)
            .ok_or_else(|| AppError::invalid("built_at", "Write an instant as RFC 3339: 2026-11-21T03:31:18Z."))
    };
    let report = RecordArtifact {
        service: new.service.clone(),
        image: new.image,
        digest: new.digest,
        revision: new.revision,
        version: new.version,
        built_at: new.built_at.map(instant).transpose()?,
        source: new.source.filter(|source| !source.trim().is_empty()).unwrap_or_else(|| "api".to_owned()),
    };
    let artifact = artifacts::record(&slipway, &caller, report).await?;
    Ok(Json(Artifact::new(&new.service, artifact)))
}
