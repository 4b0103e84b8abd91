//! Takes the history of a service that Slipway did not see: commits from a clone, deployments to production from its tags.

mod archive;
mod csv;
mod gitlab;

pub use archive::{ArchiveReport, github_archive};
pub use csv::{CsvReport, csv};
pub use gitlab::{ExportLine, ExportReport, gitlab_export};
pub use slipway_webhooks::ExportRelation;

use crate::{
    Caller, Door, Result, Slipway,
    errors::store,
    fleet::some,
    insights::events::{commits_told, deployment_told, instant},
};
use serde_json::json;
use slipway_api_types::AppError;
use slipway_domain::{
    access::{Grant, Permission, Role},
    catalog::EntityRef,
    ids::{ServiceId, UserId},
    time::Timestamp,
};
use slipway_dora::{Id, Status, Tier};
use slipway_ports::{Tx, forge::Commit, store::services::Service};

/// Events that are written together.
const AT_ONCE: usize = 2_000;

/// A tag that stands for a deployment to production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its name: `v1.4.0`.
    pub name: String,
    /// The commit it names, full SHA.
    pub sha: String,
    /// When it was made.
    pub at: Timestamp,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportReport {
    /// The service's name.
    pub service: String,
    /// Whether Slipway did not know the service before.
    pub created: bool,
    /// Commits that were given.
    pub commits: usize,
    /// Tags that were given.
    pub tags: usize,
    /// Events that were new; 0 when all of it was imported before.
    pub new_events: u64,
}

/// Whoever runs the program on the machine of its database: the command line. It may do everything and stands in the audit log.
pub fn operator() -> Caller {
    Caller {
        user: UserId::from_uuid(uuid::Uuid::nil()),
        session: None,
        login: "operator".to_owned(),
        display_name: "Operator".to_owned(),
        email: "operator@users.slipway.invalid".to_owned(),
        grants: vec![Grant { role: Role::Administrator, team: None }],
        door: Door::System,
        scopes: None,
    }
}

/// Imports a history: every commit that is no merge is a change, every tag a deployment to production. Importing again only adds what
/// is new. `owner` (a team) is needed when there is no service of that name yet.
pub async fn git(
    slipway: &Slipway,
    caller: &Caller,
    service: &str,
    owner: Option<&str>,
    commits: Vec<Commit>,
    tags: Vec<Tag>,
) -> Result<ImportReport> {
    if tags.is_empty() {
        return Err(AppError::invalid(
            "tags",
            "The repository has no tags; tags are what says when something was deployed.",
        ));
    }
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    let (service, created) = match tx.service_by_name(service.trim()).await.map_err(store)? {
        Some(known) => (known, false),
        None => (new_service(slipway, service.trim(), owner)?, true),
    };
    caller.require(Permission::Manage, Some(&service.owner))?;
    if created {
        tx.add_service(&service).await.map_err(store)?;
    }
    let source = format!("import:{}", service.name);
    let mut new_events = 0;
    for commits in commits.chunks(AT_ONCE) {
        new_events += tx.add_delivery(&commits_told(&source, service.id, commits)).await.map_err(store)?;
    }
    new_events += add_tags(&mut *tx, &source, service.id, &tags).await?;
    let detail = json!({"commits": commits.len(), "tags": tags.len(), "new": new_events});
    let line = caller.audit(&*slipway.entropy, now, "delivery.import", &service.name, Some(&service.owner), detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("delivery", &service.name, 0, now).await.map_err(store)?;
    if created {
        tx.publish("service", &service.name, 0, now).await.map_err(store)?;
    }
    tx.commit().await.map_err(store)?;
    Ok(ImportReport { service: service.name, created, commits: commits.len(), tags: tags.len(), new_events })
}

fn new_service(slipway: &Slipway, name: &str, owner: Option<&str>) -> Result<Service> {
    let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if name.is_empty() || name.len() > 63 || !name.bytes().all(letters) || name.starts_with('-') || name.ends_with('-')
    {
        let message = format!("`{name}` is not a service's name; use up to 63 lower-case letters, digits and `-`.");
        return Err(AppError::invalid("service", message));
    }
    let Some(owner) = owner.and_then(some) else {
        let message =
            format!("There is no service named `{name}` yet; say which team owns it, e.g. group:default/payments.");
        return Err(AppError::invalid("owner", message));
    };
    let owner = EntityRef::parse(&owner, Some("group"), "default")
        .map_err(|error| AppError::invalid("owner", error.to_string()))?;
    Ok(Service {
        id: ServiceId::from_uuid(slipway.entropy.uuid()),
        name: name.to_owned(),
        entity: EntityRef::new("component", "default", name),
        owner: owner.to_string(),
        repository: None,
        created_at: slipway.clock.now(),
        demo: false,
    })
}

async fn add_tags(tx: &mut dyn Tx, source: &str, service: ServiceId, tags: &[Tag]) -> Result<u64> {
    let event = |tag: &Tag| {
        // With the service, because two services may both have a v1.
        let id = format!("{service}:{}", tag.name);
        let record = slipway_dora::Deployment {
            version: Some(Id::from(tag.name.as_str())),
            tier: Some(Tier::Production),
            ..slipway_dora::Deployment::new(id, tag.sha.as_str(), instant(tag.at), Status::Success)
        };
        deployment_told(source, service, &record)
    };
    let mut new = 0;
    for tags in tags.chunks(AT_ONCE) {
        new += tx.add_delivery(&tags.iter().map(event).collect::<Vec<_>>()).await.map_err(store)?;
    }
    Ok(new)
}
