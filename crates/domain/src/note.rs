//! Notes that people put on charts: what else happened when a number moved.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteKind {
    /// Deployments were not wanted for a while.
    Freeze,
    /// Teams or services changed hands.
    Reorganisation,
    /// Something large went wrong.
    Incident,
    /// Anything else.
    Other,
}

impl NoteKind {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Freeze, Self::Reorganisation, Self::Incident, Self::Other];

    /// As stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Freeze => "freeze",
            Self::Reorganisation => "reorganisation",
            Self::Incident => "incident",
            Self::Other => "other",
        }
    }

    /// In words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Freeze => "Freeze",
            Self::Reorganisation => "Re-organisation",
            Self::Incident => "Incident",
            Self::Other => "Other",
        }
    }
}

impl FromStr for NoteKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a kind of note; use freeze, reorganisation, incident or other"))
    }
}
