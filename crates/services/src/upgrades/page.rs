//! The pages of an upgrade: what one would do, and one to be reviewed.

use super::{
    adopt::likeness,
    diff,
    finish::{find, undecided},
    fleet::template_link,
    plan::{Answers, origins, plan},
    versions::short,
};
use crate::{Caller, Result, Slipway, errors::store, views::service_link};
use slipway_api_types::{
    AppError,
    catalog::Link,
    upgrades::{UpgradePage, UpgradePlanPage},
};
use slipway_domain::{
    access::Permission,
    time::Timestamp,
    upgrade::{UpgradeConflict, UpgradeState},
};
use slipway_ports::forge::{Difference, ForgeError};
use slipway_scaffold::LOCK_FILE;

/// `/services/{name}/upgrade`: what bringing it to the latest version would change. Nothing is written.
pub async fn plan_page(slipway: &Slipway, caller: &Caller, service: &str) -> Result<UpgradePlanPage> {
    caller.require(Permission::Read, None)?;
    let from = origins(slipway, service).await?;
    let plan = plan(slipway, &from, None, &Answers::new()).await?;
    let open = slipway.read().await?.open_upgrade(from.repository.id).await.map_err(store)?;
    let nothing = plan.is_nothing();
    let conflicts = plan.merged.conflicts.into_iter();
    Ok(UpgradePlanPage {
        now: slipway.clock.now().as_millis(),
        service: service_link(&from.service.name),
        template: template_link(&from.lock.template),
        from: short(&from.lock.version),
        to: short(&plan.to),
        files: diff::files(&without_lock(plan.merged.differences), &from.repository.default_branch),
        conflicts: conflicts.map(|c| UpgradeConflict { path: c.path, message: c.message }).collect(),
        asks: plan.asks,
        nothing,
        open: open.map(|open| Link {
            title: format!("Upgrade to {}", short(&open.to_version)),
            href: format!("/upgrades/{}", open.id),
        }),
        may_open: caller.may(Permission::Create, Some(&from.service.owner)),
    })
}

/// `/upgrades/{id}`. Five queries.
pub async fn page(slipway: &Slipway, caller: &Caller, id: &str) -> Result<UpgradePage> {
    caller.require(Permission::Read, None)?;
    let case = find(slipway, id).await?;
    let (upgrade, repository) = (&case.upgrade, &case.repository);
    let mut page = UpgradePage {
        now: slipway.clock.now().as_millis(),
        id: upgrade.id.to_string(),
        service: service_link(&case.service.name),
        template: template_link(&upgrade.template),
        from: upgrade.from_version.as_deref().map(short).unwrap_or_default(),
        to: short(&upgrade.to_version),
        state: upgrade.state,
        opened_by: upgrade.opened_by.clone(),
        opened_at: upgrade.opened_at.as_millis(),
        finished_at: upgrade.finished_at.map(Timestamp::as_millis),
        merged_as: upgrade.merged_as.as_deref().map(crate::views::short),
        branch: upgrade.branch.clone(),
        checkout: format!("git fetch origin && git switch {}", upgrade.branch),
        into: repository.default_branch.clone(),
        files: Vec::new(),
        conflicts: upgrade.conflicts.clone(),
        undecided: Vec::new(),
        likeness: None,
        trouble: None,
        may_act: upgrade.state == UpgradeState::Open && caller.may(Permission::Create, Some(&case.service.owner)),
    };
    if upgrade.state != UpgradeState::Open {
        return Ok(page);
    }
    let (name, into) = (&repository.name, &repository.default_branch);
    let shown = async {
        let Some(head) = slipway.forge.head(name, &upgrade.branch).await.map_err(crate::errors::forge)? else {
            let gone = ForgeError::NotFound(format!("branch `{}`", upgrade.branch));
            return Err(crate::errors::forge(gone));
        };
        let compared = slipway.forge.compare(name, into, &head).await.map_err(crate::errors::forge)?;
        let likeness = match upgrade.from_version {
            None => likeness(slipway, repository, &head).await?,
            Some(_) => None,
        };
        let undecided = undecided(slipway, &case, &head).await?;
        Ok::<_, AppError>((diff::files(&without_lock(compared), into), undecided, likeness))
    };
    match shown.await {
        Ok(shown) => (page.files, page.undecided, page.likeness) = shown,
        // A branch that somebody deleted must not hide the button that closes the upgrade.
        Err(error) => page.trouble = Some(error.message),
    }
    Ok(page)
}

/// The lock file always changes, and says nothing that the page does not.
fn without_lock(mut differences: Vec<Difference>) -> Vec<Difference> {
    differences.retain(|difference| difference.path != LOCK_FILE);
    differences
}
