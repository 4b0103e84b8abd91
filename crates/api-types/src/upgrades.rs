//! `/upgrades`: which service is on which version of its template, and the way to the next.

use crate::{catalog::Link, error::FieldError};
use serde::{Deserialize, Serialize};
use slipway_domain::upgrade::{CampaignState, MemberState, UpgradeConflict, UpgradeState};
use slipway_forms::Field;

/// What the fleet is narrowed to; `""` means any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetQuery {
    /// A template's reference.
    #[serde(default)]
    pub template: String,
    /// Owner's entity reference.
    #[serde(default)]
    pub owner: String,
    /// `current`, `behind`, `open` or `apart`.
    #[serde(default)]
    pub state: String,
    /// Where this part begins.
    #[serde(default)]
    pub cursor: String,
}

/// How a service stands to its template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StandingView {
    /// On the latest version.
    Current,
    /// That many versions behind; `None`: its version was never seen here.
    Behind(Option<i64>),
    /// Its template is not known here, or it says none.
    Apart,
}

/// A service's place on its golden path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The template, by its name; `None`: the repository says none.
    pub template: Option<Link>,
    /// The version, short; empty when there is none.
    pub version: String,
    /// Whether it is the latest.
    pub standing: StandingView,
    /// Where to go: the open upgrade, or what one would do. `None`: nothing to do.
    pub next: Option<Link>,
    /// How many conflicts the open upgrade began with.
    pub conflicts: i64,
}

/// A service in the fleet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetItem {
    /// The service.
    pub service: Link,
    /// Its team.
    pub owner: Link,
    /// Where it is.
    pub standing: Standing,
}

/// A template and how many services follow it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateFleet {
    /// Reference.
    pub template: String,
    /// The template, by its name.
    pub link: Link,
    /// The latest version, short.
    pub latest: String,
    /// Since when that is the latest.
    pub since: i64,
    /// Services on the latest version.
    pub current: i64,
    /// Services on any.
    pub services: i64,
}

/// `/upgrades`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetPage {
    /// The server's clock.
    pub now: i64,
    /// Templates that services follow, by name.
    pub templates: Vec<TemplateFleet>,
    /// This part, by name.
    pub items: Vec<FleetItem>,
    /// Where the next part begins.
    pub next: Option<String>,
    /// Teams: reference and title.
    pub owners: Vec<(String, String)>,
    /// The latest campaigns, newest first.
    pub campaigns: Vec<CampaignRow>,
    /// Whether the reader may begin one for some team.
    pub may_start: bool,
}

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileChange {
    /// It is new.
    Added,
    /// It goes.
    Deleted,
    /// It is another.
    Changed,
}

/// What a line of a difference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineKind {
    /// On both sides.
    #[serde(rename = " ")]
    Same,
    /// New.
    #[serde(rename = "+")]
    Added,
    /// Gone.
    #[serde(rename = "-")]
    Removed,
    /// A conflict's marker, or between two.
    #[serde(rename = "!")]
    Conflict,
    /// Lines are left out here.
    #[serde(rename = "~")]
    Gap,
}

/// A line of a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    /// What it is.
    pub kind: LineKind,
    /// The line.
    pub text: String,
}

/// What differs in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDiff {
    /// Path.
    pub path: String,
    /// What happened to it.
    pub change: FileChange,
    /// Lines that came.
    pub added: u32,
    /// Lines that went.
    pub removed: u32,
    /// The lines, with some around each change.
    pub lines: Vec<DiffLine>,
    /// What the lines do not say.
    pub note: Option<String>,
    /// Whether conflict markers stand in it.
    pub conflict: bool,
}

/// `/services/{name}/upgrade`: what an upgrade would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpgradePlanPage {
    /// The server's clock.
    pub now: i64,
    /// The service.
    pub service: Link,
    /// The template, by its name.
    pub template: Link,
    /// The version it is on, short.
    pub from: String,
    /// The version it would go to, short.
    pub to: String,
    /// What would change.
    pub files: Vec<FileDiff>,
    /// Where both changed the same.
    pub conflicts: Vec<UpgradeConflict>,
    /// What the new version asks, and why.
    #[serde(with = "crate::any")]
    pub asks: Vec<(Field, FieldError)>,
    /// Whether there is nothing to do.
    pub nothing: bool,
    /// The upgrade that is open.
    pub open: Option<Link>,
    /// Whether the reader may open one.
    pub may_open: bool,
}

/// `/upgrades/{id}`: one upgrade to be reviewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpgradePage {
    /// The server's clock.
    pub now: i64,
    /// Identity.
    pub id: String,
    /// The service.
    pub service: Link,
    /// The template, by its name.
    pub template: Link,
    /// The version it comes from, short; empty for an adoption.
    pub from: String,
    /// The version it goes to, short.
    pub to: String,
    /// Where it is.
    pub state: UpgradeState,
    /// Who opened it.
    pub opened_by: String,
    /// When.
    pub opened_at: i64,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// The default branch's head that has it, short.
    pub merged_as: Option<String>,
    /// The branch.
    pub branch: String,
    /// How to get the branch.
    pub checkout: String,
    /// The branch it goes into.
    pub into: String,
    /// What it changes; empty once it has ended.
    pub files: Vec<FileDiff>,
    /// Where both changed the same when it was opened.
    pub conflicts: Vec<UpgradeConflict>,
    /// Where a person still has to decide.
    pub undecided: Vec<String>,
    /// Of an adoption: how far the repository is from what it is said to be.
    pub likeness: Option<Likeness>,
    /// Why the branch cannot be shown.
    pub trouble: Option<String>,
    /// Whether the reader may merge and close it.
    pub may_act: bool,
}

/// How far a repository is from what its golden path writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likeness {
    /// Files that are as they were written.
    pub same: usize,
    /// Files that are others.
    pub differing: Vec<String>,
    /// Files that are not there.
    pub missing: Vec<String>,
    /// Files that the golden path knows nothing of.
    pub own: usize,
}

/// `/services/{name}/adopt`: which golden path a repository is on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdoptPage {
    /// The server's clock.
    pub now: i64,
    /// The service.
    pub service: Link,
    /// Golden paths: reference and name, by name.
    pub templates: Vec<(String, String)>,
    /// The one that is chosen; empty before.
    pub template: String,
    /// Its versions, latest first: hash, and short.
    pub versions: Vec<(String, String)>,
    /// Its inputs, and what stands in them at first.
    #[serde(with = "crate::any")]
    pub fields: Vec<(Field, String)>,
    /// Whether the reader may say so.
    pub may_adopt: bool,
}

/// An upgrade was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpgradeOpened {
    /// Where to go on.
    pub next: String,
}

/// What a new campaign is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCampaign {
    /// The template's reference.
    #[serde(default)]
    pub template: String,
    /// Only services of this team; `""`: of every team that the reader leads.
    #[serde(default)]
    pub owner: String,
    /// Sizes in order: `1, 25%, rest`.
    #[serde(default)]
    pub waves: String,
    /// Whether what has no conflict is merged by itself: `yes`.
    #[serde(default)]
    pub merges: Option<String>,
}

/// `/upgrades/waves`: a campaign that is about to begin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CampaignForm {
    /// The server's clock.
    pub now: i64,
    /// The template.
    pub template: Link,
    /// The version that it goes to, shortened.
    pub version: String,
    /// How many services it is over.
    pub services: usize,
    /// What the new version asks and lock files do not answer, and why.
    #[serde(with = "crate::any")]
    pub asks: Vec<(Field, FieldError)>,
    /// What was ordered.
    pub order: NewCampaign,
}

/// A campaign in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignRow {
    /// Its page; the title says template and version.
    pub link: Link,
    /// Where it is.
    pub state: CampaignState,
    /// Services that are through.
    pub through: usize,
    /// All its services.
    pub services: usize,
    /// Who began it.
    pub started_by: String,
    /// When.
    pub created_at: i64,
}

/// A service of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// The service.
    pub service: Link,
    /// How far it is.
    pub state: MemberState,
    /// Its upgrade's page.
    pub upgrade: Option<String>,
    /// Why it failed, or why nothing was to be done.
    pub reason: Option<String>,
}

/// `/upgrades/campaigns/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignPage {
    /// The server's clock.
    pub now: i64,
    /// Identity.
    pub id: String,
    /// As in the list.
    pub row: CampaignRow,
    /// The template, by its name.
    pub template: Link,
    /// The version they go to, short.
    pub to: String,
    /// Why it stopped.
    pub reason: Option<String>,
    /// Whether what has no conflict is merged by itself.
    pub merges: bool,
    /// When it was done.
    pub finished_at: Option<i64>,
    /// The services, wave by wave.
    pub waves: Vec<Vec<MemberView>>,
    /// The wave that is under way, from 0.
    pub wave: Option<u32>,
    /// Whether the reader may stop and resume it.
    pub may_act: bool,
}
