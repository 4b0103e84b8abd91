//! `/settings`.

use serde::{Deserialize, Serialize};

/// A token in a list; never its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    /// Identity.
    pub id: String,
    /// What its maker calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// When it was last used.
    pub last_used_at: Option<i64>,
    /// Whether it was taken back.
    pub revoked: bool,
}

/// `/settings/tokens`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokensPage {
    /// The server's clock.
    pub now: i64,
    /// The viewer's tokens, newest first.
    pub tokens: Vec<TokenRow>,
    /// Scopes the viewer can give: name, in words.
    pub scopes: Vec<(String, String)>,
}

/// A token that was just made. The only time its secret is seen. Debug does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewToken {
    /// What its maker calls it.
    pub name: String,
    /// The secret: `slw_…`.
    pub secret: String,
    /// When it ends.
    pub expires_at: i64,
}

impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewToken").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A person in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// What they sign in with.
    pub login: String,
    /// Name.
    pub display_name: String,
    /// Their roles, in words: "Team lead of Payments".
    pub roles: Vec<String>,
}

/// `/settings/people`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeoplePage {
    /// Everybody.
    pub people: Vec<PersonRow>,
    /// Teams: entity reference and title.
    pub teams: Vec<(String, String)>,
    /// Whether the reader may add people.
    pub may_add: bool,
}

/// A line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// When.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// Through which door.
    pub door: String,
    /// What.
    pub action: String,
    /// On what.
    pub target: String,
    /// More, as JSON text.
    pub detail: String,
}

/// `/audit`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The server's clock.
    pub now: i64,
    /// Newest first.
    pub items: Vec<AuditRow>,
    /// Where the next part begins.
    pub next: Option<String>,
}

/// `/settings`: the instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutPage {
    /// Slipway's version.
    pub version: String,
    /// The database engine.
    pub database: String,
    /// Configured runtimes: name, kind's title, state in words, whether it can be reached.
    pub runtimes: Vec<(String, String, String, bool)>,
    /// Locations of the catalogue.
    pub locations: Vec<LocationRow>,
}

/// A place that the catalogue reads from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocationRow {
    /// Its id, where the viewer may have it read again; else empty.
    pub id: String,
    /// Path or URL.
    pub target: String,
    /// How it went the last time, in words.
    pub state: String,
    /// Whether that was without errors.
    pub fine: bool,
    /// When that was.
    pub checked_at: Option<i64>,
}
