//! Sources of delivery events and what they sent.

mod rows;

use crate::{
    cell::{self, Reading},
    cursor,
    engine::both,
    services::ServiceRow,
    sql::sources as sql,
};
use async_trait::async_trait;
use rows::{DeliveryRow, SourceRow};
use slipway_domain::{
    ids::{SourceDeliveryId, SourceId},
    time::Timestamp,
};
use slipway_ports::store::{
    Page, Result, Sources,
    services::Service,
    sources::{Source, SourceDelivery},
};

both! {
    #[async_trait]
    impl Sources for EngineTx {
        async fn add_source(&mut self, source: &Source) -> Result<()> {
            let add = sqlx::query(sql::ADD_SOURCE)
                .bind(source.id.to_string())
                .bind(cell::text(&source.name))
                .bind(&source.kind)
                .bind(cell::json(&source.options))
                .bind(source.service.map(|id| id.to_string()))
                .bind(&source.owner)
                .bind(&source.secret)
                .bind(source.generation)
                .bind(cell::millis(source.rotated_at))
                .bind(&source.created_by)
                .bind(source.created_at.as_millis())
                .bind(cell::millis(source.revoked_at))
                .bind(source.heard)
                .bind(cell::millis(source.heard_at))
                .bind(source.refused)
                .bind(cell::millis(source.refused_at))
                .bind(source.refused_why.as_deref().map(cell::text));
            self.add("a source of this name", add).await
        }

        async fn source(&mut self, id: SourceId) -> Result<Option<Source>> {
            self.one(sqlx::query_as(sql::SOURCE).bind(id.to_string())).await?.map(SourceRow::read).transpose()
        }

        async fn sources(&mut self) -> Result<Vec<Source>> {
            self.all(sqlx::query_as(sql::SOURCES)).await?.into_iter().map(SourceRow::read).collect()
        }

        async fn set_source_secret(&mut self, source: &Source) -> Result<()> {
            let set = sqlx::query(sql::SET_SOURCE_SECRET)
                .bind(source.id.to_string())
                .bind(source.generation)
                .bind(cell::millis(source.rotated_at))
                .bind(cell::millis(source.revoked_at));
            self.change("a change of a source", set).await
        }

        async fn note_refused(&mut self, id: SourceId, at: Timestamp, why: &str) -> Result<()> {
            let note = sqlx::query(sql::NOTE_REFUSED).bind(id.to_string()).bind(at.as_millis()).bind(cell::text(why));
            self.change("a refusal of a source", note).await
        }

        async fn add_source_delivery(&mut self, delivery: &SourceDelivery) -> Result<bool> {
            let add = sqlx::query(sql::ADD_DELIVERY)
                .bind(delivery.id.to_string())
                .bind(delivery.source.to_string())
                .bind(cell::text(&delivery.key))
                .bind(delivery.received_at.as_millis())
                .bind(cell::millis(delivery.tried_at))
                .bind(cell::text(&delivery.event))
                .bind(delivery.status.as_str())
                .bind(delivery.note.as_deref().map(cell::text))
                .bind(delivery.events)
                .bind(cell::json(&delivery.headers))
                .bind(&delivery.body);
            let new = self.execute("a delivery of a source", add).await? == 1;
            if new {
                let at = delivery.received_at.as_millis();
                let note = sqlx::query(sql::NOTE_HEARD).bind(delivery.source.to_string()).bind(at);
                self.change("a delivery of a source", note).await?;
            }
            Ok(new)
        }

        async fn source_delivery(&mut self, id: SourceDeliveryId) -> Result<Option<SourceDelivery>> {
            self.one(sqlx::query_as(sql::DELIVERY).bind(id.to_string())).await?.map(DeliveryRow::read).transpose()
        }

        async fn source_delivery_by_key(&mut self, source: SourceId, key: &str) -> Result<Option<SourceDelivery>> {
            let find = sqlx::query_as(sql::DELIVERY_BY_KEY).bind(source.to_string()).bind(cell::text(key));
            self.one(find).await?.map(DeliveryRow::read).transpose()
        }

        async fn set_source_delivery(&mut self, delivery: &SourceDelivery) -> Result<()> {
            let set = sqlx::query(sql::SET_DELIVERY)
                .bind(delivery.id.to_string())
                .bind(cell::millis(delivery.tried_at))
                .bind(cell::text(&delivery.event))
                .bind(delivery.status.as_str())
                .bind(delivery.note.as_deref().map(cell::text))
                .bind(delivery.events);
            self.change("a change of a delivery", set).await
        }

        async fn source_deliveries(
            &mut self,
            source: SourceId,
            cursor: Option<&str>,
            limit: u32,
        ) -> Result<Page<SourceDelivery>> {
            let limit = cell::limit(limit);
            let rows: Vec<DeliveryRow> = match cursor::read::<(i64, String)>(cursor)? {
                None => {
                    self.all(sqlx::query_as(sql::DELIVERIES_FIRST).bind(source.to_string()).bind(limit + 1)).await?
                }
                Some((at, id)) => {
                    let next = sqlx::query_as(sql::DELIVERIES_NEXT).bind(source.to_string()).bind(limit + 1);
                    self.all(next.bind(at).bind(id)).await?
                }
            };
            cursor::page(rows, limit, |row| (row.received_at, row.id.clone()), DeliveryRow::read)
        }

        async fn due_source_deliveries(&mut self, tried_before: Timestamp, limit: u32) -> Result<Vec<SourceDeliveryId>> {
            let find = sqlx::query_as(sql::DUE).bind(tried_before.as_millis()).bind(cell::limit(limit));
            let rows: Vec<(String,)> = self.all(find).await?;
            rows.iter().map(|(id,)| Reading { table: "source_deliveries", key: id }.parse("id", id)).collect()
        }

        async fn trim_source_deliveries(&mut self, before: Timestamp) -> Result<u64> {
            self.execute("old deliveries", sqlx::query(sql::TRIM).bind(before.as_millis())).await
        }

        async fn services_annotated(&mut self, annotation: &str, value: &str) -> Result<Vec<Service>> {
            let find = sqlx::query_as(Self::pick(&sql::ANNOTATED)).bind(annotation).bind(cell::text(value));
            self.all(find).await?.into_iter().map(ServiceRow::read).collect()
        }
    }
}
