//! How far a number can be trusted: what share of the events under it is complete (specification 6, rule 9).

use crate::real;
use serde::Serialize;

use crate::{Metric, Metrics};

/// How good the data under a number is: the worst of its checks decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Grade {
    /// At least 95 % of everything it needs is there.
    A,
    /// At least 80 %.
    B,
    /// At least half.
    C,
    /// Less.
    D,
    /// A source that it needs is not connected.
    #[serde(rename = "not measured")]
    NotMeasured,
}

/// One thing a number needs, and how much of it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// "deployments whose revision the history knows"
    pub what: &'static str,
    pub have: u64,
    pub of: u64,
}

/// The grade with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quality {
    pub grade: Grade,
    pub checks: Vec<Check>,
}

impl Check {
    fn grade(&self) -> Grade {
        if self.of == 0 {
            return Grade::A;
        }
        match real(self.have) / real(self.of) {
            share if share >= 0.95 => Grade::A,
            share if share >= 0.8 => Grade::B,
            share if share >= 0.5 => Grade::C,
            _ => Grade::D,
        }
    }
}

/// The grade of one metric.
#[must_use]
pub fn quality(metric: Metric, metrics: &Metrics) -> Quality {
    let c = &metrics.coverage;
    let check = |what, have, of| Check { what, have, of };
    let known = check("deployments whose revision the history knows", c.with_known_revision, c.deployments);
    let decided = c.linked_manual + c.linked_explicit + c.linked_inferred + c.external;
    let decided = || check("incidents with a decision", decided, c.incidents);
    let checks = match metric {
        Metric::DeploymentFrequency => vec![known],
        Metric::LeadTime => {
            let ordered = c.changes.saturating_sub(metrics.lead_time_s.invalid);
            vec![known, check("changes with clocks in order", ordered, c.changes)]
        }
        Metric::ChangeFailRate => vec![known, decided()],
        Metric::RecoveryTime => {
            let of = metrics.fdrt_s.n + metrics.fdrt_s.unknown;
            vec![decided(), check("failed deployments with a known end", metrics.fdrt_s.n, of)]
        }
        Metric::ReworkRate => {
            let mended = c.incidents.saturating_sub(c.without_remediation);
            vec![known, check("incidents that a deployment says it mends", mended, c.incidents)]
        }
    };
    let needs_incidents = matches!(metric, Metric::ChangeFailRate | Metric::RecoveryTime);
    let connected = c.deployments_connected && (c.incidents_connected || !needs_incidents);
    let worst = checks.iter().map(Check::grade).max().unwrap_or(Grade::A);
    Quality { grade: if connected { worst } else { Grade::NotMeasured }, checks }
}
