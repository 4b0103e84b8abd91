//! Builds: what a pipeline does with one revision.

use crate::{
    ids::{ArtifactId, BuildId, RepositoryId, ServiceId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Where a build is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BuildState {
    /// Waits for the pipeline.
    Queued,
    /// Under way.
    Running,
    /// Gave an artifact.
    Succeeded,
    /// Gave none; see `error`.
    Failed,
}

impl BuildState {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Queued, Self::Running, Self::Succeeded, Self::Failed].into_iter().find(|s| s.as_str() == text)
    }
}

/// One run of a pipeline for one revision of one service. Unique by service and revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// Identity.
    pub id: BuildId,
    /// The repository it builds.
    pub repository: RepositoryId,
    /// The service the artifact will be for.
    pub service: ServiceId,
    /// Full commit SHA.
    pub revision: String,
    /// Where it is.
    pub state: BuildState,
    /// When it was asked for.
    pub queued_at: Timestamp,
    /// When the pipeline began.
    pub started_at: Option<Timestamp>,
    /// When it ended, either way.
    pub finished_at: Option<Timestamp>,
    /// Why it failed, with the mend.
    pub error: Option<String>,
    /// What it built.
    pub artifact: Option<ArtifactId>,
}
