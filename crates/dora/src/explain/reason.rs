//! Why an event counts nowhere.

use serde::Serialize;

use crate::{Status, Tier};

/// Why an event is left out of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    OutsideWindow,
    NotProduction {
        tier: Tier,
    },
    NotFinished {
        status: Status,
    },
    FailedAttempt,
    NotExposed,
    Noop,
    Rollback,
    NotFailed,
    Acquitted,
    RecoveryUnknown,
    Baseline,
    NotDelivered,
    DuplicatePatch,
    InvalidClock,
    MergeCommit,
    /// Made by a program, and the question leaves these out.
    Bot,
    ExternalCause,
    NoDeploymentInReach,
    /// The link names no production deployment of these services.
    LinkedElsewhere,
    /// The source took the incident back.
    Retracted,
}

impl Reason {
    /// The reason as a sentence.
    #[must_use]
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::OutsideWindow => "It finished outside the window.",
            Self::NotProduction { .. } => "It did not go to production.",
            Self::NotFinished { .. } => "It neither succeeded nor failed: it is still going on, or was given up.",
            Self::FailedAttempt => "It failed, so it deployed nothing.",
            Self::NotExposed => "It failed before users saw anything of it.",
            Self::Noop => "It deployed what was live already: a restart or a re-run.",
            Self::Rollback => "It went back to an older version; that is counted as rework.",
            Self::NotFailed => "It did not fail.",
            Self::Acquitted => "A person decided that it did not fail.",
            Self::RecoveryUnknown => "It failed, but nothing says when that was over.",
            Self::Baseline => "It was live before the first deployment known of the service.",
            Self::NotDelivered => "No successful deployment has delivered it yet.",
            Self::DuplicatePatch => "The same patch was delivered before under another commit.",
            Self::InvalidClock => "It ends before it begins: a clock was wrong.",
            Self::Bot => "A program made it; the question leaves such changes out.",
            Self::MergeCommit => "It only merges changes that are counted themselves.",
            Self::ExternalCause => "Its cause lies outside of any deployment.",
            Self::NoDeploymentInReach => "No deployment happened within the attribution window before it.",
            Self::Retracted => "Its source took it back: it was no incident.",
            Self::LinkedElsewhere => "It is linked to nothing that was deployed to production here.",
        }
    }
}
