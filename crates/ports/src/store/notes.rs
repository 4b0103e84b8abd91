//! Notes on charts.

use super::Result;
use async_trait::async_trait;
use slipway_domain::{ids::NoteId, note::NoteKind, time::Timestamp};

/// What somebody wrote on the charts of a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartNote {
    /// Identity.
    pub id: NoteId,
    /// Whose charts: a team's entity reference, `service:<id>`, or empty for the organisation.
    pub scope: String,
    /// The local day it is about, `2026-11-20`.
    pub day: String,
    /// What it is about.
    pub kind: NoteKind,
    /// In a person's words.
    pub text: String,
    /// Who wrote it, as shown.
    pub author: String,
    /// When.
    pub created_at: Timestamp,
}

/// Notes on charts.
#[async_trait]
pub trait ChartNotes {
    /// Adds a note. Conflict when the id is taken.
    async fn add_note(&mut self, note: &ChartNote) -> Result<()>;
    /// By id.
    async fn note(&mut self, id: NoteId) -> Result<Option<ChartNote>>;
    /// The notes of some scopes on days from `from` up to and without `to`, by day, then the order in which they were written; at most 200.
    async fn notes_of(&mut self, scopes: &[String], from: &str, to: &str) -> Result<Vec<ChartNote>>;
    /// Deletes a note; absence is fine.
    async fn delete_note(&mut self, id: NoteId) -> Result<()>;
}
