//! Versions of templates, what repositories were made of, and upgrades from one version to the next.

use super::{Page, Result};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use slipway_domain::{
    ids::{CampaignId, RepositoryId, ServiceId, UpgradeId},
    time::Timestamp,
    upgrade::{Campaign, Upgrade},
};

/// A file of a template's version; its content is a blob.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionFile {
    /// Path beside the template.
    pub path: String,
    /// SHA-256 of the content, in hexadecimal.
    pub blob: String,
    /// Whether it has the executable bit.
    pub executable: bool,
    /// Whether it is a symbolic link; its content is the target then.
    pub link: bool,
}

/// A template as it was once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateVersion {
    /// The template's reference.
    pub template: String,
    /// Hash of its files.
    pub version: String,
    /// Name of the template's file among them.
    pub file: String,
    /// Its files, by path.
    pub files: Vec<VersionFile>,
    /// Since when it is what the template is; a later instant when the template came back to it.
    pub seen_at: Timestamp,
}

/// When a version began to be what its template is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionMark {
    /// The template's reference.
    pub template: String,
    /// Hash of its files.
    pub version: String,
    /// See [`TemplateVersion::seen_at`].
    pub seen_at: Timestamp,
}

/// What the default branch of a repository says it was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryLock {
    /// The repository.
    pub repository: RepositoryId,
    /// The template's reference.
    pub template: String,
    /// The version's hash.
    pub version: String,
    /// When the default branch said so first.
    pub locked_at: Timestamp,
}

/// How a service stands to its template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// On the latest version.
    Current,
    /// On an earlier version.
    Behind,
    /// An upgrade is open.
    Open,
    /// Its repository says no template.
    Apart,
}

/// What the fleet is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FleetFilter {
    /// A template's reference.
    pub template: Option<String>,
    /// Owner's entity reference.
    pub owner: Option<String>,
    /// How it stands.
    pub standing: Option<Standing>,
    /// One service.
    pub service: Option<ServiceId>,
}

/// A service with a repository, and what it was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetRow {
    /// The service.
    pub service: ServiceId,
    /// Its name.
    pub name: String,
    /// The owning team's entity reference.
    pub owner: String,
    /// Its repository, `owner/name`.
    pub repository: String,
    /// The head of the default branch whose push was recorded last.
    pub head: Option<String>,
    /// Template and version, when its repository says so.
    pub lock: Option<(String, String)>,
    /// How many versions its template has gone on since; `None` when its version was never seen here.
    pub behind: Option<i64>,
    /// The upgrade that is open, and how many conflicts it began with.
    pub open: Option<(UpgradeId, i64)>,
}

/// How many services are on a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionCount {
    /// The template's reference.
    pub template: String,
    /// The version's hash.
    pub version: String,
    /// Services.
    pub services: i64,
}

/// Versions of templates, locks and upgrades.
#[async_trait]
pub trait Upgrades {
    /// Keeps a version with the contents of its files (hash and bytes); what is kept already is kept once.
    async fn put_template_version(&mut self, version: &TemplateVersion, blobs: &[(String, Vec<u8>)]) -> Result<()>;
    /// A version with its files.
    async fn template_version(&mut self, template: &str, version: &str) -> Result<Option<TemplateVersion>>;
    /// The contents of a version's files, by hash, each once.
    async fn version_blobs(&mut self, hashes: &[String]) -> Result<Vec<(String, Vec<u8>)>>;
    /// Every version of every template, latest first; at most 10,000.
    async fn version_marks(&mut self) -> Result<Vec<VersionMark>>;

    /// Adds or replaces what a repository says; an unchanged one keeps its instant.
    async fn put_lock(&mut self, lock: &RepositoryLock) -> Result<()>;
    /// What a repository says.
    async fn lock(&mut self, repository: RepositoryId) -> Result<Option<RepositoryLock>>;
    /// Forgets what a repository said; absence is fine.
    async fn delete_lock(&mut self, repository: RepositoryId) -> Result<()>;
    /// How many services are on each version.
    async fn version_counts(&mut self) -> Result<Vec<VersionCount>>;
    /// Services with repositories, by name.
    async fn list_fleet(&mut self, filter: &FleetFilter, cursor: Option<&str>, limit: u32) -> Result<Page<FleetRow>>;

    /// Adds an upgrade. Conflict when the repository has an open one.
    async fn add_upgrade(&mut self, upgrade: &Upgrade) -> Result<()>;
    /// By id.
    async fn upgrade(&mut self, id: UpgradeId) -> Result<Option<Upgrade>>;
    /// The one that is open for a repository.
    async fn open_upgrade(&mut self, repository: RepositoryId) -> Result<Option<Upgrade>>;
    /// Every open one, oldest first.
    async fn open_upgrades(&mut self, limit: u32) -> Result<Vec<Upgrade>>;
    /// Writes everything that changes over its life; counts its version up. Conflict, and nothing written, when the row is not at the
    /// version that `upgrade` was read at.
    async fn set_upgrade(&mut self, upgrade: &Upgrade) -> Result<()>;

    /// Adds a campaign.
    async fn add_campaign(&mut self, campaign: &Campaign) -> Result<()>;
    /// By id.
    async fn campaign(&mut self, id: CampaignId) -> Result<Option<Campaign>>;
    /// Newest first.
    async fn campaigns(&mut self, limit: u32) -> Result<Vec<Campaign>>;
    /// Those that run, oldest first.
    async fn running_campaigns(&mut self, limit: u32) -> Result<Vec<CampaignId>>;
    /// As [`Self::set_upgrade`].
    async fn set_campaign(&mut self, campaign: &Campaign) -> Result<()>;
}
