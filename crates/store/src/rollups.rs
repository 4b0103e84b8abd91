//! What the delivery log adds up to, by local day.

use crate::{
    cell::{self, Reading},
    engine::both,
    sql::rollups as sql,
};
use async_trait::async_trait;
use futures::StreamExt as _;
use serde_json::Value;
use slipway_domain::{
    ids::{DeploymentId, ServiceId},
    time::Timestamp,
};
use slipway_ports::store::{
    Result, Rollups,
    rollups::{DirtyService, RollupDay, RollupMarks, RollupScope, RollupService, RollupState},
};

#[derive(sqlx::FromRow)]
struct StateRow {
    recipe: String,
    checked_at: Option<i64>,
    checked: i64,
    differing: String,
}

#[derive(sqlx::FromRow)]
struct ServiceRow {
    service: String,
    owner: String,
    standing: String,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct MarkRow {
    recipe: String,
    version: i64,
    service: Option<String>,
    marks: Option<i64>,
    turn: Option<i64>,
}

impl ServiceRow {
    fn read(self) -> Result<RollupService> {
        let row = Reading { table: "rollup_services", key: &self.service };
        Ok(RollupService {
            service: row.parse("service", &self.service)?,
            standing: row.json("standing", &self.standing)?,
            version: self.version,
            owner: self.owner,
        })
    }
}

/// Days far outside the calendar are none that anybody asks for.
fn day(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn dirty(service: &str, marks: i64, turn: i64) -> Result<DirtyService> {
    let row = Reading { table: "rollup_dirty", key: service };
    Ok(DirtyService { service: row.parse("service", service)?, marks, urgent: turn == 0 })
}

fn judgement((deployment, body): (String, String)) -> Result<(DeploymentId, String)> {
    let row = Reading { table: "rollup_judgements", key: &deployment };
    Ok((row.parse("deployment", &deployment)?, body))
}

fn service(scope: &str) -> Result<ServiceId> {
    let id = scope.strip_prefix("service:").unwrap_or(scope);
    Reading { table: "rollup_days", key: scope }.parse("scope", id)
}

/// Days or judgements that one statement writes.
const AT_ONCE: usize = 500;

both! {
    #[async_trait]
    impl Rollups for EngineTx {
        async fn rollup_state(&mut self) -> Result<RollupState> {
            let row: Option<StateRow> = self.one(sqlx::query_as(sql::STATE)).await?;
            Ok(row.map_or_else(RollupState::default, |row| RollupState {
                recipe: row.recipe,
                checked_at: cell::instant(row.checked_at),
                checked: row.checked,
                differing: row.differing,
            }))
        }

        async fn set_rollup_check(&mut self, state: &RollupState) -> Result<()> {
            let set = sqlx::query(sql::SET_CHECK)
                .bind(cell::millis(state.checked_at))
                .bind(state.checked)
                .bind(cell::text(&state.differing));
            self.change("the self-check of rollups", set).await
        }

        async fn reset_rollups(&mut self, recipe: &str) -> Result<()> {
            self.execute("days", sqlx::query(sql::FORGET_DAYS)).await?;
            self.execute("services with days", sqlx::query(sql::FORGET_SERVICES)).await?;
            self.execute("judgements", sqlx::query(sql::FORGET_JUDGEMENTS)).await?;
            self.execute("blame", sqlx::query(sql::FORGET_BLAME)).await?;
            self.execute("marks", sqlx::query(sql::MARK_ALL)).await?;
            self.change("the recipe of rollups", sqlx::query(sql::SET_RECIPE).bind(cell::text(recipe))).await
        }

        async fn dirty_services(&mut self, limit: u32) -> Result<Vec<DirtyService>> {
            let rows: Vec<(String, i64, i64)> = self.all(sqlx::query_as(sql::DIRTY).bind(i64::from(limit))).await?;
            rows.into_iter().map(|(service, marks, turn)| dirty(&service, marks, turn)).collect()
        }

        async fn rollup_marks(&mut self) -> Result<RollupMarks> {
            // At least one row; the rest of it is null when nothing is marked.
            let rows: Vec<MarkRow> = self.all(sqlx::query_as(sql::MARKS)).await?;
            let (recipe, log) = rows.first().map(|row| (row.recipe.clone(), row.version)).unwrap_or_default();
            let marked = rows.iter().filter_map(|row| Some(dirty(row.service.as_deref()?, row.marks?, row.turn?)));
            Ok(RollupMarks { recipe, log: log + self.last.delivery, dirty: marked.collect::<Result<_>>()? })
        }

        async fn clean_service(&mut self, dirty: DirtyService) -> Result<bool> {
            let clean = sqlx::query(sql::CLEAN).bind(dirty.service.to_string()).bind(dirty.marks);
            if self.execute("a mark", clean).await? == 1 {
                return Ok(true);
            }
            let later = sqlx::query(sql::TO_THE_END).bind(dirty.service.to_string()).bind(dirty.marks);
            self.execute("a mark", later).await?;
            Ok(false)
        }

        async fn rollup_services(&mut self, services: Option<&[ServiceId]>) -> Result<Vec<RollupService>> {
            let rows: Vec<ServiceRow> = match services {
                None => self.all(sqlx::query_as(sql::SERVICES)).await?,
                Some(ids) => self.all(sqlx::query_as(Self::pick(&sql::SERVICES_OF)).bind(cell::id_list(ids))).await?,
            };
            rows.into_iter().map(ServiceRow::read).collect()
        }

        async fn put_rollup_service(
            &mut self,
            service: ServiceId,
            owner: &str,
            standing: &Value,
            at: Timestamp,
        ) -> Result<()> {
            let put = sqlx::query(sql::PUT_SERVICE)
                .bind(service.to_string())
                .bind(cell::text(owner))
                .bind(cell::json(standing))
                .bind(at.as_millis());
            self.change("a service with days", put).await
        }

        async fn delete_rollup_service(&mut self, service: ServiceId) -> Result<()> {
            self.execute("a service with days", sqlx::query(sql::DELETE_SERVICE).bind(service.to_string())).await?;
            Ok(())
        }

        async fn rollup_days(&mut self, scope: &RollupScope, from: i32, to: i32) -> Result<Vec<(i32, Vec<u8>)>> {
            let find = sqlx::query_as(sql::DAYS).bind(scope.to_string()).bind(i64::from(from)).bind(i64::from(to));
            let rows: Vec<(i64, Vec<u8>)> = self.all(find).await?;
            Ok(rows.into_iter().map(|(number, body)| (day(number), body)).collect())
        }

        async fn rollup_days_of(
            &mut self,
            services: &[ServiceId],
            from: i32,
            to: i32,
        ) -> Result<Vec<(ServiceId, i32, Vec<u8>)>> {
            let scopes: Vec<RollupScope> = services.iter().map(|id| RollupScope::Service(*id)).collect();
            let find = sqlx::query_as(Self::pick(&sql::DAYS_OF))
                .bind(cell::id_list(&scopes))
                .bind(i64::from(from))
                .bind(i64::from(to));
            let rows: Vec<(String, i64, Vec<u8>)> = self.all(find).await?;
            rows.into_iter().map(|(scope, number, body)| Ok((service(&scope)?, day(number), body))).collect()
        }

        async fn each_rollup_day_of(
            &mut self,
            services: &[ServiceId],
            from: i32,
            to: i32,
            take: &mut (dyn FnMut(ServiceId, i32, Vec<u8>) + Send),
        ) -> Result<()> {
            let scopes: Vec<RollupScope> = services.iter().map(|id| RollupScope::Service(*id)).collect();
            let query = sqlx::query_as::<_, (String, i64, Vec<u8>)>(Self::pick(&sql::DAYS_OF))
                .bind(cell::id_list(&scopes))
                .bind(i64::from(from))
                .bind(i64::from(to));
            let mut read = 0_u64;
            let outcome = {
                let mut rows = query.fetch(&mut *self.tx);
                loop {
                    match rows.next().await {
                        Some(Ok((scope, number, body))) => take(service(&scope)?, day(number), body),
                        Some(Err(error)) => break Err(error),
                        None => break Ok(()),
                    }
                    // As in the event log: others on this thread want their turn too.
                    read += 1;
                    if read.is_multiple_of(256) {
                        tokio::task::yield_now().await;
                    }
                }
            };
            outcome.map_err(|error| self.fail("a day", &error))
        }

        async fn put_rollup_days(&mut self, days: &[RollupDay]) -> Result<()> {
            let (kept, gone): (Vec<&RollupDay>, Vec<&RollupDay>) = days.iter().partition(|day| !day.body.is_empty());
            for day in gone {
                let delete = sqlx::query(sql::DELETE_DAY).bind(day.scope.to_string()).bind(i64::from(day.day));
                self.execute("a day", delete).await?;
            }
            for days in kept.chunks(AT_ONCE) {
                let mut put = Self::builder(sql::PUT_DAYS);
                put.push_values(days, |mut row, day| {
                    row.push_bind(day.scope.to_string())
                        .push_bind("production")
                        .push_bind(i64::from(day.day))
                        .push_bind(day.body.as_slice());
                });
                put.push(sql::PUT_DAYS_END);
                self.execute("a day", put.build().persistent(cell::keep(days.len()))).await?;
            }
            Ok(())
        }

        async fn rollup_judgements(&mut self, deployments: &[DeploymentId]) -> Result<Vec<(DeploymentId, String)>> {
            let find = sqlx::query_as(Self::pick(&sql::JUDGEMENTS)).bind(cell::id_list(deployments));
            self.all(find).await?.into_iter().map(judgement).collect()
        }

        async fn rollup_judgements_of(&mut self, service: ServiceId) -> Result<Vec<(DeploymentId, String)>> {
            let find = sqlx::query_as(sql::JUDGEMENTS_OF).bind(service.to_string());
            self.all(find).await?.into_iter().map(judgement).collect()
        }

        async fn put_rollup_judgements(&mut self, service: ServiceId, judgements: &[(DeploymentId, String)]) -> Result<()> {
            let (kept, gone): (Vec<_>, Vec<_>) = judgements.iter().partition(|(_, body)| !body.is_empty());
            for (deployment, _) in gone {
                self.execute("a judgement", sqlx::query(sql::DELETE_JUDGEMENT).bind(deployment.to_string())).await?;
            }
            for judgements in kept.chunks(AT_ONCE) {
                let mut put = Self::builder(sql::PUT_JUDGEMENTS);
                put.push_values(judgements, |mut row, (deployment, body)| {
                    row.push_bind(deployment.to_string()).push_bind(service.to_string()).push_bind(body.as_str());
                });
                put.push(sql::PUT_JUDGEMENTS_END);
                self.execute("a judgement", put.build().persistent(cell::keep(judgements.len()))).await?;
            }
            Ok(())
        }

        async fn rollup_blame(&mut self, incidents: &[&str]) -> Result<Vec<(ServiceId, String, String)>> {
            let find = sqlx::query_as(Self::pick(&sql::BLAME)).bind(cell::json(incidents));
            let rows: Vec<(String, String, String)> = self.all(find).await?;
            let read = |(service, incident, body): (String, String, String)| {
                let row = Reading { table: "rollup_blame", key: &incident };
                Ok((row.parse("service", &service)?, incident, body))
            };
            rows.into_iter().map(read).collect()
        }

        async fn rollup_blame_of(&mut self, service: ServiceId) -> Result<Vec<(String, String)>> {
            self.all(sqlx::query_as(sql::BLAME_OF).bind(service.to_string())).await
        }

        async fn put_rollup_blame(&mut self, service: ServiceId, blame: &[(String, String)]) -> Result<()> {
            let (kept, gone): (Vec<_>, Vec<_>) = blame.iter().partition(|(_, body)| !body.is_empty());
            for (incident, _) in gone {
                let delete = sqlx::query(sql::DELETE_BLAME).bind(incident.as_str()).bind(service.to_string());
                self.execute("blame", delete).await?;
            }
            for blame in kept.chunks(AT_ONCE) {
                let mut put = Self::builder(sql::PUT_BLAME);
                put.push_values(blame, |mut row, (incident, body)| {
                    row.push_bind(incident.as_str()).push_bind(service.to_string()).push_bind(body.as_str());
                });
                put.push(sql::PUT_BLAME_END);
                self.execute("blame", put.build().persistent(cell::keep(blame.len()))).await?;
            }
            Ok(())
        }
    }
}
