//! Drafts, scaffold runs, their steps, logs and workspaces.

use super::{Page, Result};
use async_trait::async_trait;
use slipway_domain::{
    ids::{DraftId, RunId, UserId},
    scaffold::{Draft, LogLine, Run, RunState, RunStep},
    time::Timestamp,
};

/// A file of a run's workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceFile {
    /// Path within the workspace, with `/`.
    pub path: String,
    /// Content; of a symbolic link the target as written.
    pub bytes: Vec<u8>,
    /// Whether it has the executable bit.
    pub executable: bool,
    /// Whether it is a symbolic link.
    pub link: bool,
}

/// Drafts, scaffold runs, their steps, logs and workspaces.
#[async_trait]
pub trait Runs {
    /// Adds or replaces a draft.
    async fn put_draft(&mut self, draft: &Draft) -> Result<()>;
    /// A person's draft.
    async fn draft(&mut self, id: DraftId, user: UserId) -> Result<Option<Draft>>;
    /// A person's drafts, newest first; at most 20.
    async fn drafts_of(&mut self, user: UserId) -> Result<Vec<Draft>>;
    /// Deletes a draft; absence is fine.
    async fn delete_draft(&mut self, id: DraftId) -> Result<()>;

    /// Adds a run with its steps.
    async fn add_run(&mut self, run: &Run, steps: &[RunStep]) -> Result<()>;
    /// By id.
    async fn run(&mut self, id: RunId) -> Result<Option<Run>>;
    /// Writes everything that changes over a run's life, and gives its new version. Refused as a conflict when the run is not in the state
    /// `from` any more, or gone.
    async fn set_run(&mut self, run: &Run, from: RunState) -> Result<i64>;
    /// Runs, newest first.
    async fn list_runs(&mut self, cursor: Option<&str>, limit: u32) -> Result<Page<Run>>;
    /// Ids of runs a worker has something to do for, oldest first: not those that wait for a person's word.
    async fn active_runs(&mut self, now: Timestamp, limit: u32) -> Result<Vec<RunId>>;
    /// A run's steps, in order.
    async fn run_steps(&mut self, run: RunId) -> Result<Vec<RunStep>>;
    /// Writes a step by run and position.
    async fn set_run_step(&mut self, step: &RunStep) -> Result<()>;

    /// Appends to a run's log; the store counts `seq` on.
    async fn add_log(&mut self, run: RunId, lines: &[LogLine]) -> Result<()>;
    /// Log lines after `seq`, in order.
    async fn log_after(&mut self, run: RunId, seq: i64, limit: u32) -> Result<Vec<LogLine>>;

    /// Replaces a run's workspace.
    async fn put_workspace(&mut self, run: RunId, files: &[WorkspaceFile]) -> Result<()>;
    /// A run's workspace, by path.
    async fn workspace(&mut self, run: RunId) -> Result<Vec<WorkspaceFile>>;
}
