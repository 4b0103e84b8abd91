//! The end of an upgrade: merged into the default branch, or closed.

use crate::{
    Caller, Result, Slipway,
    errors::{self, store},
    reconcile::slipway_caller,
    repositories::record_push,
};
use serde_json::json;
use slipway_api_types::AppError;
use slipway_domain::{
    access::Permission,
    catalog::EntityRef,
    ids::RepositoryId,
    upgrade::{Upgrade, UpgradeState},
};
use slipway_ports::{
    StoreError,
    forge::{Conflict, Joined, Saying},
    store::{repositories::Repository, services::Service},
};

/// An upgrade with what it is about.
pub(super) struct Case {
    pub upgrade: Upgrade,
    pub service: Service,
    pub repository: Repository,
}

/// An upgrade by the id that a page has.
pub(super) async fn find(slipway: &Slipway, id: &str) -> Result<Case> {
    let missing = || AppError::not_found(format!("upgrade with the id `{id}`"));
    let id = id.parse().map_err(|_| missing())?;
    let mut tx = slipway.read().await?;
    let upgrade = tx.upgrade(id).await.map_err(store)?.ok_or_else(missing)?;
    let service = tx.service(upgrade.service).await.map_err(store)?.ok_or_else(missing)?;
    let repository = tx.repository(upgrade.repository).await.map_err(store)?.ok_or_else(missing)?;
    Ok(Case { upgrade, service, repository })
}

/// Merges an open upgrade into the default branch, as a push does: it is recorded, built and counted. Merging what is merged
/// changes nothing.
pub async fn merge(slipway: &Slipway, caller: &Caller, id: &str) -> Result<()> {
    let case = find(slipway, id).await?;
    caller.require(Permission::Create, Some(&case.service.owner))?;
    merge_case(slipway, caller, &case).await
}

pub(super) async fn merge_case(slipway: &Slipway, caller: &Caller, case: &Case) -> Result<()> {
    let Case { upgrade, repository, .. } = case;
    match upgrade.state {
        UpgradeState::Open => {}
        UpgradeState::Merged => return Ok(()),
        UpgradeState::Closed => return Err(AppError::conflict("This upgrade was closed; open it anew.")),
    }
    let head = slipway.forge.head(&repository.name, &upgrade.branch).await.map_err(errors::forge)?;
    let head = head.ok_or_else(|| {
        AppError::conflict(format!("The branch {} is gone; close this upgrade and open it anew.", upgrade.branch))
    })?;
    let left = undecided(slipway, case, &head).await?;
    if let Some(first) = left.first() {
        return Err(AppError::conflict(format!(
            "It needs hands first: the template and the team changed the same in {} and {} more. Check out {}, decide, and push.",
            first,
            left.len() - 1,
            upgrade.branch
        ).replace(" and 0 more", "")));
    }
    let name = upgrade.template.parse::<EntityRef>().map(|template| template.name().to_owned()).unwrap_or_default();
    let saying = Saying {
        message: format!("Merge the upgrade to {name} {}", super::versions::short(&upgrade.to_version)),
        author_name: caller.display_name.clone(),
        author_email: caller.email.clone(),
        at: slipway.clock.now(),
    };
    let joined = slipway.forge.join(&repository.name, &head, &repository.default_branch, &saying).await;
    let merged_as = match joined.map_err(errors::forge)? {
        Joined::At(sha) => sha,
        Joined::Conflicts(conflicts) => return Err(moved_on(repository, upgrade, &conflicts)),
    };
    record_push(slipway, repository, caller.login()).await?;
    finish(slipway, caller, case, UpgradeState::Merged, Some(merged_as)).await?;
    forget_branch(slipway, case).await;
    Ok(())
}

fn moved_on(repository: &Repository, upgrade: &Upgrade, conflicts: &[Conflict]) -> AppError {
    let paths: Vec<&str> = conflicts.iter().map(|conflict| conflict.path.as_str()).collect();
    AppError::conflict(format!(
        "{} has moved on and changed the same in {}. Merge it into {} and push, or close this upgrade and open it anew.",
        repository.default_branch,
        paths.join(", "),
        upgrade.branch
    ))
}

/// Paths where a person still has to decide: all conflicts while the branch is as Slipway made it; else the files in which its
/// markers still stand.
pub(super) async fn undecided(slipway: &Slipway, case: &Case, head: &str) -> Result<Vec<String>> {
    let Case { upgrade, repository, .. } = case;
    if upgrade.conflicts.is_empty() {
        return Ok(Vec::new());
    }
    if head == upgrade.head {
        return Ok(upgrade.conflicts.iter().map(|conflict| conflict.path.clone()).collect());
    }
    let compared = slipway.forge.compare(&repository.name, &repository.default_branch, head).await;
    let marked = |difference: slipway_ports::forge::Difference| {
        let after = difference.after?;
        has_markers(&String::from_utf8_lossy(&after.bytes), &repository.default_branch).then_some(difference.path)
    };
    Ok(compared.map_err(errors::forge)?.into_iter().filter_map(marked).collect())
}

/// Whether a text has a conflict marker that Slipway put there: beginning, or end.
pub(super) fn has_markers(text: &str, our_name: &str) -> bool {
    text.lines().any(|line| line.strip_prefix("<<<<<<< ") == Some(our_name) || line.starts_with(">>>>>>> "))
}

/// Closes an open upgrade and deletes its branch. Closing what is closed changes nothing.
pub async fn close(slipway: &Slipway, caller: &Caller, id: &str) -> Result<()> {
    let case = find(slipway, id).await?;
    caller.require(Permission::Create, Some(&case.service.owner))?;
    match case.upgrade.state {
        UpgradeState::Open => {}
        UpgradeState::Closed => return Ok(()),
        UpgradeState::Merged => return Err(AppError::conflict("This upgrade is merged already.")),
    }
    finish(slipway, caller, &case, UpgradeState::Closed, None).await?;
    forget_branch(slipway, &case).await;
    Ok(())
}

async fn finish(
    slipway: &Slipway,
    caller: &Caller,
    case: &Case,
    state: UpgradeState,
    merged_as: Option<String>,
) -> Result<()> {
    let now = slipway.clock.now();
    let upgrade = Upgrade { state, finished_at: Some(now), merged_as, ..case.upgrade.clone() };
    let mut tx = slipway.write().await?;
    match tx.set_upgrade(&upgrade).await {
        Ok(()) => {}
        // Somebody else ended it meanwhile; if the same way, then what was asked for is done.
        Err(StoreError::Conflict(_)) => {
            drop(tx);
            let stands = find(slipway, &upgrade.id.to_string()).await?.upgrade;
            return if stands.state == state {
                Ok(())
            } else {
                Err(AppError::conflict("Somebody else has just ended this upgrade; look at it again."))
            };
        }
        Err(error) => return Err(store(error)),
    }
    let action = if state == UpgradeState::Merged { "upgrade.merge" } else { "upgrade.close" };
    let detail =
        json!({"upgrade": upgrade.id, "template": upgrade.template, "to": upgrade.to_version, "as": upgrade.merged_as});
    let (name, owner) = (&case.service.name, &case.service.owner);
    let line = caller.audit(&*slipway.entropy, now, action, name, Some(owner), detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("upgrade", &upgrade.id.to_string(), upgrade.version + 1, now).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    slipway.wake.upgrades.notify_one();
    Ok(())
}

/// The branch has done its duty. One that stays does no harm: the next upgrade to the same version begins it anew.
async fn forget_branch(slipway: &Slipway, case: &Case) {
    if let Err(error) = slipway.forge.delete_branch(&case.repository.name, &case.upgrade.branch, None).await {
        tracing::warn!(upgrade.id = %case.upgrade.id, error.cause = %error, "the branch of an upgrade that ended is still there");
    }
}

/// After a push to a repository, to whatever branch: what is left to decide of its open upgrade may be another.
pub(crate) async fn pushed(slipway: &Slipway, repository: RepositoryId) -> Result<()> {
    let open = slipway.read().await?.open_upgrade(repository).await.map_err(store)?;
    let Some(upgrade) = open else { return Ok(()) };
    let mut tx = slipway.write().await?;
    tx.publish("upgrade", &upgrade.id.to_string(), upgrade.version, slipway.clock.now()).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    slipway.wake.upgrades.notify_one();
    Ok(())
}

/// Notes every open upgrade that the default branch has already: merged by somebody's own git, or just before a crash.
pub(crate) async fn settle(slipway: &Slipway) -> Result<u64> {
    let open = slipway.read().await?.open_upgrades(500).await.map_err(store)?;
    let mut settled = 0;
    for upgrade in open {
        let Ok(case) = find(slipway, &upgrade.id.to_string()).await else { continue };
        let (name, branch) = (&case.repository.name, &case.repository.default_branch);
        let lock = slipway.read().await?.lock(case.repository.id).await.map_err(store)?;
        let says_so = lock.is_some_and(|lock| lock.version == upgrade.to_version);
        // A repository that cannot be read now is looked at again later.
        let has_it = says_so || slipway.forge.is_in(name, &upgrade.head, branch).await.unwrap_or(false);
        let (true, Ok(Some(head))) = (has_it, slipway.forge.head(name, branch).await) else { continue };
        // Whoever merged it may have died before the push was recorded.
        record_push(slipway, &case.repository, "git").await?;
        finish(slipway, &slipway_caller(), &case, UpgradeState::Merged, Some(head)).await?;
        forget_branch(slipway, &case).await;
        settled += 1;
    }
    Ok(settled)
}
