//! Adopting: a repository that was made elsewhere is said to be on a template's version with these inputs. The lock file comes on a
//! branch, to be reviewed and merged as an upgrade is; from then on the service is upgraded as every other.

use super::{
    open::{add, in_the_way},
    plan::{Answers, answered, asks, repository_of},
    render::{Files, Origin, render},
    versions::{kept, latest, short},
};
use crate::{
    Caller, Result, Slipway,
    create::{Patterns, parameters},
    errors::{self, store},
};
use serde_json::{Map, Value};
use slipway_api_types::{
    AppError,
    upgrades::{AdoptPage, Likeness, UpgradeOpened},
};
use slipway_domain::{
    access::Permission,
    catalog::EntityRef,
    ids::UpgradeId,
    upgrade::{Upgrade, UpgradeState},
};
use slipway_forms::{Field, with_defaults};
use slipway_ports::{
    forge::{CommitFile, NewBranch, Saying},
    store::repositories::Repository,
};
use slipway_scaffold::{LOCK_FILE, TemplateLock};
use std::collections::BTreeSet;

/// `/services/{name}/adopt`: which golden path, which version, and what its inputs are. Nothing is written.
pub async fn adopt_page(slipway: &Slipway, caller: &Caller, service: &str, template: &str) -> Result<AdoptPage> {
    caller.require(Permission::Read, None)?;
    let (service, _, _) = repository_of(slipway, service).await?;
    let mut tx = slipway.read().await?;
    let marks = tx.version_marks().await.map_err(store)?;
    let mut templates: Vec<(String, String)> = Vec::new();
    for mark in &marks {
        if let (Ok(reference), false) =
            (mark.template.parse::<EntityRef>(), templates.iter().any(|(known, _)| *known == mark.template))
        {
            templates.push((mark.template.clone(), reference.name().to_owned()));
        }
    }
    templates.sort_by(|a, b| a.1.cmp(&b.1));
    let of_template = marks.iter().filter(|mark| mark.template == template);
    let versions = of_template.map(|mark| (mark.version.clone(), short(&mark.version)));
    let mut page = AdoptPage {
        now: slipway.clock.now().as_millis(),
        service: crate::views::service_link(&service.name),
        templates,
        template: template.to_owned(),
        versions: versions.collect(),
        fields: Vec::new(),
        may_adopt: caller.may(Permission::Create, Some(&service.owner)),
    };
    if template.is_empty() {
        return Ok(page);
    }
    let version = latest(&marks, template)
        .ok_or_else(|| AppError::not_found(format!("version of `{template}` that was seen here")))?;
    let folder = kept(&mut *tx, template, version).await?;
    let entity = tx.entity(&service.entity).await.map_err(store)?;
    drop(tx);
    let Some(form) = folder.and_then(|folder| folder.template().ok()).map(|template| template.form) else {
        return Err(AppError::conflict("The latest version of this golden path cannot be read."));
    };
    // What the catalogue knows is most of what a golden path asks.
    let mut known = Map::new();
    known.insert("name".to_owned(), service.name.clone().into());
    known.insert("owner".to_owned(), service.owner.clone().into());
    if let Some(entity) = entity {
        known.insert("description".to_owned(), entity.entity.description().into());
    }
    let values = with_defaults(&form, &known, &Patterns);
    let fields = form.fields(&values, &Patterns).into_iter().filter(Field::is_typed);
    page.fields = fields.map(|field| (field.clone(), field.show(field.value(&values)))).collect();
    Ok(page)
}

/// Says that a service's repository is on a version of a template with these inputs: a branch with the lock file. `version`: its hash, or
/// empty for the latest that was seen.
pub async fn adopt(
    slipway: &Slipway,
    caller: &Caller,
    service: &str,
    template: &str,
    version: &str,
    typed: &Answers,
) -> Result<UpgradeOpened> {
    let (service, repository, head) = repository_of(slipway, service).await?;
    caller.require(Permission::Create, Some(&service.owner))?;
    let (version, folder) = {
        let mut tx = slipway.read().await?;
        if tx.lock(repository.id).await.map_err(store)?.is_some() {
            let message = format!("{} says already which golden path it is on.", service.name);
            return Err(AppError::conflict(message));
        }
        if let Some(stands) = tx.open_upgrade(repository.id).await.map_err(store)? {
            return Err(in_the_way(&stands));
        }
        let version = match version {
            "" => latest(&tx.version_marks().await.map_err(store)?, template).unwrap_or_default().to_owned(),
            version => version.to_owned(),
        };
        let folder = kept(&mut *tx, template, &version).await?;
        (version, folder)
    };
    let version = version.as_str();
    let unknown = || AppError::invalid("version", "This version was never seen here; choose one of the list.");
    let folder = folder.ok_or_else(unknown)?;
    let path = folder.template().map_err(|error| AppError::conflict(error.to_string()))?;
    let inputs = answered(&path.form, &Map::new(), typed);
    let asks = asks(&path.form, &inputs);
    if !asks.is_empty() {
        return Err(AppError::invalid_fields(asks.into_iter().map(|(_, problem)| problem).collect()));
    }
    let inputs: Map<String, Value> = parameters(&path.form, &inputs);
    let id = UpgradeId::from_uuid(slipway.entropy.uuid());
    let (user, run) = (format!("user:default/{}", caller.login), id.to_string());
    let rendered = render(slipway, &folder, &inputs, &Origin::of(&user, &run)).await?;
    let lock = TemplateLock::new(template, version, &path, &inputs, (&user, &run), &rendered);
    let file = CommitFile { bytes: lock.write().into(), ..CommitFile::default() };
    let now = slipway.clock.now();
    let new = NewBranch {
        branch: format!("slipway/adopt-{}-{}", path.name, short(version)),
        parent: head,
        changes: [(LOCK_FILE.to_owned(), Some(file))].into(),
        saying: Saying {
            message: format!("Say that this is {} {}", path.name, short(version)),
            author_name: caller.display_name.clone(),
            author_email: caller.email.clone(),
            at: now,
        },
    };
    let head = slipway.forge.put_branch(&repository.name, &new).await.map_err(errors::forge)?;
    let upgrade = Upgrade {
        id,
        repository: repository.id,
        service: service.id,
        template: template.to_owned(),
        from_version: None,
        to_version: version.to_owned(),
        branch: new.branch.clone(),
        head: head.clone(),
        conflicts: Vec::new(),
        files: 0,
        state: UpgradeState::Open,
        campaign: None,
        opened_by: caller.login.clone(),
        opened_at: now,
        finished_at: None,
        merged_as: None,
        version: 1,
    };
    if let Err(error) = add(slipway, caller, &service, &upgrade).await {
        let gone = slipway.forge.delete_branch(&repository.name, &new.branch, Some(&head)).await;
        gone.map_err(errors::forge)?;
        return Err(error);
    }
    Ok(UpgradeOpened { next: format!("/upgrades/{id}") })
}

/// How far a repository is from what its lock file at `revision` says it was made of.
pub(super) async fn likeness(slipway: &Slipway, repository: &Repository, revision: &str) -> Result<Option<Likeness>> {
    let files: Files = slipway.forge.files(&repository.name, revision).await.map_err(errors::forge)?;
    let Some(Ok(lock)) = files.get(LOCK_FILE).map(|lock| TemplateLock::read(&lock.bytes)) else { return Ok(None) };
    let mut likeness = Likeness::default();
    for path in lock.files.keys() {
        match files.get(path) {
            Some(file) if lock.is_untouched(path, &file.bytes) => likeness.same += 1,
            Some(_) => likeness.differing.push(path.clone()),
            None => likeness.missing.push(path.clone()),
        }
    }
    let made: BTreeSet<&String> = lock.files.keys().collect();
    likeness.own = files.keys().filter(|path| !made.contains(path) && *path != LOCK_FILE).count();
    Ok(Some(likeness))
}
