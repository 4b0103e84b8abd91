//! Steps of scaffold runs that wait for a person's word.

use super::Result;
use async_trait::async_trait;
use slipway_domain::{
    ids::{ApprovalId, RunId},
    scaffold::Approval,
    time::Timestamp,
};

/// Steps of scaffold runs that wait for a person's word.
#[async_trait]
pub trait Approvals {
    /// Adds one. Conflict when there is one of that id.
    async fn add_approval(&mut self, approval: &Approval) -> Result<()>;
    /// By id.
    async fn approval(&mut self, id: ApprovalId) -> Result<Option<Approval>>;
    /// A run's, in the order in which they were asked for.
    async fn approvals_of(&mut self, run: RunId) -> Result<Vec<Approval>>;
    /// Those that still wait for a word, oldest first.
    async fn open_approvals(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Approval>>;
    /// Writes the decision, and says whether there was none before; else nothing is written.
    async fn decide_approval(&mut self, approval: &Approval) -> Result<bool>;
    /// Deletes one; absence is fine.
    async fn delete_approval(&mut self, id: ApprovalId) -> Result<()>;
    /// Deletes those of a run that nobody approved, so that they are asked for again.
    async fn reopen_approvals(&mut self, run: RunId) -> Result<()>;
}
