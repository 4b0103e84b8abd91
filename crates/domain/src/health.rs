//! Health is evidence: a state, what it rests on, and how old that is.

use crate::time::{SECOND, Timestamp};
use serde::{Deserialize, Serialize};

/// After this long without a new look, a state is unknown, milliseconds.
pub const STALE_AFTER: i64 = 60 * SECOND;

/// How something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HealthState {
    /// Runs as wanted and answers.
    Healthy,
    /// Nobody has looked, or not lately.
    #[default]
    Unknown,
    /// Runs, but not as wanted.
    Degraded,
    /// Does not serve.
    Failing,
}

impl HealthState {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Failing => "failing",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the stored form; anything else is unknown.
    pub fn parse(text: &str) -> Self {
        match text {
            "healthy" => Self::Healthy,
            "degraded" => Self::Degraded,
            "failing" => Self::Failing,
            _ => Self::Unknown,
        }
    }
}

/// One thing a state rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Who said it: `ECS DescribeServices`, `HTTP GET /healthz`…
    pub source: String,
    /// What was said.
    pub message: String,
    /// What that alone would mean.
    pub state: HealthState,
    /// When it was seen.
    pub at: Timestamp,
}

/// A state with what it rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// The state when it was seen. Use [`Health::at`] for what may be shown now.
    pub state: HealthState,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// When it was last seen; `None` when never.
    pub seen_at: Option<Timestamp>,
}

impl Health {
    /// Judges evidence: the worst of it counts; none at all is unknown.
    pub fn from_evidence(evidence: Vec<Evidence>) -> Self {
        let state = evidence.iter().map(|e| e.state).max().unwrap_or_default();
        let seen_at = evidence.iter().map(|e| e.at).min();
        Self { state, evidence, seen_at }
    }

    /// What may be shown at `now`: stale is unknown, and unknown is not green.
    pub fn at(&self, now: Timestamp) -> HealthState {
        match self.seen_at {
            Some(seen) if now.since(seen) <= STALE_AFTER => self.state,
            _ => HealthState::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(state: HealthState, at: i64) -> Evidence {
        Evidence { source: "test".into(), message: String::new(), state, at: Timestamp::from_millis(at) }
    }

    #[test]
    fn the_worst_counts_and_the_oldest_dates_it() {
        let health = Health::from_evidence(vec![evidence(HealthState::Healthy, 5), evidence(HealthState::Failing, 9)]);
        assert_eq!(health.state, HealthState::Failing);
        assert_eq!(health.seen_at, Some(Timestamp::from_millis(5)));
    }

    #[test]
    fn stale_is_unknown_and_so_is_nothing() {
        let health = Health::from_evidence(vec![evidence(HealthState::Healthy, 0)]);
        assert_eq!(health.at(Timestamp::from_millis(STALE_AFTER)), HealthState::Healthy);
        assert_eq!(health.at(Timestamp::from_millis(STALE_AFTER + 1)), HealthState::Unknown);
        assert_eq!(Health::from_evidence(vec![]).at(Timestamp::from_millis(0)), HealthState::Unknown);
    }
}
