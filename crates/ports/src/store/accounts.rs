//! People, sessions, tokens and the audit log.

use super::{Page, Result};
use async_trait::async_trait;
use serde::Serialize;
use serde_json::Value;
use slipway_domain::{
    access::Grant,
    ids::{AuditId, SessionId, TokenId, UserId},
    time::Timestamp,
};

/// A person who can sign in. Explicitly not `Serialize`: it holds a password hash.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Identity.
    pub id: UserId,
    /// What one signs in with: lower-cased, unique.
    pub login: String,
    /// What others see.
    pub display_name: String,
    /// argon2id, PHC string; `None`: cannot sign in with a password.
    pub password_hash: Option<String>,
    /// Roles, by team or everywhere.
    pub grants: Vec<Grant>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("login", &self.login).finish_non_exhaustive()
    }
}

/// A signed-in browser. Only the hash of its secret is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Identity.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// SHA-256 of the cookie's secret, hex.
    pub secret_hash: String,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A bearer token for a machine. Only the hash of its secret is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Identity.
    pub id: TokenId,
    /// Whose; it can never do more than they can.
    pub user: UserId,
    /// What its maker calls it.
    pub name: String,
    /// SHA-256 of the secret, hex. Unique.
    pub secret_hash: String,
    /// What it may do: permissions' names (`read`, `deploy`…).
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditLine {
    /// Identity; sorts by time.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who: a login, or `slipway`.
    pub actor: String,
    /// Through which door: `browser`, `api`, `git`, `cli`, `system`.
    pub door: String,
    /// What: `deployment.request`, `token.create`…
    pub action: String,
    /// On what: an entity reference, an id, a name.
    pub target: String,
    /// The team it concerned, when there is one.
    pub team: Option<String>,
    /// More, without secrets.
    pub detail: Value,
}

/// People, sessions, tokens and the audit log.
#[async_trait]
pub trait Accounts {
    /// Adds a person with their grants. [`super::StoreError::Conflict`] when the login is taken.
    async fn add_user(&mut self, user: &User) -> Result<()>;
    /// By id.
    async fn user(&mut self, id: UserId) -> Result<Option<User>>;
    /// By login (lower-cased by the caller).
    async fn user_by_login(&mut self, login: &str) -> Result<Option<User>>;
    /// Everybody, by login; at most 500.
    async fn users(&mut self) -> Result<Vec<User>>;
    /// How many people there are.
    async fn count_users(&mut self) -> Result<i64>;

    /// Begins a session.
    async fn add_session(&mut self, session: &Session) -> Result<()>;
    /// The unexpired session of a secret, with its person.
    async fn session_by_secret(&mut self, secret_hash: &str, now: Timestamp) -> Result<Option<(Session, User)>>;
    /// Ends a session; absence is fine.
    async fn delete_session(&mut self, id: SessionId) -> Result<()>;
    /// Forgets what has expired; gives how many.
    async fn delete_expired_sessions(&mut self, now: Timestamp) -> Result<u64>;

    /// Keeps the hash of the one set-up link, replacing an earlier one.
    async fn put_setup_secret(&mut self, secret_hash: &str, at: Timestamp) -> Result<()>;
    /// Whether this is the hash of the set-up link.
    async fn is_setup_secret(&mut self, secret_hash: &str) -> Result<bool>;
    /// Forgets the set-up link.
    async fn delete_setup_secret(&mut self) -> Result<()>;

    /// Notes a failed sign-in under a key (a login, an address).
    async fn add_failed_sign_in(&mut self, key: &str, at: Timestamp) -> Result<()>;
    /// Failed sign-ins under a key since an instant.
    async fn count_failed_sign_ins(&mut self, key: &str, since: Timestamp) -> Result<i64>;
    /// Forgets failed sign-ins under a key.
    async fn clear_failed_sign_ins(&mut self, key: &str) -> Result<()>;

    /// Adds a token.
    async fn add_token(&mut self, token: &Token) -> Result<()>;
    /// The unexpired, unrevoked token of a secret, with its person.
    async fn token_by_secret(&mut self, secret_hash: &str, now: Timestamp) -> Result<Option<(Token, User)>>;
    /// A person's tokens, newest first.
    async fn tokens_of(&mut self, user: UserId) -> Result<Vec<Token>>;
    /// Takes a person's token back; `false` when it is not theirs or already gone.
    async fn revoke_token(&mut self, id: TokenId, user: UserId, at: Timestamp) -> Result<bool>;
    /// Notes that a token was used.
    async fn touch_token(&mut self, id: TokenId, at: Timestamp) -> Result<()>;

    /// Writes an audit line.
    async fn add_audit(&mut self, line: &AuditLine) -> Result<()>;
    /// Audit lines, newest first.
    async fn audit(&mut self, cursor: Option<&str>, limit: u32) -> Result<Page<AuditLine>>;
}
