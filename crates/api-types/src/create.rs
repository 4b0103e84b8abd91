//! Golden paths: the wizard and the run.

use crate::catalog::Link;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use slipway_domain::{
    runtime::RuntimeKind,
    scaffold::{LogLine, RunState, StepState},
};
use slipway_forms::Page;

/// A template on the shelf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateCard {
    /// Unique name.
    pub reference: String,
    /// The wizard.
    pub href: String,
    /// Title.
    pub title: String,
    /// Description.
    pub description: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Owner.
    pub owner: Option<Link>,
    /// What is wrong with it, when something is.
    pub trouble: Option<TemplateTrouble>,
}

/// What is wrong with a template as it stands in its repository or folder now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateTrouble {
    /// File, line, field and why.
    pub why: String,
    /// Whether there is a last good version, which still works.
    pub has_good: bool,
    /// When it was read last.
    pub checked_at: Option<i64>,
    /// Its page in the catalogue.
    pub entity: String,
    /// Namespace, for reading it again.
    pub namespace: String,
    /// Name, for reading it again.
    pub name: String,
    /// Whether the viewer may have it read again.
    pub may_refresh: bool,
}

/// A form somebody has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftRow {
    /// Where it goes on.
    pub href: String,
    /// The template's title.
    pub template: String,
    /// What it will be called, if that is known.
    pub name: String,
    /// When it was last changed.
    pub updated_at: i64,
}

/// `/create`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatePage {
    /// The server's clock.
    pub now: i64,
    /// Golden paths.
    pub templates: Vec<TemplateCard>,
    /// The viewer's drafts.
    pub drafts: Vec<DraftRow>,
    /// Runs that wait for the viewer's word, oldest first, at most five.
    pub waiting: Vec<WaitingRun>,
    /// The latest ten runs.
    pub runs: Vec<RunRow>,
    /// Whether the viewer may create for any team.
    pub may_create: bool,
}

/// A runtime one can choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuntimeChoice {
    /// Configured name.
    pub name: String,
    /// Kind.
    pub kind: RuntimeKind,
    /// What one reads.
    pub title: String,
    /// When it is right, in a sentence.
    pub advice: String,
    /// What one should know before: limits, who can use it.
    pub caution: Option<String>,
    /// Whether Slipway suggests it.
    pub suggested: bool,
}

/// One place of the wizard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum WizardStep {
    /// A page of parameters, from 0.
    Parameters(usize),
    /// Where it runs.
    Runtime,
    /// What will happen.
    Review,
}

/// A step's name and what was chosen in it, for the list at the left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepSummary {
    /// Its title.
    pub title: String,
    /// What was chosen, in a few words; empty before.
    pub chosen: String,
    /// Whether everything in it is valid.
    pub done: bool,
    /// Where it is.
    pub href: String,
}

/// What a piece of a file is, for colouring it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    /// Nothing in particular.
    Plain,
    /// For people only.
    Comment,
    /// A text in quotes.
    Text,
    /// A number, yes or no.
    Number,
    /// A word of the language.
    Word,
    /// What a value is called, a tag, a heading.
    Name,
}

/// A piece of a file in one colour. Pieces one after the other are the file.
pub type Span = (Colour, String);

/// A rendered file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewFile {
    /// Path.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Content in colours, when it is text and at most 64 KiB.
    pub spans: Option<Vec<Span>>,
}

/// A step of a run that has not begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// What people read.
    pub name: String,
    /// What it will create, in words.
    pub makes: String,
    /// Whether its condition leaves it out.
    pub left_out: bool,
}

/// What a run with certain answers would make. Nothing is made by looking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Every file: path, size in bytes.
    pub files: Vec<(String, u64)>,
    /// The file that was asked for, or the first one worth reading.
    pub open: Option<PreviewFile>,
    /// What the run will do.
    pub steps: Vec<PlannedStep>,
    /// What will be made, counted, in words.
    pub will_make: Vec<String>,
    /// Why the template cannot be rendered with these answers, with file and line; the files before it are there.
    pub trouble: Option<String>,
}

/// A secret that a run needs. Asked for with the start, kept only in memory while the run is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretAsked {
    /// The parameter's name.
    pub name: String,
    /// What one reads.
    pub title: String,
    /// Help, maybe empty.
    pub help: String,
    /// Whether the run cannot do without.
    pub required: bool,
}

/// `/create/{namespace}/{name}`: the wizard at one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WizardPage {
    /// The server's clock.
    pub now: i64,
    /// The draft; empty before the first page was sent.
    pub draft: String,
    /// The template.
    pub template: TemplateCard,
    /// How many pages of parameters there are.
    pub pages: usize,
    /// Where we are.
    pub step: WizardStep,
    /// What the button says that leads on from here, or starts the run.
    pub onward: String,
    /// What the button says that leads back.
    pub back: String,
    /// Every step, in order.
    pub steps: Vec<StepSummary>,
    /// The page of parameters to show, when the step is one.
    #[serde(with = "crate::any")]
    pub page: Option<Page>,
    /// Values so far, defaults filled in.
    #[serde(with = "crate::any")]
    pub values: Map<String, Value>,
    /// The viewer's teams, for owner pickers: reference, title.
    pub owners: Vec<(String, String)>,
    /// Suggestions for other pickers, by the key of what they offer: reference, title.
    pub suggestions: Vec<(String, Vec<(String, String)>)>,
    /// Secrets to be given with the start, when the step is `Review`.
    pub secrets: Vec<SecretAsked>,
    /// Runtimes, when the step is `Runtime`.
    pub runtimes: Vec<RuntimeChoice>,
    /// The chosen runtime.
    pub runtime: Option<String>,
    /// Files, when the step is `Review`.
    pub files: Vec<PreviewFile>,
    /// What will be made, in words, when the step is `Review`: "1 repository", "3 environments".
    pub will_make: Vec<String>,
    /// What the run will do, when the step is `Review`.
    pub run_steps: Vec<PlannedStep>,
}

/// What came of sending a page of the wizard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WizardSent {
    /// Where to go.
    pub next: String,
}

/// A run in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRow {
    /// Identity.
    pub id: String,
    /// Its page.
    pub href: String,
    /// What is made.
    pub title: String,
    /// The template's name.
    pub template: String,
    /// Where it is.
    pub state: RunState,
    /// Who started it.
    pub requested_by: String,
    /// When.
    pub created_at: i64,
    /// When it ended.
    pub finished_at: Option<i64>,
}

/// A step of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
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
    /// When it was first begun.
    pub started_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// Why it failed, with the mend.
    pub error: Option<String>,
    /// Whether it left something that can be taken back.
    pub can_undo: bool,
}

/// What a run waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalView {
    /// Identity.
    pub id: String,
    /// "Waiting for approval by a team lead of payments".
    pub waits_for: String,
    /// What is asked, maybe empty.
    pub message: String,
    /// When it counts as refused.
    pub expires_at: Option<i64>,
    /// Whether the viewer may decide.
    pub may_decide: bool,
    /// Whether the viewer may take the question back: they started the run.
    pub may_withdraw: bool,
}

/// A run that waits for the viewer's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingRun {
    /// Its page.
    pub href: String,
    /// What is made.
    pub title: String,
    /// What is asked, maybe empty.
    pub message: String,
    /// Since when.
    pub asked_at: i64,
}

/// Something that a failed run made and that may still be there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftBehind {
    /// Position of the step that made it.
    pub position: i64,
    /// The step's name.
    pub step: String,
    /// What it is, in words.
    pub what: String,
    /// Why it could not be taken back, or why the step failed.
    pub error: Option<String>,
}

/// `/runs/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunPage {
    /// The server's clock.
    pub now: i64,
    /// What a list shows.
    pub row: RunRow,
    /// Why it failed.
    pub error: Option<String>,
    /// Its steps.
    pub steps: Vec<StepView>,
    /// What it left behind, when it failed: the latest first.
    pub left: Vec<LeftBehind>,
    /// The log, the last 2,000 lines.
    pub log: Vec<LogLine>,
    /// The template's output: links.
    pub links: Vec<Link>,
    /// The template's output: texts (title, content).
    pub texts: Vec<(String, String)>,
    /// The service it made, when there is one.
    pub service: Option<Link>,
    /// What it waits for, when it waits for a person.
    pub approval: Option<ApprovalView>,
    /// Whether the viewer may retry it now.
    pub may_retry: bool,
    /// Whether the viewer may undo it now.
    pub may_undo: bool,
}
