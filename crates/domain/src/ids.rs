//! Typed identifiers. All are UUIDv7 made in Rust (sortable by creation), stored and shown as text.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// A text that is not an identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {kind} id; an id looks like 0190b5c2-7c1e-7d3a-9f00-3c2a1b4d5e6f")]
pub struct InvalidId {
    /// What kind of id was wanted, in words.
    pub kind: &'static str,
    /// What was given.
    pub text: String,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID; ids are made by the `Ids` port, never here.
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            /// The UUID within.
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::try_parse(text)
                    .map(Self)
                    .map_err(|_| InvalidId { kind: $kind, text: text.to_owned() })
            }
        }
    };
}

id!(/** A person who can sign in. */ UserId, "user");
id!(/** A signed-in browser. */ SessionId, "session");
id!(/** A bearer token somebody made for a machine. */ TokenId, "token");
id!(/** A place the catalogue reads entities from. */ LocationId, "location");
id!(/** A component that can be deployed. */ ServiceId, "service");
id!(/** A Git repository that Slipway hosts or knows. */ RepositoryId, "repository");
id!(/** A built image. */ ArtifactId, "artifact");
id!(/** One run of a pipeline for one revision. */ BuildId, "build");
id!(/** Where one service runs in one environment. */ PlacementId, "placement");
id!(/** One artifact going to one environment. */ DeploymentId, "deployment");
id!(/** A form somebody has begun to fill in. */ DraftId, "draft");
id!(/** One execution of a template. */ RunId, "scaffold run");
id!(/** A step of a run that waits for a person. */ ApprovalId, "approval");
id!(/** Somebody who tells of deliveries. */ SourceId, "source");
id!(/** One request of a source. */ SourceDeliveryId, "delivery");
id!(/** A repository's way to another version of its template. */ UpgradeId, "upgrade");
id!(/** Many services brought to one version of their template. */ CampaignId, "campaign");
id!(/** A failure in production. */ IncidentId, "incident");
id!(/** An address that is told what Slipway does. */ SubscriptionId, "subscription");
id!(/** One event for one subscription. */ NoticeId, "notice");
id!(/** One line of the audit log. */ AuditId, "audit line");
id!(/** What somebody wrote on a chart. */ NoteId, "note");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_id_is_named_with_its_kind() {
        let error = "checkout".parse::<DeploymentId>().unwrap_err();
        assert!(error.to_string().starts_with("`checkout` is not a deployment id"));
    }
}
