//! Delivery metrics, ready to be shown. How they are computed: `slipway-dora`, definition `dora-idp/1`.

use serde::{Deserialize, Serialize};

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
    /// The value in words (`2.5`, `18 h`, `4 %`), or `None` when there is not enough data.
    pub value: Option<String>,
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
    /// Last weeks' values, oldest first; a gap where there was nothing to measure.
    pub spark: Vec<Option<f64>>,
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
    /// Empty when production was never deployed to.
    pub tiles: Vec<DoraTile>,
    /// Oldest first; the last one is running.
    pub weeks: Vec<Week>,
    /// The running day, which is in the weeks and never in the tiles.
    pub today: Today,
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

/// What the page looks at, as it stands in the URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InsightsQuery {
    /// Team's entity reference; empty: the organisation.
    pub owner: String,
    /// `30`, `90` (default) or `365` days.
    pub days: String,
}

/// `/insights`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InsightsPage {
    /// The server's clock.
    pub now: i64,
    /// Whose: "The organisation" or a team's title.
    pub scope: String,
    /// The roll-up: counts summed, medians over pooled samples.
    pub panel: DoraPanel,
    /// The spread beside it: every service with production deployments, by name (no ranking).
    pub services: Vec<ServiceDora>,
    /// Services that have none.
    pub without_data: Vec<String>,
    /// Teams: entity reference and title.
    pub owners: Vec<(String, String)>,
    /// Whether demo data is in it.
    pub demo: bool,
}
