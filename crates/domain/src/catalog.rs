//! The catalogue's entities, in Backstage's model. Unknown fields and annotations are kept.

mod entity;
mod reference;
mod relation;

pub use entity::{Entity, InvalidEntity};
pub use reference::{EntityRef, InvalidRef};
pub use relation::{Relation, relations};

use crate::{ids::LocationId, time::Timestamp};
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
    /// When it was last read without error.
    pub read_at: Option<Timestamp>,
    /// Why reading it failed the last time.
    pub error: Option<String>,
}
