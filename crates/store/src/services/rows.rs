//! Rows of services, environments, placements and artifacts.

use crate::cell::{self, Reading};
use slipway_domain::{
    artifact::Artifact,
    deployment::Placement,
    environment::{Environment, Tier},
    time::Timestamp,
};
use slipway_ports::store::{Result, services::Service};

#[derive(sqlx::FromRow)]
pub(crate) struct ServiceRow {
    pub(super) id: String,
    name: String,
    entity: String,
    owner: String,
    repository: Option<String>,
    created_at: i64,
    demo: i64,
}

impl ServiceRow {
    pub(crate) fn read(self) -> Result<Service> {
        let row = Reading { table: "services", key: &self.id };
        Ok(Service {
            id: row.parse("id", &self.id)?,
            entity: row.parse("entity", &self.entity)?,
            repository: row.maybe("repository", self.repository.as_deref())?,
            name: self.name,
            owner: self.owner,
            created_at: Timestamp::from_millis(self.created_at),
            demo: self.demo != 0,
        })
    }
}

/// A service with what it is ordered by.
#[derive(sqlx::FromRow)]
pub(super) struct ListedService {
    pub(super) sort_name: String,
    #[sqlx(flatten)]
    pub(super) service: ServiceRow,
}

#[derive(sqlx::FromRow)]
pub(super) struct EnvironmentRow {
    name: String,
    position: i64,
    tier: String,
    auto_deploy: i64,
}

impl EnvironmentRow {
    pub(super) fn read(self) -> Result<Environment> {
        let tier = Reading { table: "environments", key: &self.name }.word("tier", &self.tier, Tier::parse)?;
        Ok(Environment { name: self.name, position: self.position, tier, auto_deploy: self.auto_deploy != 0 })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct PlacementRow {
    id: String,
    service: String,
    environment: String,
    runtime: String,
    workload: String,
    current: Option<String>,
    observed: Option<String>,
    health: String,
    observe_at: i64,
    version: i64,
}

impl PlacementRow {
    pub(super) fn read(self) -> Result<Placement> {
        let row = Reading { table: "placements", key: &self.id };
        Ok(Placement {
            id: row.parse("id", &self.id)?,
            service: row.parse("service", &self.service)?,
            workload: row.json("workload", &self.workload)?,
            current: row.maybe("current", self.current.as_deref())?,
            observed: self.observed.as_deref().map(|text| row.json("observed", text)).transpose()?,
            health: row.json("health", &self.health)?,
            environment: self.environment,
            runtime: self.runtime,
            observe_at: Timestamp::from_millis(self.observe_at),
            version: self.version,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct ArtifactRow {
    id: String,
    service: String,
    image: String,
    digest: String,
    revision: String,
    version: Option<String>,
    built_at: i64,
    source: String,
}

impl ArtifactRow {
    pub(super) fn read(self) -> Result<Artifact> {
        let row = Reading { table: "artifacts", key: &self.id };
        Ok(Artifact {
            id: row.parse("id", &self.id)?,
            service: row.parse("service", &self.service)?,
            digest: row.parse("digest", &self.digest)?,
            image: self.image,
            revision: self.revision,
            version: self.version,
            built_at: Timestamp::from_millis(self.built_at),
            source: self.source,
        })
    }
}

/// A `LIKE` pattern for texts that contain `part`, any case; `%` and `_` in it are only characters.
pub(super) fn contains(part: &str) -> String {
    let mut pattern = String::from("%");
    for c in cell::text(part).to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
