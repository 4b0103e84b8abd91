//! Repositories and builds.

use crate::{
    cell::{self, Reading},
    engine::both,
    sql::repositories as sql,
};
use async_trait::async_trait;
use slipway_domain::{
    build::{Build, BuildState},
    ids::{BuildId, RepositoryId, ServiceId},
    time::Timestamp,
};
use slipway_ports::store::{Repositories, Result, StoreError, repositories::Repository};

#[derive(sqlx::FromRow)]
struct RepositoryRow {
    id: String,
    name: String,
    owner: String,
    default_branch: String,
    recorded_head: Option<String>,
    created_at: i64,
}

impl RepositoryRow {
    fn read(self) -> Result<Repository> {
        Ok(Repository {
            id: Reading { table: "repositories", key: &self.id }.parse("id", &self.id)?,
            name: self.name,
            owner: self.owner,
            default_branch: self.default_branch,
            recorded_head: self.recorded_head,
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}

#[derive(sqlx::FromRow)]
struct BuildRow {
    id: String,
    repository: String,
    service: String,
    revision: String,
    state: String,
    queued_at: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
    error: Option<String>,
    artifact: Option<String>,
}

impl BuildRow {
    fn read(self) -> Result<Build> {
        let row = Reading { table: "builds", key: &self.id };
        Ok(Build {
            id: row.parse("id", &self.id)?,
            repository: row.parse("repository", &self.repository)?,
            service: row.parse("service", &self.service)?,
            state: row.word("state", &self.state, BuildState::parse)?,
            artifact: row.maybe("artifact", self.artifact.as_deref())?,
            revision: self.revision,
            queued_at: Timestamp::from_millis(self.queued_at),
            started_at: cell::instant(self.started_at),
            finished_at: cell::instant(self.finished_at),
            error: self.error,
        })
    }
}

both! {
    #[async_trait]
    impl Repositories for EngineTx {
        async fn add_repository(&mut self, repository: &Repository) -> Result<()> {
            let add = sqlx::query(sql::ADD_REPOSITORY)
                .bind(repository.id.to_string())
                .bind(&repository.name)
                .bind(&repository.owner)
                .bind(&repository.default_branch)
                .bind(&repository.recorded_head)
                .bind(repository.created_at.as_millis());
            self.add("a repository of this name", add).await
        }

        async fn repository(&mut self, id: RepositoryId) -> Result<Option<Repository>> {
            self.one(sqlx::query_as(sql::REPOSITORY).bind(id.to_string())).await?.map(RepositoryRow::read).transpose()
        }

        async fn repository_by_name(&mut self, name: &str) -> Result<Option<Repository>> {
            let find = sqlx::query_as(sql::REPOSITORY_BY_NAME).bind(cell::text(name));
            self.one(find).await?.map(RepositoryRow::read).transpose()
        }

        async fn repositories(&mut self) -> Result<Vec<Repository>> {
            self.all(sqlx::query_as(sql::REPOSITORIES)).await?.into_iter().map(RepositoryRow::read).collect()
        }

        async fn move_recorded_head(&mut self, id: RepositoryId, before: Option<&str>, after: &str) -> Result<bool> {
            let change = sqlx::query(sql::MOVE_RECORDED_HEAD).bind(id.to_string()).bind(before).bind(after);
            Ok(self.execute("a repository", change).await? == 1)
        }

        async fn delete_repository(&mut self, id: RepositoryId) -> Result<()> {
            self.execute("a repository", sqlx::query(sql::DELETE_REPOSITORY).bind(id.to_string())).await?;
            Ok(())
        }

        async fn put_build(&mut self, build: &Build) -> Result<Build> {
            let add = sqlx::query(sql::PUT_BUILD)
                .bind(build.id.to_string())
                .bind(build.repository.to_string())
                .bind(build.service.to_string())
                .bind(&build.revision)
                .bind(build.state.as_str())
                .bind(build.queued_at.as_millis())
                .bind(cell::millis(build.started_at))
                .bind(cell::millis(build.finished_at))
                .bind(build.error.as_deref().map(cell::text))
                .bind(build.artifact.map(|id| id.to_string()));
            self.execute("a build", add).await?;
            let find = sqlx::query_as(sql::BUILD_BY_REVISION).bind(build.service.to_string()).bind(&build.revision);
            let stands: Option<BuildRow> = self.one(find).await?;
            stands.ok_or(StoreError::Dangling("a build"))?.read()
        }

        async fn build(&mut self, id: BuildId) -> Result<Option<Build>> {
            self.one(sqlx::query_as(sql::BUILD).bind(id.to_string())).await?.map(BuildRow::read).transpose()
        }

        async fn set_build(&mut self, build: &Build) -> Result<()> {
            let set = sqlx::query(sql::SET_BUILD)
                .bind(build.id.to_string())
                .bind(build.state.as_str())
                .bind(cell::millis(build.started_at))
                .bind(cell::millis(build.finished_at))
                .bind(build.error.as_deref().map(cell::text))
                .bind(build.artifact.map(|id| id.to_string()));
            self.change("a change of a build", set).await
        }

        async fn active_builds(&mut self, limit: u32) -> Result<Vec<Build>> {
            let find = sqlx::query_as(sql::ACTIVE_BUILDS).bind(cell::limit(limit));
            self.all(find).await?.into_iter().map(BuildRow::read).collect()
        }

        async fn builds_of(&mut self, service: ServiceId, limit: u32) -> Result<Vec<Build>> {
            let find = sqlx::query_as(sql::BUILDS_OF).bind(service.to_string()).bind(cell::limit(limit));
            self.all(find).await?.into_iter().map(BuildRow::read).collect()
        }
    }
}
