//! Opening an upgrade: a branch with one commit, and a row.

use super::{
    plan::{Answers, Origins, Plan, origins, plan},
    versions::short,
};
use crate::{
    Caller, Result, Slipway,
    errors::{self, store},
};
use serde_json::json;
use slipway_api_types::{AppError, upgrades::UpgradeOpened};
use slipway_domain::{
    access::Permission,
    catalog::EntityRef,
    ids::{CampaignId, UpgradeId},
    upgrade::{Upgrade, UpgradeConflict, UpgradeState},
};
use slipway_ports::{
    StoreError,
    forge::{NewBranch, Saying},
    store::services::Service,
};
use slipway_scaffold::LOCK_FILE;

/// Opens the upgrade of a service to the latest version of its template, and says where to go on. Opening what is open gives that.
pub async fn open(slipway: &Slipway, caller: &Caller, service: &str, answers: &Answers) -> Result<UpgradeOpened> {
    let from = origins(slipway, service).await?;
    caller.require(Permission::Create, Some(&from.service.owner))?;
    match open_to(slipway, caller, &from, None, answers, None).await? {
        Some(upgrade) => Ok(UpgradeOpened { next: format!("/upgrades/{}", upgrade.id) }),
        None => Err(AppError::conflict(format!("{service} is on the latest version of its template already."))),
    }
}

/// Opens an upgrade on somebody's behalf. `None`: there is nothing to do.
pub(super) async fn open_to(
    slipway: &Slipway,
    caller: &Caller,
    from: &Origins,
    to: Option<&str>,
    answers: &Answers,
    campaign: Option<CampaignId>,
) -> Result<Option<Upgrade>> {
    let plan = plan(slipway, from, to, answers).await?;
    let stands = slipway.read().await?.open_upgrade(from.repository.id).await.map_err(store)?;
    if let Some(stands) = stands {
        return if stands.to_version == plan.to { Ok(Some(stands)) } else { Err(in_the_way(&stands)) };
    }
    if !plan.asks.is_empty() {
        return Err(AppError::invalid_fields(plan.asks.into_iter().map(|(_, problem)| problem).collect()));
    }
    if plan.is_nothing() {
        return Ok(None);
    }
    let new = branch(slipway, caller, from, &plan);
    let head = slipway.forge.put_branch(&from.repository.name, &new).await.map_err(errors::forge)?;
    let upgrade = Upgrade {
        id: UpgradeId::from_uuid(slipway.entropy.uuid()),
        repository: from.repository.id,
        service: from.service.id,
        template: from.lock.template.clone(),
        from_version: Some(from.lock.version.clone()),
        to_version: plan.to,
        branch: new.branch.clone(),
        head: head.clone(),
        conflicts: plan
            .merged
            .conflicts
            .into_iter()
            .map(|conflict| UpgradeConflict { path: conflict.path, message: conflict.message })
            .collect(),
        files: new.changes.keys().filter(|path| *path != LOCK_FILE).count().try_into().unwrap_or(i64::MAX),
        state: UpgradeState::Open,
        campaign,
        opened_by: caller.login.clone(),
        opened_at: new.saying.at,
        finished_at: None,
        merged_as: None,
        version: 1,
    };
    match add(slipway, caller, &from.service, &upgrade).await {
        Ok(()) => Ok(Some(upgrade)),
        Err(error) => {
            // Somebody else was quicker, or the database failed. Another's branch of the same name has another head.
            let stands = slipway.read().await?.open_upgrade(from.repository.id).await.map_err(store)?;
            match stands {
                Some(stands) if stands.to_version == upgrade.to_version => Ok(Some(stands)),
                _ => {
                    let gone = slipway.forge.delete_branch(&from.repository.name, &new.branch, Some(&head)).await;
                    gone.map_err(errors::forge)?;
                    Err(error)
                }
            }
        }
    }
}

pub(super) fn in_the_way(stands: &Upgrade) -> AppError {
    let version = short(&stands.to_version);
    AppError::conflict(format!("An upgrade to {version} is open already; merge it or close it first."))
}

fn branch(slipway: &Slipway, caller: &Caller, from: &Origins, plan: &Plan) -> NewBranch {
    let name = from.lock.template.parse::<EntityRef>().map(|template| template.name().to_owned()).unwrap_or_default();
    let to = short(&plan.to);
    let mut message = format!("Upgrade to {name} {to}\n\nFrom version {}.", short(&from.lock.version));
    if !plan.merged.conflicts.is_empty() {
        message.push_str(" Needs hands; both changed the same in:\n");
        for conflict in &plan.merged.conflicts {
            message.push_str(&format!("\n- {}", conflict.path));
        }
    }
    NewBranch {
        branch: format!("slipway/upgrade-{name}-{to}"),
        parent: from.head.clone(),
        changes: plan.merged.differences.iter().map(|d| (d.path.clone(), d.after.clone())).collect(),
        saying: Saying {
            message,
            author_name: caller.display_name.clone(),
            author_email: caller.email.clone(),
            at: slipway.clock.now(),
        },
    }
}

/// Writes the row of an upgrade whose branch is there.
pub(super) async fn add(slipway: &Slipway, caller: &Caller, service: &Service, upgrade: &Upgrade) -> Result<()> {
    let now = upgrade.opened_at;
    let mut tx = slipway.write().await?;
    match tx.add_upgrade(upgrade).await {
        Ok(()) => {}
        Err(StoreError::Conflict(_)) => {
            return Err(AppError::conflict("Somebody else has just opened an upgrade of this service."));
        }
        Err(error) => return Err(store(error)),
    }
    let detail = json!({
        "upgrade": upgrade.id, "template": upgrade.template, "from": upgrade.from_version, "to": upgrade.to_version,
        "branch": upgrade.branch, "conflicts": upgrade.conflicts.len(),
    });
    let (name, owner) = (&service.name, &service.owner);
    let line = caller.audit(&*slipway.entropy, now, "upgrade.open", name, Some(owner), detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("upgrade", &upgrade.id.to_string(), upgrade.version, now).await.map_err(store)?;
    tx.commit().await.map_err(store)
}
