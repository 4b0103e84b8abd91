//! Services, environments, placements and artifacts.

mod rows;

use crate::{
    cell::{self, Reading},
    cursor,
    engine::both,
    sql::services as sql,
};
use async_trait::async_trait;
pub(crate) use rows::ServiceRow;
use rows::{ArtifactRow, EnvironmentRow, PlacementRow, contains};
use slipway_domain::{
    artifact::{Artifact, Digest},
    deployment::Placement,
    environment::Environment,
    ids::{ArtifactId, PlacementId, RepositoryId, ServiceId},
    time::Timestamp,
};
use slipway_ports::store::{
    Page, Result, Services, StoreError,
    services::{Service, ServiceFilter},
};

both! {
    #[async_trait]
    impl Services for EngineTx {
        async fn add_service(&mut self, service: &Service) -> Result<()> {
            let add = sqlx::query(sql::ADD_SERVICE)
                .bind(service.id.to_string())
                .bind(&service.name)
                .bind(service.name.to_lowercase())
                .bind(service.entity.to_string())
                .bind(&service.owner)
                .bind(service.repository.map(|id| id.to_string()))
                .bind(service.created_at.as_millis())
                .bind(i64::from(service.demo));
            self.add("a service of this name", add).await
        }

        async fn service(&mut self, id: ServiceId) -> Result<Option<Service>> {
            self.one(sqlx::query_as(sql::SERVICE).bind(id.to_string())).await?.map(ServiceRow::read).transpose()
        }

        async fn service_by_name(&mut self, name: &str) -> Result<Option<Service>> {
            self.one(sqlx::query_as(sql::SERVICE_BY_NAME).bind(cell::text(name))).await?.map(ServiceRow::read).transpose()
        }

        async fn service_by_repository(&mut self, repository: RepositoryId) -> Result<Option<Service>> {
            let find = sqlx::query_as(sql::SERVICE_BY_REPOSITORY).bind(repository.to_string());
            self.one(find).await?.map(ServiceRow::read).transpose()
        }

        async fn services_by_ids(&mut self, ids: &[ServiceId]) -> Result<Vec<Service>> {
            let find = sqlx::query_as(Self::pick(&sql::SERVICES_BY_IDS)).bind(cell::id_list(ids));
            self.all(find).await?.into_iter().map(ServiceRow::read).collect()
        }

        async fn list_services(&mut self, filter: &ServiceFilter, cursor: Option<&str>, limit: u32) -> Result<Page<Service>> {
            let limit = cell::limit(limit);
            let mut query = Self::builder(sql::SERVICE_COLUMNS);
            if let Some(owner) = &filter.owner {
                query.push(" AND owner = ").push_bind(cell::text(owner).into_owned());
            }
            if let Some(runtime) = &filter.runtime {
                query
                    .push(" AND id IN (SELECT service FROM placements WHERE runtime = ")
                    .push_bind(cell::text(runtime).into_owned())
                    .push(")");
            }
            if let Some(part) = &filter.query {
                query.push(" AND sort_name LIKE ").push_bind(contains(part)).push(r" ESCAPE '\'");
            }
            if let Some((name, id)) = cursor::read::<(String, String)>(cursor)? {
                query.push(" AND (sort_name, id) > (").push_bind(name).push(", ").push_bind(id).push(")");
            }
            query.push(" ORDER BY sort_name, id LIMIT ").push_bind(limit + 1);
            let rows: Vec<rows::ListedService> = self.all(query.build_query_as()).await?;
            cursor::page(rows, limit, |row| (row.sort_name.clone(), row.service.id.clone()), |row| row.service.read())
        }

        async fn all_services(&mut self, owner: Option<&str>) -> Result<Vec<Service>> {
            let find = sqlx::query_as(sql::ALL_SERVICES).bind(owner.map(cell::text));
            self.all(find).await?.into_iter().map(ServiceRow::read).collect()
        }

        async fn count_services(&mut self) -> Result<i64> {
            self.number(sqlx::query_as(sql::COUNT_SERVICES)).await
        }

        async fn delete_service(&mut self, id: ServiceId) -> Result<()> {
            self.execute("a service", sqlx::query(sql::DELETE_SERVICE).bind(id.to_string())).await?;
            // Its days no longer count for anybody.
            self.last.dirty.entry(id.to_string()).or_default();
            Ok(())
        }

        async fn put_environment(&mut self, environment: &Environment) -> Result<()> {
            let put = sqlx::query(sql::PUT_ENVIRONMENT)
                .bind(&environment.name)
                .bind(environment.position)
                .bind(environment.tier.as_str())
                .bind(i64::from(environment.auto_deploy));
            self.change("an environment", put).await
        }

        async fn environments(&mut self) -> Result<Vec<Environment>> {
            self.all(sqlx::query_as(sql::ENVIRONMENTS)).await?.into_iter().map(EnvironmentRow::read).collect()
        }

        async fn add_placement(&mut self, placement: &Placement) -> Result<()> {
            let add = sqlx::query(sql::ADD_PLACEMENT)
                .bind(placement.id.to_string())
                .bind(placement.service.to_string())
                .bind(&placement.environment)
                .bind(&placement.runtime)
                .bind(cell::json(&placement.workload))
                .bind(placement.current.map(|id| id.to_string()))
                .bind(placement.observed.as_ref().map(cell::json))
                .bind(cell::json(&placement.health))
                .bind(placement.health.state.as_str())
                .bind(cell::millis(placement.health.seen_at))
                .bind(placement.observe_at.as_millis())
                .bind(placement.version);
            self.add("a placement of this service in this environment", add).await
        }

        async fn placement(&mut self, id: PlacementId) -> Result<Option<Placement>> {
            self.one(sqlx::query_as(sql::PLACEMENT).bind(id.to_string())).await?.map(PlacementRow::read).transpose()
        }

        async fn placements_of(&mut self, services: &[ServiceId]) -> Result<Vec<Placement>> {
            let find = sqlx::query_as(Self::pick(&sql::PLACEMENTS_OF)).bind(cell::id_list(services));
            self.all(find).await?.into_iter().map(PlacementRow::read).collect()
        }

        async fn set_placement(&mut self, placement: &Placement) -> Result<()> {
            let set = sqlx::query(sql::SET_PLACEMENT)
                .bind(placement.id.to_string())
                .bind(&placement.runtime)
                .bind(cell::json(&placement.workload))
                .bind(placement.current.map(|id| id.to_string()))
                .bind(placement.observed.as_ref().map(cell::json))
                .bind(cell::json(&placement.health))
                .bind(placement.health.state.as_str())
                .bind(cell::millis(placement.health.seen_at))
                .bind(placement.observe_at.as_millis())
                .bind(placement.version);
            self.change_version("a newer version of this placement", set).await
        }

        async fn delete_placement(&mut self, id: PlacementId) -> Result<()> {
            self.execute("a placement", sqlx::query(sql::DELETE_PLACEMENT).bind(id.to_string())).await?;
            Ok(())
        }

        async fn placements_due(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Placement>> {
            let find = sqlx::query_as(sql::PLACEMENTS_DUE).bind(now.as_millis()).bind(cell::limit(limit));
            self.all(find).await?.into_iter().map(PlacementRow::read).collect()
        }

        async fn placement_health(&mut self) -> Result<Vec<(String, Option<Timestamp>)>> {
            let rows: Vec<(String, Option<i64>)> = self.all(sqlx::query_as(sql::PLACEMENT_HEALTH)).await?;
            Ok(rows.into_iter().map(|(state, seen_at)| (state, cell::instant(seen_at))).collect())
        }

        async fn put_artifact(&mut self, artifact: &Artifact) -> Result<Artifact> {
            let add = sqlx::query(sql::PUT_ARTIFACT)
                .bind(artifact.id.to_string())
                .bind(artifact.service.to_string())
                .bind(&artifact.image)
                .bind(artifact.digest.as_str())
                .bind(&artifact.revision)
                .bind(artifact.version.as_deref().map(cell::text))
                .bind(artifact.built_at.as_millis())
                .bind(cell::text(&artifact.source));
            self.execute("an artifact", add).await?;
            let stands = self.artifact_by_digest(artifact.service, &artifact.digest).await?;
            stands.ok_or(StoreError::Dangling("an artifact"))
        }

        async fn artifact(&mut self, id: ArtifactId) -> Result<Option<Artifact>> {
            self.one(sqlx::query_as(sql::ARTIFACT).bind(id.to_string())).await?.map(ArtifactRow::read).transpose()
        }

        async fn artifacts_by_ids(&mut self, ids: &[ArtifactId]) -> Result<Vec<Artifact>> {
            let find = sqlx::query_as(Self::pick(&sql::ARTIFACTS_BY_IDS)).bind(cell::id_list(ids));
            self.all(find).await?.into_iter().map(ArtifactRow::read).collect()
        }

        async fn artifact_by_digest(&mut self, service: ServiceId, digest: &Digest) -> Result<Option<Artifact>> {
            let find = sqlx::query_as(sql::ARTIFACT_BY_DIGEST).bind(service.to_string()).bind(digest.as_str());
            self.one(find).await?.map(ArtifactRow::read).transpose()
        }

        async fn built_at(&mut self, services: &[ServiceId]) -> Result<Vec<(ServiceId, String, Timestamp)>> {
            let find = sqlx::query_as(Self::pick(&sql::BUILT_AT)).bind(cell::id_list(services));
            let rows: Vec<(String, String, i64)> = self.all(find).await?;
            let read = |(service, revision, at): (String, String, i64)| {
                let row = Reading { table: "artifacts", key: &revision };
                Ok((row.parse("service", &service)?, revision, Timestamp::from_millis(at)))
            };
            rows.into_iter().map(read).collect()
        }

        async fn artifacts_of(&mut self, service: ServiceId, limit: u32) -> Result<Vec<Artifact>> {
            let find = sqlx::query_as(sql::ARTIFACTS_OF).bind(service.to_string()).bind(cell::limit(limit));
            self.all(find).await?.into_iter().map(ArtifactRow::read).collect()
        }
    }
}
