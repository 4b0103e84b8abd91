//! Sources of delivery events: who sends, and what was sent.

use super::{Page, Result, services::Service};
use async_trait::async_trait;
use serde_json::Value;
use slipway_domain::{
    ids::{ServiceId, SourceDeliveryId, SourceId},
    time::Timestamp,
};

/// Somebody who tells of deliveries by webhook.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Identity; a part of its URL.
    pub id: SourceId,
    /// What people call it; unique.
    pub name: String,
    /// Who sends, in the words of `slipway-webhooks`: `github`.
    pub kind: String,
    /// What of its events is meant: a JSON object whose form is the services' business.
    pub options: Value,
    /// The service that everything it tells is about; `None`: by the repository or name in each event.
    pub service: Option<ServiceId>,
    /// The team that may manage it beside administrators.
    pub owner: Option<String>,
    /// Where its secret is, `env:NAME` or `file:NAME`; `None`: derived from the instance's key.
    pub secret: Option<String>,
    /// Counts how often a derived secret was replaced.
    pub generation: i64,
    /// When it was replaced last.
    pub rotated_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was taken back; from then on it is refused.
    pub revoked_at: Option<Timestamp>,
    /// Deliveries that were stored, each once.
    pub heard: i64,
    /// When the latest of them came.
    pub heard_at: Option<Timestamp>,
    /// Requests that were not authentic.
    pub refused: i64,
    /// When the latest of them came.
    pub refused_at: Option<Timestamp>,
    /// Why the latest of them was refused.
    pub refused_why: Option<String>,
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// It is kept, and still to be told.
    Stored,
    /// It is in the event log.
    Taken,
    /// It speaks of something that is none of our services, as far as anybody said yet.
    Unmatched,
    /// It says nothing that metrics need.
    Ignored,
    /// It is authentic and cannot be read.
    Refused,
}

impl DeliveryStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Stored, Self::Taken, Self::Unmatched, Self::Ignored, Self::Refused];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Taken => "taken",
            Self::Unmatched => "unmatched",
            Self::Ignored => "ignored",
            Self::Refused => "refused",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// One request of a source, as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceDelivery {
    /// Identity.
    pub id: SourceDeliveryId,
    /// Who sent it.
    pub source: SourceId,
    /// The sender's key for it; unique for a source.
    pub key: String,
    /// When it came.
    pub received_at: Timestamp,
    /// When it was last read; `None`: not yet.
    pub tried_at: Option<Timestamp>,
    /// The sender's name for what it is: `deployment_status.success`.
    pub event: String,
    /// What became of it.
    pub status: DeliveryStatus,
    /// Why it was not taken, or what it leaves out; in words.
    pub note: Option<String>,
    /// How many of its events were new to the log.
    pub events: i64,
    /// The headers that reading it needs, by lower-case name.
    pub headers: Vec<(String, String)>,
    /// The raw bytes; empty in lists.
    pub body: Vec<u8>,
}

/// Sources and what they sent.
#[async_trait]
pub trait Sources {
    /// Adds a source. Conflict when the name is taken.
    async fn add_source(&mut self, source: &Source) -> Result<()>;
    /// By id.
    async fn source(&mut self, id: SourceId) -> Result<Option<Source>>;
    /// All, by name; at most 1,000.
    async fn sources(&mut self) -> Result<Vec<Source>>;
    /// Writes generation, `rotated_at` and `revoked_at`.
    async fn set_source_secret(&mut self, source: &Source) -> Result<()>;
    /// Counts a request that was not authentic.
    async fn note_refused(&mut self, id: SourceId, at: Timestamp, why: &str) -> Result<()>;

    /// Keeps a delivery and counts it; `false` when its source sent one of that key before: nothing is written then.
    async fn add_source_delivery(&mut self, delivery: &SourceDelivery) -> Result<bool>;
    /// By id, with its body.
    async fn source_delivery(&mut self, id: SourceDeliveryId) -> Result<Option<SourceDelivery>>;
    /// By the sender's key, with its body.
    async fn source_delivery_by_key(&mut self, source: SourceId, key: &str) -> Result<Option<SourceDelivery>>;
    /// Writes what became of a delivery: `tried_at`, `event`, `status`, `note`, and `events` when they are more than before: two may tell
    /// it at once, and only one of them finds them new.
    async fn set_source_delivery(&mut self, delivery: &SourceDelivery) -> Result<()>;
    /// What a source sent, newest first, without bodies.
    async fn source_deliveries(
        &mut self,
        source: SourceId,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<SourceDelivery>>;
    /// Oldest first: what is stored and was not told, and what matched nothing when it was last tried before `tried_before`. The latter after
    /// pauses as long as it has waited, six hours at most.
    async fn due_source_deliveries(&mut self, tried_before: Timestamp, limit: u32) -> Result<Vec<SourceDeliveryId>>;
    /// Forgets what came before; gives how many.
    async fn trim_source_deliveries(&mut self, before: Timestamp) -> Result<u64>;

    /// Services whose component has `value` for an annotation, or something below it (`value/…`), case aside; by name.
    async fn services_annotated(&mut self, annotation: &str, value: &str) -> Result<Vec<Service>>;
}
