//! The runtime port: a place that runs workloads, spoken to in Slipway's words.
//!
//! Every method is idempotent: doing it twice is doing it once. SDK types stop at the adapter; SDK errors become
//! [`RuntimeError`], which answers the questions a reconciler has.

use slipway_domain::runtime::{Cause, Desired, Observed, RuntimeKind, Target};

/// One place that runs workloads: an account and region, or a cluster and namespace.
#[async_trait::async_trait]
pub trait Runtime: Send + Sync + std::fmt::Debug {
    /// What kind of place.
    fn kind(&self) -> RuntimeKind;

    /// Whether it can be reached with the credentials at hand; one cheap, read-only call.
    async fn check(&self) -> Result<(), RuntimeError>;

    /// Makes `desired` what the runtime wants, and says what it sees then. Does nothing when the resource already carries the same
    /// spec hash and deployment. `handle` is the roll-out id this deployment was given before, if any.
    ///
    /// Refuses a resource of that name which Slipway does not own ([`RuntimeError::NotOurs`]).
    async fn ensure(&self, desired: &Desired, handle: Option<&str>) -> Result<Observed, RuntimeError>;

    /// What runs there now. With `handle`, `rollout` speaks of that roll-out; without, of the latest. An absent resource is not an error.
    async fn observe(&self, target: &Target, handle: Option<&str>) -> Result<Observed, RuntimeError>;

    /// Returns to `previous` after a failed roll-out, when the runtime does not do that itself or did not finish.
    async fn roll_back(&self, previous: &Desired, handle: Option<&str>) -> Result<Observed, RuntimeError>;

    /// Asks for the resource and all that was made for it to go. `Ok(true)` when nothing is left; `Ok(false)`: ask again later.
    async fn remove(&self, target: &Target) -> Result<bool, RuntimeError>;
}

/// Why a runtime could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuntimeError {
    /// It could not be reached, or failed itself.
    #[error("{0}")]
    Unavailable(String),
    /// Too many calls; later is better.
    #[error("{0}")]
    Throttled(String),
    /// The resource is busy with an earlier operation; later is better.
    #[error("{0}")]
    Busy(String),
    /// The credentials do not allow it, or there are none.
    #[error("{0}")]
    Denied(String),
    /// A limit of the account or cluster.
    #[error("{0}")]
    Quota(String),
    /// The runtime refuses the request itself: a name, a CPU/memory pair…
    #[error("{0}")]
    Invalid(String),
    /// The resource exists and Slipway did not make it.
    #[error("{0}")]
    NotOurs(String),
}

impl RuntimeError {
    /// Whether the same call may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Throttled(_) | Self::Busy(_))
    }

    /// The cause to show, with its mend.
    pub fn cause(&self) -> Cause {
        let (code, mend) = match self {
            Self::Unavailable(_) => {
                ("unavailable", "Check that the runtime's endpoint can be reached; Slipway tries again by itself.")
            }
            Self::Throttled(_) => ("throttled", "Nothing to do: Slipway tries again more slowly."),
            Self::Busy(_) => ("busy", "Nothing to do: Slipway waits for the earlier operation to end."),
            Self::Denied(_) => {
                ("denied", "Check the credentials and the role's permissions for this runtime (`slipway doctor`).")
            }
            Self::Quota(_) => ("quota", "Raise the quota or remove what is not needed, then deploy again."),
            Self::Invalid(_) => ("invalid", "Change the workload as the message says, then deploy again."),
            Self::NotOurs(_) => {
                ("not-ours", "Rename the service, or remove the resource of that name if nobody needs it.")
            }
        };
        Cause { code: code.to_owned(), message: self.to_string(), mend: mend.to_owned() }
    }
}
