//! Deployments and their timelines.

mod rows;

use crate::{cell, cursor, engine::both, sql::deployments as sql};
use async_trait::async_trait;
use rows::{DeploymentRow, LabelRow, TimelineRow, id};
use slipway_domain::{
    deployment::{Deployment, TimelineEvent},
    ids::{DeploymentId, PlacementId, ServiceId},
};
use slipway_ports::store::{
    Deployments, Page, Result, StoreError,
    deployments::{DeploymentFilter, DeploymentLabel},
};

/// Deployments and timeline events that one statement writes.
const AT_ONCE: usize = 500;

both! {
    impl EngineTx {
        /// Inserts deployments but those that `unless` names; gives how many were new.
        async fn insert_deployments(&mut self, deployments: &[Deployment], unless: &'static str) -> Result<u64> {
            let mut insert = Self::builder(sql::ADD_DEPLOYMENTS);
            insert.push_values(deployments, |mut row, deployment| {
                row.push_bind(deployment.id.to_string())
                    .push_bind(deployment.service.to_string())
                    .push_bind(deployment.placement.to_string())
                    .push_bind(deployment.environment.as_str())
                    .push_bind(deployment.number)
                    .push_bind(deployment.artifact.to_string())
                    .push_bind(cell::json(&deployment.workload))
                    .push_bind(deployment.intent.as_str())
                    .push_bind(deployment.reason.as_deref().map(cell::text))
                    .push_bind(deployment.rollback_of.map(|id| id.to_string()))
                    .push_bind(deployment.previous.map(|id| id.to_string()))
                    .push_bind(deployment.state.as_str())
                    .push_bind(deployment.cause.as_ref().map(cell::json))
                    .push_bind(deployment.handle.as_deref().map(cell::text))
                    .push_bind(cell::text(&deployment.requested_by))
                    .push_bind(deployment.requested_at.as_millis())
                    .push_bind(cell::millis(deployment.started_at))
                    .push_bind(deployment.state_since.as_millis())
                    .push_bind(cell::millis(deployment.finished_at))
                    .push_bind(deployment.good_probes)
                    .push_bind(deployment.version)
                    // Without its service the row is refused all the same: by the foreign key.
                    .push("COALESCE((SELECT owner FROM services WHERE id = ")
                    .push_bind_unseparated(deployment.service.to_string())
                    .push_unseparated("), '')");
            });
            insert.push(unless);
            self.execute("a deployment", insert.build().persistent(cell::keep(deployments.len()))).await
        }
    }

    #[async_trait]
    impl Deployments for EngineTx {
        async fn next_deployment_number(&mut self, service: ServiceId) -> Result<i64> {
            let lock = sqlx::query(sql::LOCK_SERVICE).bind(service.to_string());
            self.change("a deployment's number", lock).await?;
            self.number(sqlx::query_as(sql::NEXT_NUMBER).bind(service.to_string())).await
        }

        async fn add_deployment(&mut self, deployment: &Deployment) -> Result<()> {
            match self.insert_deployments(std::slice::from_ref(deployment), " ON CONFLICT DO NOTHING").await? {
                0 => Err(StoreError::Conflict("a deployment of this number")),
                _ => Ok(()),
            }
        }

        async fn add_deployments(&mut self, deployments: &[Deployment]) -> Result<()> {
            for deployments in deployments.chunks(AT_ONCE) {
                self.insert_deployments(deployments, " ON CONFLICT (id) DO NOTHING").await?;
            }
            Ok(())
        }

        async fn deployment(&mut self, id: DeploymentId) -> Result<Option<Deployment>> {
            self.one(sqlx::query_as(sql::DEPLOYMENT).bind(id.to_string())).await?.map(DeploymentRow::read).transpose()
        }

        async fn deployments_by_ids(&mut self, ids: &[DeploymentId]) -> Result<Vec<Deployment>> {
            let find = sqlx::query_as(Self::pick(&sql::DEPLOYMENTS_BY_IDS)).bind(cell::id_list(ids));
            self.all(find).await?.into_iter().map(DeploymentRow::read).collect()
        }

        async fn deployment_by_number(&mut self, service: ServiceId, number: i64) -> Result<Option<Deployment>> {
            let find = sqlx::query_as(sql::DEPLOYMENT_BY_NUMBER).bind(service.to_string()).bind(number);
            self.one(find).await?.map(DeploymentRow::read).transpose()
        }

        async fn set_deployment(&mut self, deployment: &Deployment) -> Result<()> {
            let set = sqlx::query(sql::SET_DEPLOYMENT)
                .bind(deployment.id.to_string())
                .bind(cell::json(&deployment.workload))
                .bind(deployment.reason.as_deref().map(cell::text))
                .bind(deployment.previous.map(|id| id.to_string()))
                .bind(deployment.state.as_str())
                .bind(deployment.cause.as_ref().map(cell::json))
                .bind(deployment.handle.as_deref().map(cell::text))
                .bind(cell::millis(deployment.started_at))
                .bind(deployment.state_since.as_millis())
                .bind(cell::millis(deployment.finished_at))
                .bind(deployment.good_probes)
                .bind(deployment.version);
            self.change_version("a newer version of this deployment", set).await
        }

        async fn list_deployments(&mut self, filter: &DeploymentFilter, cursor: Option<&str>, limit: u32) -> Result<Page<Deployment>> {
            let limit = cell::limit(limit);
            let mut query = Self::builder(sql::DEPLOYMENT_COLUMNS);
            if let Some(service) = filter.service {
                query.push(" AND service = ").push_bind(service.to_string());
            }
            if let Some(environment) = &filter.environment {
                query.push(" AND environment = ").push_bind(cell::text(environment).into_owned());
            }
            if let Some(state) = filter.state {
                query.push(" AND state = ").push_bind(state.as_str());
            }
            if filter.active {
                query.push(sql::AND_ACTIVE);
            }
            if let Some(owner) = &filter.owner {
                query.push(" AND owner = ").push_bind(cell::text(owner).into_owned());
            }
            if let Some((at, id)) = cursor::read::<(i64, String)>(cursor)? {
                query.push(" AND (requested_at, id) < (").push_bind(at).push(", ").push_bind(id).push(")");
            }
            query.push(" ORDER BY requested_at DESC, id DESC LIMIT ").push_bind(limit + 1);
            let rows: Vec<DeploymentRow> = self.all(query.build_query_as()).await?;
            cursor::page(rows, limit, |row| (row.requested_at, row.id.clone()), DeploymentRow::read)
        }

        async fn deployment_labels(&mut self, ids: &[DeploymentId]) -> Result<Vec<DeploymentLabel>> {
            let find = sqlx::query_as(Self::pick(&sql::LABELS)).bind(cell::id_list(ids));
            self.all(find).await?.into_iter().map(LabelRow::read).collect()
        }

        async fn deployments_at(&mut self, placements: &[PlacementId], newest: u32) -> Result<Vec<Deployment>> {
            let find = sqlx::query_as(Self::pick(&sql::AT_PLACEMENTS)).bind(cell::id_list(placements));
            self.all(find.bind(i64::from(newest))).await?.into_iter().map(DeploymentRow::read).collect()
        }

        async fn active_deployments(&mut self, limit: u32) -> Result<Vec<DeploymentId>> {
            self.all(sqlx::query_as(sql::ACTIVE).bind(cell::limit(limit))).await?.into_iter().map(id).collect()
        }

        async fn active_deployments_of(&mut self, placement: PlacementId) -> Result<Vec<Deployment>> {
            let find = sqlx::query_as(sql::ACTIVE_OF).bind(placement.to_string());
            self.all(find).await?.into_iter().map(DeploymentRow::read).collect()
        }

        async fn add_timeline(&mut self, events: &[TimelineEvent]) -> Result<u64> {
            let mut added = 0;
            for events in events.chunks(AT_ONCE) {
                let mut insert = Self::builder("INSERT INTO timeline (deployment, key, at, lane, message, warning) ");
                insert.push_values(events, |mut row, event| {
                    row.push_bind(event.deployment.to_string())
                        .push_bind(cell::text(&event.key))
                        .push_bind(event.at.as_millis())
                        .push_bind(event.lane.as_str())
                        .push_bind(cell::text(&event.message))
                        .push_bind(i64::from(event.warning));
                });
                insert.push(" ON CONFLICT (deployment, key) DO NOTHING");
                added += self.execute("a timeline event", insert.build().persistent(cell::keep(events.len()))).await?;
            }
            Ok(added)
        }

        async fn timeline(&mut self, deployment: DeploymentId) -> Result<Vec<TimelineEvent>> {
            let find = sqlx::query_as(sql::TIMELINE).bind(deployment.to_string());
            self.all(find).await?.into_iter().map(TimelineRow::read).collect()
        }
    }
}
