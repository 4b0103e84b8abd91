//! DORA's published benchmarks, as data with year and source.
//!
//! They describe clusters of survey answers, not thresholds: there are gaps and overlaps, and the clusters were fitted
//! on all metrics jointly. So there is a level for each metric and year, and never one for all metrics together; 2025
//! has no levels at all, only how the answers were distributed.

mod distribution;
mod levels;

use serde::{Deserialize, Serialize};

use crate::Bucket;

pub use distribution::{DISTRIBUTION_SOURCE, Standing, Step, distribution, standing};
pub use levels::{LevelRange, Row, YEARS, Year, level, level_of_interval, year};

/// A cluster of the survey, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Elite,
    High,
    Medium,
    Low,
}

/// A value to compare with the survey.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    DeploymentFrequency(Bucket),
    /// Median, in seconds.
    LeadTime(f64),
    /// Fraction, 0 to 1.
    ChangeFailRate(f64),
    /// Median, in seconds.
    Recovery(f64),
}

pub(crate) const HOUR: f64 = 3600.0;
pub(crate) const DAY: f64 = 24.0 * HOUR;
pub(crate) const WEEK: f64 = 7.0 * DAY;
pub(crate) const MONTH: f64 = 30.4375 * DAY;
