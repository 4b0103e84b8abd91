//! The catalogue's entities, in Backstage's model. Unknown fields and annotations are kept.

mod entity;
mod reference;
mod relation;
mod rules;

pub use entity::{Entity, InvalidEntity};
pub use reference::{EntityRef, InvalidRef};
pub use relation::{Relation, relations};

use crate::{
    ids::{LocationId, RepositoryId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// What sort of place a location names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LocationKind {
    /// A file or folder on the server's machine.
    Path,
    /// A Git repository, by URL.
    Git,
    /// Part of Slipway itself: templates that ship with it, demo data.
    BuiltIn,
}

impl LocationKind {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Git => "git",
            Self::BuiltIn => "built-in",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Path, Self::Git, Self::BuiltIn].into_iter().find(|k| k.as_str() == text)
    }
}

/// A place the catalogue reads entities from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Identity.
    pub id: LocationId,
    /// What sort of place.
    pub kind: LocationKind,
    /// The path or URL as registered. Unique.
    pub target: String,
    /// The hosted repository that the target names.
    pub repository: Option<RepositoryId>,
    /// The file that reading begins with; `None`: the target says it, or it is `catalog-info.yaml`.
    pub entry: Option<String>,
    /// When it was last read, with or without an error: the instant at which that began.
    pub checked_at: Option<Timestamp>,
    /// When it was last read without error.
    pub read_at: Option<Timestamp>,
    /// Why reading it failed the last time.
    pub error: Option<String>,
    /// Stands for all that was read the last time; `None` when nothing could be.
    pub digest: Option<String>,
}

impl Location {
    /// A place that was not read yet.
    pub const fn new(id: LocationId, kind: LocationKind, target: String) -> Self {
        Self {
            id,
            kind,
            target,
            repository: None,
            entry: None,
            checked_at: None,
            read_at: None,
            error: None,
            digest: None,
        }
    }

    /// Why nothing of it could be read the last time; `None` when it could be opened, whatever was wrong inside.
    pub fn unreachable(&self) -> Option<&str> {
        self.error.as_deref().filter(|_| self.checked_at.is_some() && self.digest.is_none())
    }
}
