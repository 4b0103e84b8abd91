//! Rows of drafts, scaffold runs, their steps, logs and workspaces.

use crate::cell::{self, Reading};
use slipway_domain::{
    ids::RunId,
    scaffold::{Draft, LogLine, Run, RunState, RunStep, StepState},
    time::Timestamp,
};
use slipway_ports::store::{Result, runs::WorkspaceFile};

#[derive(sqlx::FromRow)]
pub(super) struct DraftRow {
    id: String,
    user_id: String,
    template: String,
    form: String,
    runtime: Option<String>,
    updated_at: i64,
}

impl DraftRow {
    pub(super) fn read(self) -> Result<Draft> {
        let row = Reading { table: "drafts", key: &self.id };
        Ok(Draft {
            id: row.parse("id", &self.id)?,
            user: row.parse("user_id", &self.user_id)?,
            values: row.json("form", &self.form)?,
            template: self.template,
            runtime: self.runtime,
            updated_at: Timestamp::from_millis(self.updated_at),
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct RunRow {
    pub(super) id: String,
    template: String,
    title: String,
    parameters: String,
    steps: String,
    output: String,
    runtime: String,
    owner: String,
    state: String,
    error: Option<String>,
    result: String,
    user_id: String,
    requested_by: String,
    pub(super) created_at: i64,
    finished_at: Option<i64>,
    version: i64,
    template_version: Option<String>,
    undo_only: Option<i64>,
}

impl RunRow {
    pub(super) fn read(self) -> Result<Run> {
        let row = Reading { table: "runs", key: &self.id };
        Ok(Run {
            id: row.parse("id", &self.id)?,
            parameters: row.json("parameters", &self.parameters)?,
            steps: row.json("steps", &self.steps)?,
            output: row.json("output", &self.output)?,
            state: row.word("state", &self.state, RunState::parse)?,
            result: row.json("result", &self.result)?,
            user: row.parse("user_id", &self.user_id)?,
            template: self.template,
            title: self.title,
            runtime: self.runtime,
            owner: self.owner,
            error: self.error,
            requested_by: self.requested_by,
            created_at: Timestamp::from_millis(self.created_at),
            finished_at: cell::instant(self.finished_at),
            version: self.version,
            template_version: self.template_version,
            undo_only: self.undo_only,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct StepRow {
    run: String,
    position: i64,
    id: String,
    name: String,
    action: String,
    state: String,
    attempts: i64,
    output: String,
    undo: String,
    error: Option<String>,
    started_at: Option<i64>,
    finished_at: Option<i64>,
}

impl StepRow {
    pub(super) fn read(self) -> Result<RunStep> {
        let row = Reading { table: "run_steps", key: &self.run };
        Ok(RunStep {
            run: row.parse("run", &self.run)?,
            state: row.word("state", &self.state, StepState::parse)?,
            output: row.json("output", &self.output)?,
            undo: row.json("undo", &self.undo)?,
            position: self.position,
            id: self.id,
            name: self.name,
            action: self.action,
            attempts: self.attempts,
            error: self.error,
            started_at: cell::instant(self.started_at),
            finished_at: cell::instant(self.finished_at),
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct LogRow {
    seq: i64,
    at: i64,
    step: Option<String>,
    message: String,
    warning: i64,
}

impl LogRow {
    pub(super) fn read(self) -> LogLine {
        LogLine {
            seq: self.seq,
            at: Timestamp::from_millis(self.at),
            step: self.step,
            message: self.message,
            warning: self.warning != 0,
        }
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct FileRow {
    path: String,
    bytes: Vec<u8>,
    executable: i64,
    link: i64,
}

impl FileRow {
    pub(super) fn read(self) -> WorkspaceFile {
        WorkspaceFile { path: self.path, bytes: self.bytes, executable: self.executable != 0, link: self.link != 0 }
    }
}

/// An id that was read alone.
pub(super) fn id((text,): (String,)) -> Result<RunId> {
    Reading { table: "runs", key: &text }.parse("id", &text)
}
