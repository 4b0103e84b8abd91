//! Built images.

use crate::{Caller, Result, Slipway, errors::store, fleet::find};
use serde_json::json;
use slipway_api_types::AppError;
use slipway_domain::{
    access::Permission,
    artifact::{Artifact, Digest},
    ids::ArtifactId,
    time::Timestamp,
};

/// What a pipeline reports.
#[derive(Clone, Debug)]
pub struct RecordArtifact {
    /// The service's name.
    pub service: String,
    /// Repository without tag or digest.
    pub image: String,
    /// `sha256:…`.
    pub digest: String,
    /// Full commit SHA.
    pub revision: String,
    /// A tag or version for people.
    pub version: Option<String>,
    /// When the build finished; now, when left out.
    pub built_at: Option<Timestamp>,
    /// Who reports it.
    pub source: String,
}

/// Records an artifact. Recording the same digest again changes nothing and gives what stands.
pub async fn record(slipway: &Slipway, caller: &Caller, report: RecordArtifact) -> Result<Artifact> {
    let mut tx = slipway.write().await?;
    let service = tx
        .service_by_name(&report.service)
        .await
        .map_err(store)?
        .ok_or_else(|| AppError::invalid("service", format!("There is no service named `{}`.", report.service)))?;
    caller.require(Permission::Deploy, Some(&service.owner))?;
    let digest: Digest = report.digest.parse().map_err(|message: String| AppError::invalid("digest", message))?;
    let image = report.image.trim();
    let repository = image.rsplit('/').next().unwrap_or_default();
    if image.is_empty()
        || image.len() > 512
        || image.contains(char::is_whitespace)
        || image.contains('@')
        || repository.contains(':')
    {
        return Err(AppError::invalid(
            "image",
            "Write the repository without tag or digest, e.g. registry.example.com/shop/checkout.",
        ));
    }
    let revision = report.revision.trim().to_lowercase();
    if !(7..=64).contains(&revision.len()) || !revision.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(AppError::invalid("revision", "Write the full commit SHA that the image was built from."));
    }
    let now = slipway.clock.now();
    let artifact = Artifact {
        id: ArtifactId::from_uuid(slipway.entropy.uuid()),
        service: service.id,
        image: image.to_owned(),
        digest,
        revision,
        version: report.version.filter(|version| !version.trim().is_empty()),
        built_at: report.built_at.unwrap_or(now).min(now),
        source: report.source.chars().take(200).collect(),
    };
    let stands = tx.put_artifact(&artifact).await.map_err(store)?;
    if stands.id == artifact.id {
        let detail = json!({"digest": artifact.digest.as_str(), "revision": artifact.revision});
        let line = caller.audit(&*slipway.entropy, now, "artifact.record", &service.name, Some(&service.owner), detail);
        tx.add_audit(&line).await.map_err(store)?;
        tx.publish("build", &service.name, 0, now).await.map_err(store)?;
        tx.commit().await.map_err(store)?;
    }
    Ok(stands)
}

/// A service's artifacts, newest first, at most a hundred.
pub async fn list(slipway: &Slipway, caller: &Caller, service: &str) -> Result<Vec<Artifact>> {
    caller.require(Permission::Read, None)?;
    let mut tx = slipway.read().await?;
    let service = find(&mut *tx, service).await?;
    tx.artifacts_of(service.id, 100).await.map_err(store)
}
