//! Who is told what Slipway does, and what is to be told.

use super::Result;
use async_trait::async_trait;
use slipway_domain::{
    ids::{NoticeId, SubscriptionId},
    time::Timestamp,
};

/// An address that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Identity.
    pub id: SubscriptionId,
    /// What people call it; unique.
    pub name: String,
    /// Where notices are sent.
    pub url: String,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// Notices that were taken.
    pub sent: i64,
    /// When the latest was.
    pub sent_at: Option<Timestamp>,
    /// Notices that were given up.
    pub given_up: i64,
    /// When the latest try failed.
    pub failed_at: Option<Timestamp>,
    /// Why.
    pub failed_why: Option<String>,
}

/// How it stands with a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeState {
    /// It is still to be taken.
    Waiting,
    /// It was taken.
    Sent,
    /// It was not taken for so long that nobody waits for it.
    GivenUp,
}

impl NoticeState {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::GivenUp => "given-up",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Sent, Self::GivenUp].into_iter().find(|state| state.as_str() == text)
    }
}

/// One event for one subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Identity; the receiver's key for it.
    pub id: NoticeId,
    /// Who is told.
    pub subscription: SubscriptionId,
    /// Its type: `dev.cdevents.service.deployed.0.3.0`.
    pub event: String,
    /// What is sent, JSON.
    pub body: String,
    /// When it happened.
    pub created_at: Timestamp,
    /// When it is to be tried next.
    pub due_at: Timestamp,
    /// Tries so far.
    pub attempts: i64,
    /// How it stands.
    pub state: NoticeState,
    /// Why the latest try failed.
    pub error: Option<String>,
}

/// Subscriptions and what they are told.
#[async_trait]
pub trait Subscriptions {
    /// Adds a subscription. Conflict when the name is taken.
    async fn add_subscription(&mut self, subscription: &Subscription) -> Result<()>;
    /// By id.
    async fn subscription(&mut self, id: SubscriptionId) -> Result<Option<Subscription>>;
    /// All, by name; at most 200.
    async fn subscriptions(&mut self) -> Result<Vec<Subscription>>;
    /// Writes when it was taken back, and drops what is still to be told it.
    async fn revoke_subscription(&mut self, id: SubscriptionId, at: Timestamp) -> Result<()>;
    /// Adds notices.
    async fn add_notices(&mut self, notices: &[Notice]) -> Result<()>;
    /// By id.
    async fn notice(&mut self, id: NoticeId) -> Result<Option<Notice>>;
    /// Waiting ones that are due by `now`, oldest first.
    async fn due_notices(&mut self, now: Timestamp, limit: u32) -> Result<Vec<NoticeId>>;
    /// Writes `due_at`, `attempts`, `state` and `error`, and counts the outcome of a try at `at` for the subscription.
    async fn set_notice(&mut self, notice: &Notice, at: Timestamp) -> Result<()>;
    /// Forgets those made before that wait no more; gives how many.
    async fn trim_notices(&mut self, before: Timestamp) -> Result<u64>;
}
