//! `/incidents`: what failed in production, and which deployment is to blame.

use crate::catalog::Link;
use serde::{Deserialize, Serialize};

/// How an incident came to its deployments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkedBy {
    /// A person decided.
    Person,
    /// Its source names the deployment, the commit or the artifact.
    Source,
    /// The last deployment within the attribution window.
    Window,
    /// To none.
    Nothing,
}

/// An incident in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentRow {
    /// Identity.
    pub id: String,
    /// What it is.
    pub title: String,
    /// The service that suffers.
    pub service: Link,
    /// Who told of it, in words: "PagerDuty", "a person".
    pub source: String,
    /// When somebody or something noticed.
    pub detected_at: i64,
    /// When it was over.
    pub resolved_at: Option<i64>,
    /// Deployments that are blamed: what is read, and their pages (no page for those that ran elsewhere).
    pub blamed: Vec<Link>,
    /// How it came to these.
    pub linked_by: LinkedBy,
    /// Why, in a sentence.
    pub why: String,
    /// Deployments it may be linked to: id in the log, what is read; newest first.
    pub candidates: Vec<(String, String)>,
    /// Whether the reader may decide about it.
    pub may_decide: bool,
}

/// `/incidents`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentsPage {
    /// The server's clock.
    pub now: i64,
    /// This part, newest first.
    pub items: Vec<IncidentRow>,
    /// Where the next part begins.
    pub next: Option<String>,
    /// Whether the reader may open one for some service.
    pub may_open: bool,
}

/// What a lead said of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictView {
    /// Whether it failed.
    pub failed: bool,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: i64,
}
