//! Scaffold runs: one execution of a template, its steps, and how each is undone.

use crate::{
    access::{Permission, Role},
    ids::{ApprovalId, DraftId, RunId, UserId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// Accepted; waits for a worker.
    Queued,
    /// Its steps are being done.
    Running,
    /// All steps are done.
    Succeeded,
    /// A step failed: retry from there, or undo.
    Failed,
    /// What it did is being taken back.
    Undoing,
    /// Nothing of it is left.
    Undone,
}

impl RunState {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Queued, Self::Running, Self::Succeeded, Self::Failed, Self::Undoing, Self::Undone]
            .into_iter()
            .find(|s| s.as_str() == text)
    }

    /// Whether a worker has something to do.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Queued | Self::Running | Self::Undoing)
    }
}

/// Where a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// Not yet begun.
    Waiting,
    /// Begun; after a crash it is done again, which is harmless.
    Running,
    /// Done; its output stands.
    Succeeded,
    /// Its `if` said no.
    Skipped,
    /// Failed; see `error`.
    Failed,
    /// Taken back.
    Undone,
}

impl StepState {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::Undone => "undone",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Running, Self::Succeeded, Self::Skipped, Self::Failed, Self::Undone]
            .into_iter()
            .find(|s| s.as_str() == text)
    }
}

/// A form somebody has begun to fill in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Identity; stands in the wizard's URL.
    pub id: DraftId,
    /// Whose it is.
    pub user: UserId,
    /// The template's entity reference.
    pub template: String,
    /// The values so far, as typed.
    pub values: Value,
    /// The chosen runtime's name, once chosen.
    pub runtime: Option<String>,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// One execution of a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Identity.
    pub id: RunId,
    /// The template's entity reference.
    pub template: String,
    /// Hash of the template's files as they were when the run began: what its steps fetch. `None` for runs that are older than that.
    pub template_version: Option<String>,
    /// What a list shows: the name of what is made.
    pub title: String,
    /// The validated parameters.
    pub parameters: Value,
    /// The template's steps as they were when the run began (JSON array), so that editing the template changes no run.
    pub steps: Value,
    /// The template's output section as it was.
    pub output: Value,
    /// The chosen runtime's name.
    pub runtime: String,
    /// The team that will own what is made.
    pub owner: String,
    /// Where it is.
    pub state: RunState,
    /// While it is being undone, the position of the step that alone is taken back; `None`: all.
    pub undo_only: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
    /// The rendered output: links and texts.
    pub result: Value,
    /// Who started it.
    pub user: UserId,
    /// The person's name.
    pub requested_by: String,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it ended, either way.
    pub finished_at: Option<Timestamp>,
    /// Counts up with each change.
    pub version: i64,
}

/// One step of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunStep {
    /// The run.
    pub run: RunId,
    /// Its place, from 0.
    pub position: i64,
    /// The template's id for it.
    pub id: String,
    /// What people read.
    pub name: String,
    /// The action.
    pub action: String,
    /// Where it is.
    pub state: StepState,
    /// How often it was begun.
    pub attempts: i64,
    /// What later steps may use.
    pub output: Value,
    /// How to take it back (JSON the action understands); written before the action changes anything. Null: nothing to take back.
    pub undo: Value,
    /// Why it failed, with the mend.
    pub error: Option<String>,
    /// When it was first begun.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// A step of a run that waits for a person's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Identity.
    pub id: ApprovalId,
    /// The run.
    pub run: RunId,
    /// What the run makes.
    pub title: String,
    /// Who started it.
    pub user: UserId,
    /// The template's id of the step.
    pub step: String,
    /// What is asked, maybe empty.
    pub message: String,
    /// The least role that may decide: developer, team lead or administrator.
    pub role: Role,
    /// The team in which; `None`: the whole organisation.
    pub team: Option<String>,
    /// Whether whoever started the run may not decide.
    pub other_person: bool,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When it counts as refused; `None`: never.
    pub expires_at: Option<Timestamp>,
    /// What was decided; `None`: nothing yet.
    pub approved: Option<bool>,
    /// Who decided, by login; `None` as well when the time was over.
    pub decided_by: Option<String>,
    /// Why, maybe empty.
    pub reason: String,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

impl Approval {
    /// What deciding needs.
    pub const fn permission(&self) -> Permission {
        match self.role {
            Role::Viewer | Role::Developer => Permission::Create,
            Role::TeamLead => Permission::Manage,
            Role::Administrator => Permission::Administer,
        }
    }

    /// Whether it still waits for a word.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.approved.is_none() && self.expires_at.is_none_or(|at| now < at)
    }
}

/// One line of a run's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Counts up from 1 within the run.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// The step's id, or `None` for the run itself.
    pub step: Option<String>,
    /// What.
    pub message: String,
    /// Whether it is bad news.
    pub warning: bool,
}
