//! Repositories, pushes and builds.

use super::Result;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use slipway_domain::{
    build::Build,
    ids::{BuildId, RepositoryId, ServiceId},
    time::Timestamp,
};

/// A Git repository that Slipway hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    /// Identity.
    pub id: RepositoryId,
    /// `owner/name`; unique.
    pub name: String,
    /// The owning team's entity reference.
    pub owner: String,
    /// The branch that counts.
    pub default_branch: String,
    /// The head of the default branch whose push was recorded last.
    pub recorded_head: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Repositories, pushes and builds.
#[async_trait]
pub trait Repositories {
    /// Adds a repository. Conflict when the name is taken.
    async fn add_repository(&mut self, repository: &Repository) -> Result<()>;
    /// By id.
    async fn repository(&mut self, id: RepositoryId) -> Result<Option<Repository>>;
    /// By `owner/name`.
    async fn repository_by_name(&mut self, name: &str) -> Result<Option<Repository>>;
    /// All, by name; at most 10,000.
    async fn repositories(&mut self) -> Result<Vec<Repository>>;
    /// Moves `recorded_head` from `before` to `after`; `false` when it was not at `before` (somebody else recorded the push).
    async fn move_recorded_head(&mut self, id: RepositoryId, before: Option<&str>, after: &str) -> Result<bool>;
    /// Deletes a repository; absence is fine.
    async fn delete_repository(&mut self, id: RepositoryId) -> Result<()>;

    /// Adds a build, or finds the one of the same service and revision; gives what stands.
    async fn put_build(&mut self, build: &Build) -> Result<Build>;
    /// By id.
    async fn build(&mut self, id: BuildId) -> Result<Option<Build>>;
    /// Writes everything that changes over a build's life.
    async fn set_build(&mut self, build: &Build) -> Result<()>;
    /// Builds that are queued or running, oldest first.
    async fn active_builds(&mut self, limit: u32) -> Result<Vec<Build>>;
    /// A service's builds, newest first.
    async fn builds_of(&mut self, service: ServiceId, limit: u32) -> Result<Vec<Build>>;
}
