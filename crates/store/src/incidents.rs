//! Incidents and verdicts.

use crate::{
    cell::{self, Reading},
    cursor,
    engine::both,
    sql::incidents as sql,
};
use async_trait::async_trait;
use slipway_domain::{
    ids::{IncidentId, ServiceId},
    time::Timestamp,
};
use slipway_ports::store::{
    Incidents, Page, Result,
    incidents::{Incident, IncidentCause, Verdict},
};

#[derive(sqlx::FromRow)]
struct IncidentRow {
    id: String,
    key: String,
    service: String,
    title: String,
    source: String,
    detected_at: i64,
    impact_started_at: Option<i64>,
    resolved_at: Option<i64>,
    told_at: i64,
    retracted: i64,
    named: i64,
    cause: String,
    links: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<i64>,
}

impl IncidentRow {
    fn read(self) -> Result<Incident> {
        let row = Reading { table: "incidents", key: &self.id };
        Ok(Incident {
            id: row.parse("id", &self.id)?,
            service: row.parse("service", &self.service)?,
            cause: row.word("cause", &self.cause, IncidentCause::parse)?,
            links: self.links.map(|links| row.json("links", &links)).transpose()?,
            key: self.key,
            title: self.title,
            source: self.source,
            detected_at: Timestamp::from_millis(self.detected_at),
            impact_started_at: cell::instant(self.impact_started_at),
            resolved_at: cell::instant(self.resolved_at),
            told_at: Timestamp::from_millis(self.told_at),
            retracted: self.retracted != 0,
            named: self.named != 0,
            decided_by: self.decided_by,
            decided_at: cell::instant(self.decided_at),
        })
    }
}

#[derive(sqlx::FromRow)]
struct VerdictRow {
    deployment: String,
    service: String,
    failed: i64,
    reason: String,
    decided_by: String,
    decided_at: i64,
}

impl VerdictRow {
    fn read(self) -> Result<Verdict> {
        Ok(Verdict {
            service: Reading { table: "verdicts", key: &self.deployment }.parse("service", &self.service)?,
            deployment: self.deployment,
            failed: self.failed != 0,
            reason: self.reason,
            decided_by: self.decided_by,
            decided_at: Timestamp::from_millis(self.decided_at),
        })
    }
}

both! {
    #[async_trait]
    impl Incidents for EngineTx {
        async fn put_incident(&mut self, incident: &Incident) -> Result<()> {
            let put = sqlx::query(sql::PUT_INCIDENT)
                .bind(incident.id.to_string())
                .bind(cell::text(&incident.key))
                .bind(incident.service.to_string())
                .bind(cell::text(&incident.title))
                .bind(&incident.source)
                .bind(incident.detected_at.as_millis())
                .bind(cell::millis(incident.impact_started_at))
                .bind(cell::millis(incident.resolved_at))
                .bind(incident.told_at.as_millis())
                .bind(i64::from(incident.retracted))
                .bind(i64::from(incident.named))
                .bind(incident.cause.as_str())
                .bind(incident.links.as_ref().map(cell::json))
                .bind(&incident.decided_by)
                .bind(cell::millis(incident.decided_at));
            self.execute("an incident", put).await?;
            Ok(())
        }

        async fn incident(&mut self, id: IncidentId) -> Result<Option<Incident>> {
            self.one(sqlx::query_as(sql::INCIDENT).bind(id.to_string())).await?.map(IncidentRow::read).transpose()
        }

        async fn incident_by_key(&mut self, service: ServiceId, key: &str) -> Result<Option<Incident>> {
            let find = sqlx::query_as(sql::INCIDENT_BY_KEY).bind(service.to_string()).bind(cell::text(key));
            self.one(find).await?.map(IncidentRow::read).transpose()
        }

        async fn incidents_known_as(&mut self, key: &str) -> Result<Vec<Incident>> {
            let last = key.chars().next_back().map(String::from).unwrap_or_default();
            let rows: Vec<IncidentRow> =
                self.all(sqlx::query_as(sql::INCIDENTS_KNOWN_AS).bind(cell::text(key)).bind(last)).await?;
            rows.into_iter().map(IncidentRow::read).collect()
        }

        async fn list_incidents(&mut self, open: bool, cursor: Option<&str>, limit: u32) -> Result<Page<Incident>> {
            let limit = cell::limit(limit);
            let (first, next) =
                if open { (sql::OPEN_FIRST, sql::OPEN_NEXT) } else { (sql::ALL_FIRST, sql::ALL_NEXT) };
            let rows: Vec<IncidentRow> = match cursor::read::<(i64, String)>(cursor)? {
                None => self.all(sqlx::query_as(first).bind(limit + 1)).await?,
                Some((at, id)) => self.all(sqlx::query_as(next).bind(limit + 1).bind(at).bind(id)).await?,
            };
            cursor::page(rows, limit, |row| (row.detected_at, row.id.clone()), IncidentRow::read)
        }

        async fn put_verdict(&mut self, verdict: &Verdict) -> Result<()> {
            let put = sqlx::query(sql::PUT_VERDICT)
                .bind(cell::text(&verdict.deployment))
                .bind(verdict.service.to_string())
                .bind(i64::from(verdict.failed))
                .bind(cell::text(&verdict.reason))
                .bind(&verdict.decided_by)
                .bind(verdict.decided_at.as_millis());
            self.change("a verdict", put).await
        }

        async fn verdict(&mut self, deployment: &str) -> Result<Option<Verdict>> {
            let find = sqlx::query_as(sql::VERDICT).bind(cell::text(deployment));
            self.one(find).await?.map(VerdictRow::read).transpose()
        }
    }
}
