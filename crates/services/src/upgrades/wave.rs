//! Carries a campaign on: opens its wave's upgrades, merges them where it may, waits for builds and deployments, and stops at the
//! first that fails. Each look may take one step with each service; every step can be taken again.

use super::{
    finish::{Case, find as find_upgrade, merge_case, undecided},
    open::open_to,
    plan::{Answers, origins},
    questions,
};
use crate::{
    Caller, Door, Result, Slipway,
    errors::{self, store},
    reconcile::LEASE,
};
use slipway_api_types::{AppError, ErrorCode};
use slipway_domain::{
    access::Permission,
    build::BuildState,
    deployment::DeploymentState,
    ids::CampaignId,
    upgrade::{Campaign, CampaignState, Member, MemberState, UpgradeState},
};
use slipway_ports::store::{deployments::DeploymentFilter, leases::Lease};

/// Takes a campaign as far as it goes now, under its lease.
pub(crate) async fn advance(slipway: &Slipway, lease: &Lease, id: CampaignId) -> Result<()> {
    while step(slipway, lease, id).await? {}
    Ok(())
}

/// One step with each service of the wave. `false`: nothing went on.
async fn step(slipway: &Slipway, lease: &Lease, id: CampaignId) -> Result<bool> {
    let (campaign, user) = {
        let mut tx = slipway.read().await?;
        let Some(campaign) = tx.campaign(id).await.map_err(store)? else { return Ok(false) };
        let user = tx.user(campaign.user).await.map_err(store)?;
        (campaign, user)
    };
    if campaign.state != CampaignState::Running {
        return Ok(false);
    }
    let Some(wave) = campaign.wave() else {
        let now = Some(slipway.clock.now());
        let done = Campaign { state: CampaignState::Done, finished_at: now, ..campaign };
        return write(slipway, lease, &done).await;
    };
    let Some(user) = user else { return Ok(false) };
    let person = Caller::of(&user, Door::System);
    for (place, member) in campaign.members.iter().enumerate().filter(|(_, member)| member.wave == wave) {
        let next = match go_on(slipway, &person, &campaign, member).await {
            Ok(next) => next,
            // What may work later is looked at again later; what will not, stops the campaign.
            Err(error) if matches!(error.code, ErrorCode::Internal | ErrorCode::Upstream) => return Err(error),
            Err(error) => failed(member, error.message),
        };
        if next == *member {
            continue;
        }
        let mut changed = campaign.clone();
        if next.state == MemberState::Failed {
            changed.state = CampaignState::Stopped;
            changed.reason = next.reason.clone();
        }
        changed.members[place] = next;
        // One service after the other: each step is written down before the next is taken.
        return write(slipway, lease, &changed).await;
    }
    Ok(false)
}

fn failed(member: &Member, reason: impl Into<String>) -> Member {
    Member { state: MemberState::Failed, reason: Some(reason.into()), ..member.clone() }
}

fn through(member: &Member, reason: Option<&str>) -> Member {
    Member { state: MemberState::Through, reason: reason.map(str::to_owned), ..member.clone() }
}

/// What becomes of a service; the same when it waits for something.
async fn go_on(slipway: &Slipway, person: &Caller, campaign: &Campaign, member: &Member) -> Result<Member> {
    match member.state {
        MemberState::Waiting => begin(slipway, person, campaign, member).await,
        MemberState::Open => review(slipway, person, campaign, member).await,
        MemberState::Merged => built(slipway, member).await,
        MemberState::Through | MemberState::Failed => Ok(member.clone()),
    }
}

async fn begin(slipway: &Slipway, person: &Caller, campaign: &Campaign, member: &Member) -> Result<Member> {
    let service = slipway.read().await?.service(member.service).await.map_err(store)?;
    let Some(service) = service else { return Ok(through(member, Some("It was removed."))) };
    person.require(Permission::Create, Some(&service.owner))?;
    let from = origins(slipway, &service.name).await?;
    let to = Some(campaign.to_version.as_str());
    let answers = if campaign.answers.is_empty() {
        Answers::new()
    } else {
        let form = questions::form_of(slipway, &campaign.template, &campaign.to_version).await?;
        questions::for_inputs(&form, &from.lock.inputs, &campaign.answers)
    };
    match open_to(slipway, person, &from, to, &answers, Some(campaign.id)).await? {
        Some(upgrade) => Ok(Member { state: MemberState::Open, upgrade: Some(upgrade.id), ..member.clone() }),
        None => Ok(through(member, None)),
    }
}

async fn case(slipway: &Slipway, member: &Member) -> Result<Case> {
    let id = member.upgrade.map(|upgrade| upgrade.to_string()).unwrap_or_default();
    find_upgrade(slipway, &id).await
}

async fn review(slipway: &Slipway, person: &Caller, campaign: &Campaign, member: &Member) -> Result<Member> {
    let case = case(slipway, member).await?;
    match case.upgrade.state {
        UpgradeState::Merged => return Ok(Member { state: MemberState::Merged, ..member.clone() }),
        UpgradeState::Closed => return Ok(failed(member, format!("The upgrade of {} was closed.", case.service.name))),
        UpgradeState::Open => {}
    }
    let head = slipway.forge.head(&case.repository.name, &case.upgrade.branch).await.map_err(errors::forge)?;
    let head = head.ok_or_else(|| AppError::conflict(format!("The branch {} is gone.", case.upgrade.branch)))?;
    let left = undecided(slipway, &case, &head).await?;
    if !left.is_empty() {
        let (service, left) = (&case.service.name, left.join(", "));
        return Ok(failed(
            member,
            format!("{service} needs hands: the template and the team changed the same in {left}."),
        ));
    }
    if !campaign.merges {
        return Ok(member.clone());
    }
    merge_case(slipway, person, &case).await?;
    Ok(Member { state: MemberState::Merged, ..member.clone() })
}

/// Whether what was merged was built, and deployed wherever that happens by itself.
async fn built(slipway: &Slipway, member: &Member) -> Result<Member> {
    let case = case(slipway, member).await?;
    let (upgrade, name) = (&case.upgrade, &case.service.name);
    let mut tx = slipway.read().await?;
    let builds = tx.builds_of(member.service, 50).await.map_err(store)?;
    let of_merge = builds.iter().find(|build| Some(&build.revision) == upgrade.merged_as.as_ref());
    // Of pushes that came at the same time only the last is built.
    let later = || builds.iter().find(|build| upgrade.finished_at.is_some_and(|merged| build.queued_at >= merged));
    let artifact = match of_merge.or_else(later) {
        Some(build) => match build.state {
            BuildState::Queued | BuildState::Running => return Ok(member.clone()),
            BuildState::Failed => {
                let why = build.error.as_deref().unwrap_or("no reason was given");
                return Ok(failed(member, format!("The build of {name} failed: {why}")));
            }
            BuildState::Succeeded => build.artifact,
        },
        // Another pipeline builds: it tells of an artifact of that revision.
        None => {
            let artifacts = tx.artifacts_of(member.service, 50).await.map_err(store)?;
            let built = artifacts.into_iter().find(|artifact| Some(&artifact.revision) == upgrade.merged_as.as_ref());
            match built {
                Some(artifact) => Some(artifact.id),
                None => return Ok(member.clone()),
            }
        }
    };
    let filter = DeploymentFilter { service: Some(member.service), ..DeploymentFilter::default() };
    let deployments = tx.list_deployments(&filter, None, 50).await.map_err(store)?.items;
    for deployment in deployments.iter().filter(|deployment| Some(deployment.artifact) == artifact) {
        match deployment.state {
            DeploymentState::Failed | DeploymentState::RolledBack => {
                let environment = &deployment.environment;
                return Ok(failed(member, format!("The deployment of {name} to {environment} failed.")));
            }
            state if !state.is_final() => return Ok(member.clone()),
            _ => {}
        }
    }
    Ok(through(member, None))
}

/// Writes the campaign under its lease. `false`: somebody else changed it; the next look sees how.
async fn write(slipway: &Slipway, lease: &Lease, campaign: &Campaign) -> Result<bool> {
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    let written = async {
        tx.hold_lease(lease, now, LEASE).await?;
        tx.set_campaign(campaign).await
    };
    match written.await {
        Ok(()) => {}
        Err(error) if crate::reconcile::overtaken(&error) => return Ok(false),
        Err(error) => return Err(store(error)),
    }
    tx.publish("upgrade", &campaign.id.to_string(), campaign.version + 1, now).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(true)
}
