//! The append-only event log.

use crate::{
    cell::{self, Reading},
    engine::{Mark, PostgresTx, SqliteTx, both},
    sql,
};
use async_trait::async_trait;
use futures::StreamExt as _;
use slipway_domain::{ids::ServiceId, time::Timestamp};
use slipway_ports::store::{
    Delivery, Result,
    delivery::{DeliveryEvent, DeliveryKind},
};

#[derive(sqlx::FromRow)]
struct EventRow {
    seq: i64,
    service: String,
    kind: String,
    at: i64,
    source: String,
    key: String,
    payload: String,
}

/// Events of one service that lie closely together.
#[derive(sqlx::FromRow)]
struct ManyRow {
    service: String,
    events: String,
}

/// seq, kind, at, source, key, payload.
type Packed<'t> = (i64, &'t str, i64, String, String, serde_json::Value);

impl ManyRow {
    /// Adds them to `out` in the order of the log.
    fn read(&self, out: &mut Vec<DeliveryEvent>) -> Result<()> {
        let row = Reading { table: "delivery_events", key: &self.service };
        let service = row.parse("service", &self.service)?;
        let mut events: Vec<Packed<'_>> = row.json("payload", &self.events)?;
        events.sort_by_key(|(seq, _, at, ..)| (*at, *seq));
        for (_, kind, at, source, key, payload) in events {
            let kind = row.word("kind", kind, DeliveryKind::parse)?;
            out.push(DeliveryEvent { service, kind, at: Timestamp::from_millis(at), source, key, payload });
        }
        Ok(())
    }
}

#[derive(sqlx::FromRow)]
struct PartRow {
    part: i64,
    #[sqlx(flatten)]
    event: EventRow,
}

impl EventRow {
    fn read(self) -> Result<DeliveryEvent> {
        let seq = self.seq.to_string();
        let row = Reading { table: "delivery_events", key: &seq };
        Ok(DeliveryEvent {
            service: row.parse("service", &self.service)?,
            kind: row.word("kind", &self.kind, DeliveryKind::parse)?,
            at: Timestamp::from_millis(self.at),
            payload: row.json("payload", &self.payload)?,
            source: self.source,
            key: self.key,
        })
    }
}

impl SqliteTx {
    /// Each row is handed from one thread to another, which costs an event more than all else that is done with it: so many in a row.
    async fn events_of(&mut self, services: &[ServiceId]) -> Result<Vec<DeliveryEvent>> {
        let find = sqlx::query_as(sql::delivery::MANY_OF).bind(cell::id_list(services));
        let rows: Vec<ManyRow> = self.all(find).await?;
        let mut events = Vec::new();
        for row in rows {
            row.read(&mut events)?;
        }
        Ok(events)
    }
}

impl PostgresTx {
    async fn events_of(&mut self, services: &[ServiceId]) -> Result<Vec<DeliveryEvent>> {
        let find = sqlx::query_as(Self::pick(&sql::delivery::EVENTS_OF)).bind(cell::id_list(services));
        let rows: Vec<EventRow> = self.all(find).await?;
        rows.into_iter().map(EventRow::read).collect()
    }
}

/// Events that one statement writes.
const AT_ONCE: usize = 500;

both! {
    #[async_trait]
    impl Delivery for EngineTx {
        async fn add_delivery(&mut self, events: &[DeliveryEvent]) -> Result<u64> {
            let mut added = 0;
            for events in events.chunks(AT_ONCE) {
                let mut insert = Self::builder("INSERT INTO delivery_events (service, kind, at, source, key, payload) ");
                insert.push_values(events, |mut row, event| {
                    row.push_bind(event.service.to_string())
                        .push_bind(event.kind.as_str())
                        .push_bind(event.at.as_millis())
                        .push_bind(event.source.as_str())
                        .push_bind(event.key.as_str())
                        .push_bind(cell::json(&event.payload));
                });
                insert.push(" ON CONFLICT (source, key) DO NOTHING");
                let new = self.execute("a delivery event", insert.build().persistent(cell::keep(events.len()))).await?;
                if new > 0 {
                    for event in events {
                        let mark = if event.is_decision() { Mark::Urgent } else { Mark::InTurn };
                        let marked = self.last.dirty.entry(event.service.to_string()).or_default();
                        *marked = mark.max(*marked);
                    }
                }
                added += new;
            }
            self.last.delivery += i64::try_from(added).unwrap_or(i64::MAX);
            Ok(added)
        }

        async fn delivery_events(&mut self, services: Option<&[ServiceId]>) -> Result<Vec<DeliveryEvent>> {
            let Some(ids) = services else {
                let rows: Vec<EventRow> = self.all(sqlx::query_as(sql::delivery::EVENTS)).await?;
                return rows.into_iter().map(EventRow::read).collect();
            };
            self.events_of(ids).await
        }

        async fn each_delivery_event(
            &mut self,
            services: Option<&[ServiceId]>,
            take: &mut (dyn FnMut(DeliveryEvent) + Send),
        ) -> Result<()> {
            let ids = services.map(cell::id_list);
            let query = match ids {
                None => sqlx::query_as::<_, EventRow>(sql::delivery::EVENTS),
                Some(ids) => sqlx::query_as(Self::pick(&sql::delivery::EVENTS_OF)).bind(ids),
            };
            let mut read = 0_u64;
            let outcome = {
                let mut rows = query.fetch(&mut *self.tx);
                loop {
                    match rows.next().await {
                        Some(Ok(row)) => take(row.read()?),
                        Some(Err(error)) => break Err(error),
                        None => break Ok(()),
                    }
                    // Rows are often there already: others on this thread want their turn too.
                    read += 1;
                    if read.is_multiple_of(256) {
                        tokio::task::yield_now().await;
                    }
                }
            };
            outcome.map_err(|error| self.fail("a delivery event", &error))
        }

        async fn deployments_up_to(
            &mut self,
            asked: &[(ServiceId, Timestamp)],
            most: u32,
        ) -> Result<Vec<Vec<DeliveryEvent>>> {
            let mut parts = vec![Vec::new(); asked.len()];
            if asked.is_empty() {
                return Ok(parts);
            }
            let [number, service, at, limit, end] = sql::delivery::PART;
            let mut find = Self::builder("");
            for (part, (of, until)) in (0_i64..).zip(asked) {
                find.push(if part == 0 { "" } else { sql::delivery::AND_PART });
                find.push(number).push_bind(part).push(service).push_bind(of.to_string());
                find.push(at).push_bind(until.as_millis()).push(limit).push_bind(i64::from(most)).push(end);
            }
            let mut rows: Vec<PartRow> = self.all(find.build_query_as().persistent(false)).await?;
            rows.sort_unstable_by_key(|row| (row.part, std::cmp::Reverse((row.event.at, row.event.seq))));
            for row in rows {
                let part = usize::try_from(row.part).ok().and_then(|part| parts.get_mut(part));
                let Some(part) = part else { continue };
                part.push(row.event.read()?);
            }
            Ok(parts)
        }

        async fn told_of_deployment(&mut self, service: ServiceId, id: &str) -> Result<Vec<DeliveryEvent>> {
            let find = sqlx::query_as(Self::pick(&sql::delivery::TOLD)).bind(service.to_string()).bind(cell::json(id));
            let rows: Vec<EventRow> = self.all(find).await?;
            rows.into_iter().map(EventRow::read).collect()
        }

        async fn count_delivery(&mut self, services: &[ServiceId], most: u32) -> Result<u32> {
            let count = sqlx::query_as(Self::pick(&sql::delivery::COUNT_OF)).bind(cell::id_list(services)).bind(i64::from(most));
            Ok(u32::try_from(self.number(count).await?).unwrap_or(most))
        }

        async fn delivery_version(&mut self) -> Result<i64> {
            Ok(self.number(sqlx::query_as(sql::delivery::VERSION)).await? + self.last.delivery)
        }
    }
}
