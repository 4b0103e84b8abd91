//! `/settings/sources`: who tells of deliveries.

use serde::{Deserialize, Serialize};

/// A source in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRow {
    /// Identity.
    pub id: String,
    /// Its page.
    pub href: String,
    /// What people call it.
    pub name: String,
    /// Who sends, in words: "GitHub".
    pub kind: String,
    /// What it tells of, in words: "checkout", "Whatever its events name".
    pub about: String,
    /// Deliveries kept so far.
    pub heard: i64,
    /// When the latest came.
    pub heard_at: Option<i64>,
    /// Requests that were not believed.
    pub refused: i64,
    /// Whether it was taken back.
    pub revoked: bool,
}

/// `/settings/sources`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcesPage {
    /// The server's clock.
    pub now: i64,
    /// Those the reader may manage, by name.
    pub sources: Vec<SourceRow>,
    /// Kinds: name and title.
    pub kinds: Vec<(String, String)>,
    /// Who is told what Slipway does, by name; for administrators.
    pub subscriptions: Vec<SubscriptionRow>,
    /// Whether the reader may make one for everything, and subscriptions.
    pub may_make_any: bool,
    /// Whether the reader may make one for a service of a team.
    pub may_make: bool,
}

/// An address that is told what Slipway does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionRow {
    /// Identity.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Where notices are sent.
    pub url: String,
    /// Notices that were taken.
    pub sent: i64,
    /// When the latest was.
    pub sent_at: Option<i64>,
    /// Notices that were given up after a day.
    pub given_up: i64,
    /// When the latest try failed, and why.
    pub last_failure: Option<(i64, String)>,
    /// Whether it was taken back.
    pub revoked: bool,
}

/// What a form says of a new source. Empty text means "not said".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewSource {
    /// What people call it.
    pub name: String,
    /// Who sends: `github`.
    pub kind: String,
    /// The service that all of it is about.
    pub service: String,
    /// `env:NAME` or `file:NAME` when the sender makes the secret.
    pub secret: String,
    /// Environments that are production, separated by commas.
    pub production: String,
    /// `their name = our service`, one a line.
    pub names: String,
    /// Labels that make an issue an incident, separated by commas.
    pub incident_labels: String,
    /// Workflows whose runs deploy, separated by commas.
    pub deploy_workflows: String,
    /// Whether a published release is a deployment: `yes`.
    pub releases_deploy: String,
    /// AWS accounts to believe, separated by commas.
    pub accounts: String,
}

/// A source whose secret is new: the only time it is seen. Debug does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceSecret {
    /// What people call it.
    pub name: String,
    /// Its page.
    pub href: String,
    /// What to set at the sender's: name and value, in order. The secret is among them.
    pub lines: Vec<(String, String)>,
}

impl std::fmt::Debug for SourceSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SourceSecret").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What became of a delivery, to be shown by colour and word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// It is kept, and still to be told.
    Stored,
    /// It is in the event log.
    Taken,
    /// None of our services, as far as is known.
    Unmatched,
    /// It says nothing that metrics need.
    Ignored,
    /// It cannot be read.
    Refused,
}

/// A delivery in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRow {
    /// Identity.
    pub id: String,
    /// The sender's key.
    pub key: String,
    /// When it came.
    pub received_at: i64,
    /// The sender's name for what it is.
    pub event: String,
    /// What became of it.
    pub state: DeliveryState,
    /// Why, or what is missing.
    pub note: Option<String>,
    /// Events it added to the log.
    pub events: i64,
}

/// `/settings/sources/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcePage {
    /// The server's clock.
    pub now: i64,
    /// What a list shows.
    pub row: SourceRow,
    /// Where to send: the whole URL.
    pub url: String,
    /// What proves a request, in words: "Signed: X-Hub-Signature-256".
    pub proof: String,
    /// Where the secret is, when the sender made it.
    pub secret: Option<String>,
    /// Who made it, when.
    pub created_by: String,
    /// When.
    pub created_at: i64,
    /// Until when the secret before the present one is accepted.
    pub former_until: Option<i64>,
    /// What is set up beyond the kind: name and value, in words.
    pub setup: Vec<(String, String)>,
    /// When the latest refused request came, and why it was refused.
    pub last_refused: Option<(i64, String)>,
    /// This part of what it sent, newest first.
    pub deliveries: Vec<DeliveryRow>,
    /// Where the next part begins.
    pub next: Option<String>,
    /// Whether a test event can be made for this kind.
    pub can_test: bool,
}
