//! What others tell of deliveries: whether a request is theirs, and what it says in our words.
//!
//! Pure: no IO and no clock. A request is checked over its raw bytes first ([`verify`]) and read afterwards ([`read`]):
//! into deliveries, each with the key that makes hearing it twice the same as hearing it once, and what it told, each
//! under its natural key. An event that is authentic but says nothing to us reads as a delivery that told nothing: it is
//! stored and answered 2xx, because senders give up on endpoints that refuse (PagerDuty drops a delivery on any 4xx).
//!
//! What an event leaves out and has to be asked for (the commits of a pull request, the revision of a pipeline's run) is
//! said as [`Lookup`]. Which of our services a [`Subject`] is, is for the caller to decide.
//!
//! Where the formats come from is said in each source's module.
#![warn(clippy::expect_used, clippy::unwrap_used)]

mod alertmanager;
pub mod alerts;
mod argocd;
mod body;
mod cdevents;
pub mod delivery;
mod devlake;
mod error;
mod eventbridge;
mod fields;
mod generic;
mod github;
mod gitlab;
mod grafana;
mod opsgenie;
mod options;
mod pagerduty;
mod request;
mod secret;
mod signature;
mod source;
mod text;
pub mod time;

pub use delivery::{ChangeTold, Delivery, Fact, IncidentTold, Lookup, Push, PushedCommit, Subject, Told};
pub use devlake::close as devlake_close;
pub use error::{Invalid, Refused};
pub use gitlab::export::{ExportRelation, read as read_gitlab_export};
pub use options::{Auth, Options};
pub use request::Request;
pub use secret::Secret;
pub use signature::MOST_SKEW_S;
pub use source::{Source, read, verify};
