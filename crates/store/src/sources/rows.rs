//! Rows of sources and what they sent.

use crate::cell::{self, Reading};
use slipway_domain::time::Timestamp;
use slipway_ports::store::{
    Result,
    sources::{DeliveryStatus, Source, SourceDelivery},
};

#[derive(sqlx::FromRow)]
pub(super) struct SourceRow {
    id: String,
    name: String,
    kind: String,
    options: String,
    service: Option<String>,
    owner: Option<String>,
    secret: Option<String>,
    generation: i64,
    rotated_at: Option<i64>,
    created_by: String,
    created_at: i64,
    revoked_at: Option<i64>,
    heard: i64,
    heard_at: Option<i64>,
    refused: i64,
    refused_at: Option<i64>,
    refused_why: Option<String>,
}

impl SourceRow {
    pub(super) fn read(self) -> Result<Source> {
        let row = Reading { table: "sources", key: &self.id };
        Ok(Source {
            id: row.parse("id", &self.id)?,
            options: row.json("options", &self.options)?,
            service: row.maybe("service", self.service.as_deref())?,
            name: self.name,
            kind: self.kind,
            owner: self.owner,
            secret: self.secret,
            generation: self.generation,
            rotated_at: cell::instant(self.rotated_at),
            created_by: self.created_by,
            created_at: Timestamp::from_millis(self.created_at),
            revoked_at: cell::instant(self.revoked_at),
            heard: self.heard,
            heard_at: cell::instant(self.heard_at),
            refused: self.refused,
            refused_at: cell::instant(self.refused_at),
            refused_why: self.refused_why,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct DeliveryRow {
    pub(super) id: String,
    source: String,
    key: String,
    pub(super) received_at: i64,
    tried_at: Option<i64>,
    event: String,
    status: String,
    note: Option<String>,
    events: i64,
    headers: String,
    body: Vec<u8>,
}

impl DeliveryRow {
    pub(super) fn read(self) -> Result<SourceDelivery> {
        let row = Reading { table: "source_deliveries", key: &self.id };
        Ok(SourceDelivery {
            id: row.parse("id", &self.id)?,
            source: row.parse("source", &self.source)?,
            status: row.word("status", &self.status, DeliveryStatus::parse)?,
            headers: row.json("headers", &self.headers)?,
            key: self.key,
            received_at: Timestamp::from_millis(self.received_at),
            tried_at: cell::instant(self.tried_at),
            event: self.event,
            note: self.note,
            events: self.events,
            body: self.body,
        })
    }
}
