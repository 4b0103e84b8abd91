//! Delivery metrics, ready to be shown. How they are computed: `slipway-dora`, definition `dora-idp/1`.

use serde::{Deserialize, Serialize};
use slipway_domain::note::NoteKind;

/// One of the five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Deployment frequency.
    DeploymentFrequency,
    /// Change lead time.
    LeadTime,
    /// Change fail rate.
    ChangeFailRate,
    /// Failed deployment recovery time.
    RecoveryTime,
    /// Deployment rework rate.
    ReworkRate,
}

/// A value with how sure it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DoraTile {
    /// Which.
    pub metric: Metric,
    /// Its name.
    pub title: String,
    /// The value in words (`2.5`, `18 h`, `4 %`), or `None` when there is none.
    pub value: Option<String>,
    /// What stands in the place of a value: "Too few", "No failures", "Not measured".
    pub instead: String,
    /// Unit beside the value (`per week`).
    pub unit: String,
    /// Sample size in words: "n = 41 changes".
    pub sample: String,
    /// Interval in words: "95 %: 2–9 %", or why there is none.
    pub interval: String,
    /// Against the benchmark, with its year: "2024: high". Empty when there is none.
    pub band: String,
    /// Why there is no value, or what to know of it.
    pub note: String,
    /// Trend or noise: what the last complete week says against the weeks before.
    pub trend: Trend,
    /// How complete the data under it is: "data A".
    pub quality: String,
    /// What each week of the panel is held against, in the unit of the week's chart; empty while there are too few weeks.
    pub limits: Vec<Option<[f64; 2]>>,
    /// Last weeks' values, oldest first; a gap where there was nothing to measure.
    pub spark: Vec<Option<f64>>,
}

/// What a chart's last point says. No direction without a signal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trend {
    /// "Within its usual limits".
    pub words: String,
    /// Whether it went up, when it is a signal.
    pub up: Option<bool>,
    /// Whether that is the better direction.
    pub better: bool,
}

/// What may be said of the difference between two periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// More than chance would make it, for the better.
    Better,
    /// More than chance would make it, for the worse.
    Worse,
    /// Chance alone may have made it.
    NotDistinguishable,
    /// Too few events.
    TooFew,
    /// A source is missing.
    NotMeasured,
}

/// One metric against the period before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Which.
    pub metric: Metric,
    /// Its name.
    pub title: String,
    /// Now, in words.
    pub now: String,
    /// In the period of equal length before, in words.
    pub before: String,
    /// Now minus before: "+1.2 per week". Empty where it cannot be said.
    pub difference: String,
    /// The 95 % interval of the difference. Empty where it cannot be said.
    pub interval: String,
    /// What may be said of it.
    pub verdict: Verdict,
    /// That as a sentence.
    pub sentence: String,
}

/// One ISO week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Week {
    /// Its Monday, `2026-11-16`.
    pub start: String,
    /// Whether it is over.
    pub complete: bool,
    /// Change deployments.
    pub deployments: u32,
    /// Median lead time, hours; none without changes.
    pub lead_hours: Option<f64>,
    /// Changes delivered.
    pub changes: u32,
    /// Failed deployments.
    pub failed: u32,
    /// Deployments that could fail.
    pub attempts: u32,
    /// Median recovery, hours.
    pub recovery_hours: Option<f64>,
    /// Unplanned deployments.
    pub rework: u32,
    /// Deployments that ran and were no restarts: what the unplanned ones are a part of.
    pub active: u32,
    /// Roll-outs that failed and were taken back before users saw them; in no metric.
    pub stopped: u32,
}

/// Five tiles and the weeks behind them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DoraPanel {
    /// First day, `2026-08-23`.
    pub from: String,
    /// Day after the last.
    pub to: String,
    /// Reporting zone.
    pub zone: String,
    /// Definition version.
    pub definition: String,
    /// Where the levels beside the values come from.
    pub benchmark: String,
    /// Empty when production was never deployed to.
    pub tiles: Vec<DoraTile>,
    /// Oldest first; the last one is running.
    pub weeks: Vec<Week>,
    /// The running day, which is in the weeks and never in the tiles; none when the days asked for ended before it.
    pub today: Option<Today>,
}

/// What reached production on the day that is not over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Today {
    /// Deployments that brought a change.
    pub deployments: u64,
    /// Deployments that could fail.
    pub attempts: u64,
    /// Those of them that failed.
    pub failed: u64,
    /// Changes that reached production.
    pub changes: u64,
    /// Deployments that were rollbacks or hotfixes.
    pub rework: u64,
    /// Roll-outs that failed and were taken back before users saw them; in no metric.
    pub stopped: u32,
}

/// One service within a roll-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceDora {
    /// Name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Owner's title.
    pub owner: String,
    /// Deployments per week, in words.
    pub frequency: String,
    /// Median lead time, in words.
    pub lead_time: String,
    /// Change fail rate with its fraction: "8 % (2 of 25)".
    pub fail_rate: String,
    /// Median recovery, in words.
    pub recovery: String,
    /// Rework rate with its fraction.
    pub rework: String,
}

/// The services beside a roll-up, a part of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Beside {
    /// This part of those with production deployments, by name (no ranking).
    pub services: Vec<ServiceDora>,
    /// How many have what was looked for in their names.
    pub found: usize,
    /// How many there are.
    pub of: usize,
    /// The last of this part, where more follow; else empty.
    pub next: String,
    /// Some of the services without production deployments.
    pub without_data: Vec<String>,
    /// How many more of those there are.
    pub more_without: usize,
}

/// What the page looks at, as it stands in the URL. Empty text means what nobody asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InsightsQuery {
    /// Team's entity reference; empty: the organisation.
    pub owner: String,
    /// A service's name; with it `owner` says nothing.
    pub service: String,
    /// `30`, `90` (default) or `365` days up to yesterday.
    pub days: String,
    /// First day, `2026-08-23`, instead of `days`.
    pub from: String,
    /// The day after the last.
    pub to: String,
    /// IANA name of the reporting zone, instead of the organisation's.
    pub zone: String,
    /// `previous`: beside the period of equal length before.
    pub compare: String,
    /// The metric that is taken apart: `lead-time`.
    pub explain: String,
    /// How many events of its list come before the part that is shown.
    pub after: String,
    /// Only services beside the roll-up with this in their names.
    pub q: String,
    /// The service after which the part of them begins that is shown.
    pub beyond: String,
}

/// Whose numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeView {
    /// "The organisation", a team's title or a service's name.
    pub title: String,
    /// Its own page; empty for the organisation.
    pub href: String,
    /// Whether several services are in it.
    pub roll_up: bool,
}

/// A name and a value in words.
pub type Line = (String, String);

/// One number taken apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Apart {
    /// Which.
    pub metric: Metric,
    /// Its name.
    pub title: String,
    /// The rule in words.
    pub formula: String,
    /// Value, interval, numerator and denominator, window, definition.
    pub facts: Vec<Line>,
    /// Why the value must not be shown large; empty when it may.
    pub too_few: String,
    /// "A" to "D", or "not measured".
    pub grade: String,
    /// What the grade rests on: "54 of 56".
    pub checks: Vec<Line>,
    /// What is known of the events.
    pub coverage: Vec<Line>,
    /// What may make this number look better than it is.
    pub hints: Vec<String>,
    /// Events counted.
    pub counted: usize,
    /// Events left out, by reason, most first.
    pub left_out: Vec<(String, usize)>,
    /// A part of the events: those above the line first, then the others counted, then those left out; each newest first.
    pub events: Vec<ApartEvent>,
    /// How many come before this part.
    pub after: usize,
    /// How many there are.
    pub total: usize,
    /// The same events by others' definitions, ours first.
    pub definitions: Vec<OtherDefinition>,
    /// Why no event is listed and no other definition asked; empty where they are.
    pub not_listed: String,
}

/// How an event stands to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counting {
    /// Above the line, and below it.
    Above,
    /// Counted.
    In,
    /// Left out.
    Out,
}

/// An event in, or out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApartEvent {
    /// "checkout-api v41", or the source's id.
    pub title: String,
    /// The deployment's page; empty where there is none.
    pub href: String,
    /// For a change the deployment that delivered it: title and page.
    pub deployment: Option<crate::catalog::Link>,
    /// The service, in a roll-up.
    pub service: String,
    /// When, in the reporting zone; empty where that is not known.
    pub at: String,
    /// How it counts.
    pub counting: Counting,
    /// What it adds: a duration in words. Empty for counts.
    pub value: String,
    /// Why it counts so.
    pub because: String,
}

/// The same events by one definition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherDefinition {
    /// Whose.
    pub name: String,
    /// Its five answers in its own statistic: deployments and frequency, lead time, fail rate, recovery, rework.
    pub answers: [String; 5],
    /// Why this number differs from ours, or might.
    pub differences: Vec<String>,
}

/// A table of plain text: shown on the page and downloaded under its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// In addresses: `calendar`.
    pub name: String,
    /// What it shows.
    pub caption: String,
    /// Names of the columns, with units.
    pub heads: Vec<String>,
    /// As many cells each as there are heads. Numbers are plain: `1.5`.
    pub rows: Vec<Vec<String>>,
}

/// A rectangle of a drawing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Left, top, width and height in the drawing's units.
    pub at: [u32; 4],
    /// Its class: `heat-3`.
    pub ink: String,
    /// What it says when one points at it; empty for what only marks another.
    pub words: String,
}

/// A word in a drawing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// From the left and from the top, per cent.
    pub at: [f64; 2],
    /// Whether it stands left of the drawing's edge, as the names of rows do.
    pub before: bool,
    /// The word.
    pub text: String,
}

/// A chart that was drawn where its numbers are, in units that are stretched to the room there is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Drawing {
    /// The question it answers.
    pub question: String,
    /// The answer in words.
    pub summary: String,
    /// Width and height in units.
    pub size: [u32; 2],
    /// Height on the page, and the most it is wide, pixels.
    pub pixels: [u32; 2],
    /// Class and meaning of what is drawn.
    pub legend: Vec<Line>,
    /// Rectangles.
    pub areas: Vec<Area>,
    /// Points, as an SVG path of moves to them.
    pub points: String,
    /// Heights of thin lines, in units.
    pub grid: Vec<u32>,
    /// Words beside and under it.
    pub words: Vec<Word>,
    /// The same as a table.
    pub sheet: Sheet,
}

/// How the samples of lead time are distributed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// "under 1 h", "1–4 h"…
    pub labels: Vec<String>,
    /// Changes of each.
    pub counts: Vec<u32>,
}

/// A note on the charts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteView {
    /// Identity.
    pub id: String,
    /// The day it is about, `2026-11-20`.
    pub day: String,
    /// What it is about.
    pub kind: NoteKind,
    /// In a person's words.
    pub text: String,
    /// Who wrote it.
    pub author: String,
    /// Whose charts it stands on, in words.
    pub scope: String,
    /// Whether the reader may delete it.
    pub may_delete: bool,
}

/// `/insights`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InsightsPage {
    /// The server's clock.
    pub now: i64,
    /// Whose numbers these are.
    pub scope: ScopeView,
    /// The roll-up: counts summed, medians over pooled samples.
    pub panel: DoraPanel,
    /// The five against the period before; empty unless asked for.
    pub comparison: Vec<Comparison>,
    /// The days compared with, in words.
    pub before: String,
    /// The metric taken apart that was asked for.
    pub apart: Option<Apart>,
    /// What may make a number look better than it is.
    pub hints: Vec<String>,
    /// The spread beside it.
    pub beside: Beside,
    /// Quartiles of the services beside a roll-up; no rows for a single one.
    pub spread: Sheet,
    /// Calendar, hours of the week, stages of lead time, size against lead time.
    pub drawings: Vec<Drawing>,
    /// How lead times are distributed.
    pub distribution: Distribution,
    /// Notes on the days of the charts.
    pub notes: Vec<NoteView>,
    /// Whether the reader may add one here.
    pub may_note: bool,
    /// Teams: entity reference and title.
    pub owners: Vec<(String, String)>,
    /// Whether demo data is in it.
    pub demo: bool,
}
