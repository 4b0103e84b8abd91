//! The command palette.

use serde::{Deserialize, Serialize};

/// Something to go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchHit {
    /// What is read.
    pub title: String,
    /// What it is, in a few words.
    pub subtitle: String,
    /// Where it leads.
    pub href: String,
    /// `Service`, `Template`, `Team`, `Entity`, `Action`.
    pub group: String,
}
