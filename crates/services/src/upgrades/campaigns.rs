//! Campaigns: many services brought to the latest version of their template, wave after wave. Begun, stopped and resumed here; carried
//! on by the worker, see [`super::wave`].

use super::{
    fleet::template_link,
    plan::Answers,
    questions,
    versions::{latest, short},
};
use crate::{Caller, Result, Slipway, errors::store, fleet::some, views::service_link};
use serde_json::json;
use slipway_api_types::{
    AppError,
    catalog::Link,
    upgrades::{CampaignForm, CampaignPage, CampaignRow, MemberView, NewCampaign, UpgradeOpened},
};
use slipway_domain::{
    access::Permission,
    ids::{CampaignId, ServiceId},
    time::Timestamp,
    upgrade::{Campaign, CampaignState, Member, MemberState, waves},
};
use slipway_ports::{
    StoreError, Tx,
    store::upgrades::{FleetFilter, FleetRow, Standing},
};

/// Most services of one campaign.
const MOST: usize = 1_000;

/// Begins a campaign over every service that is behind and whose team the caller leads.
pub async fn start(slipway: &Slipway, caller: &Caller, order: &NewCampaign) -> Result<UpgradeOpened> {
    start_with(slipway, caller, order, &Answers::new()).await
}

/// `/upgrades/waves`: what a campaign would be over, and what the new version asks. Nothing is written.
pub async fn campaign_form(slipway: &Slipway, caller: &Caller, order: &NewCampaign) -> Result<CampaignForm> {
    let (to_version, services) = ordered(slipway, caller, order).await?;
    let form = questions::form_of(slipway, &order.template, &to_version).await?;
    Ok(CampaignForm {
        now: slipway.clock.now().as_millis(),
        template: template_link(&order.template),
        version: short(&to_version),
        services: services.len(),
        asks: questions::open(slipway, &form, &services, &Answers::new()).await?,
        order: order.clone(),
    })
}

/// The version that an order goes to, and the services it is over.
async fn ordered(slipway: &Slipway, caller: &Caller, order: &NewCampaign) -> Result<(String, Vec<ServiceId>)> {
    caller.require(Permission::Read, None)?;
    let owner = some(&order.owner);
    if let Some(owner) = &owner {
        caller.require(Permission::Manage, Some(owner))?;
    }
    let (to_version, services) = {
        let mut tx = slipway.read().await?;
        let marks = tx.version_marks().await.map_err(store)?;
        let to = latest(&marks, &order.template)
            .ok_or_else(|| AppError::invalid("template", "No version of this golden path is known here."))?;
        (to.to_owned(), behind(&mut *tx, caller, order, owner).await?)
    };
    if services.is_empty() {
        let message = "No service of a team that you lead is behind on this golden path.";
        return Err(AppError::invalid("template", message));
    }
    Ok((to_version, services))
}

/// As [`start`], with answers to what the new version asks; a service's own answers stand.
pub async fn start_with(
    slipway: &Slipway,
    caller: &Caller,
    order: &NewCampaign,
    answers: &Answers,
) -> Result<UpgradeOpened> {
    let (to_version, services) = ordered(slipway, caller, order).await?;
    let form = questions::form_of(slipway, &order.template, &to_version).await?;
    let open = questions::open(slipway, &form, &services, answers).await?;
    if !open.is_empty() {
        return Err(AppError::invalid_fields(open.into_iter().map(|(_, problem)| problem).collect()));
    }
    let sizes = sizes(&order.waves, services.len())?;
    let member = |(service, wave): (ServiceId, u32)| Member {
        service,
        wave,
        state: MemberState::Waiting,
        upgrade: None,
        reason: None,
    };
    let waves = waves(services.len(), &sizes);
    let campaign = Campaign {
        id: CampaignId::from_uuid(slipway.entropy.uuid()),
        template: order.template.clone(),
        to_version,
        members: services.into_iter().zip(waves).map(member).collect(),
        merges: order.merges.is_some(),
        answers: answers
            .iter()
            .filter(|(_, text)| !text.trim().is_empty())
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect(),
        state: CampaignState::Running,
        reason: None,
        user: caller.user,
        started_by: caller.display_name.clone(),
        created_at: slipway.clock.now(),
        finished_at: None,
        version: 1,
    };
    let mut tx = slipway.write().await?;
    tx.add_campaign(&campaign).await.map_err(store)?;
    let detail = json!({
        "template": campaign.template, "to": campaign.to_version, "services": campaign.members.len(), "merges": campaign.merges,
    });
    commit(slipway, tx, caller, &campaign, "campaign.start", detail).await?;
    Ok(UpgradeOpened { next: format!("/upgrades/campaigns/{}", campaign.id) })
}

/// Services that are behind and that the caller may lead through, by name.
async fn behind(
    tx: &mut dyn Tx,
    caller: &Caller,
    order: &NewCampaign,
    owner: Option<String>,
) -> Result<Vec<ServiceId>> {
    let filter =
        FleetFilter { template: Some(order.template.clone()), owner, standing: Some(Standing::Behind), service: None };
    let mut found: Vec<FleetRow> = Vec::new();
    let mut cursor = None;
    loop {
        let page = tx.list_fleet(&filter, cursor.as_deref(), 500).await.map_err(store)?;
        let led = page.items.into_iter().filter(|row| caller.may(Permission::Manage, Some(&row.owner)));
        found.extend(led);
        cursor = page.next;
        if found.len() > MOST {
            return Err(AppError::invalid(
                "template",
                format!("A campaign has at most {MOST} services; choose a team."),
            ));
        }
        if cursor.is_none() {
            return Ok(found.into_iter().map(|row| row.service).collect());
        }
    }
}

/// The sizes of waves as typed: numbers, shares of all, and at the end `rest`.
fn sizes(text: &str, all: usize) -> Result<Vec<usize>> {
    let mend = || AppError::invalid("waves", "Write sizes in order, separated by commas: 1, 25%, rest.");
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let mut sizes = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        if part.eq_ignore_ascii_case("rest") {
            return if place + 1 == parts.len() { Ok(sizes) } else { Err(mend()) };
        }
        let size = match part.strip_suffix('%') {
            Some(share) => {
                let share: usize = share.trim().parse().map_err(|_| mend())?;
                if share > 100 {
                    return Err(mend());
                }
                (all * share).div_ceil(100)
            }
            None => part.parse().map_err(|_| mend())?,
        };
        if size == 0 {
            return Err(mend());
        }
        sizes.push(size);
    }
    Ok(sizes)
}

async fn find(tx: &mut dyn Tx, id: &str) -> Result<Campaign> {
    let missing = || AppError::not_found(format!("campaign with the id `{id}`"));
    let id = id.parse().map_err(|_| missing())?;
    tx.campaign(id).await.map_err(store)?.ok_or_else(missing)
}

/// Their own, or as a lead of everybody.
fn may_act(caller: &Caller, campaign: &Campaign) -> Result<()> {
    if caller.user == campaign.user {
        caller.require(Permission::Read, None)
    } else {
        caller.require(Permission::Manage, None)
    }
}

/// Lets no further step begin. What is open stays open.
pub async fn stop(slipway: &Slipway, caller: &Caller, id: &str) -> Result<()> {
    let mut tx = slipway.write().await?;
    let mut campaign = find(&mut *tx, id).await?;
    may_act(caller, &campaign)?;
    if campaign.state != CampaignState::Running {
        return Ok(());
    }
    campaign.state = CampaignState::Stopped;
    campaign.reason = Some(format!("{} stopped it.", caller.display_name));
    set(slipway, tx, caller, &campaign, "campaign.stop").await
}

/// Goes on with a stopped campaign: what failed is tried again, and is through when nothing is left to do there.
pub async fn resume(slipway: &Slipway, caller: &Caller, id: &str) -> Result<()> {
    let mut tx = slipway.write().await?;
    let mut campaign = find(&mut *tx, id).await?;
    may_act(caller, &campaign)?;
    if campaign.state != CampaignState::Stopped {
        return Ok(());
    }
    campaign.state = CampaignState::Running;
    campaign.reason = None;
    for member in campaign.members.iter_mut().filter(|member| member.state == MemberState::Failed) {
        member.state = MemberState::Waiting;
        member.reason = None;
    }
    set(slipway, tx, caller, &campaign, "campaign.resume").await
}

async fn set(slipway: &Slipway, mut tx: Box<dyn Tx>, caller: &Caller, campaign: &Campaign, action: &str) -> Result<()> {
    match tx.set_campaign(campaign).await {
        Ok(()) => {}
        Err(StoreError::Conflict(_)) => {
            return Err(AppError::conflict("The campaign has just gone on; look at it again."));
        }
        Err(error) => return Err(store(error)),
    }
    commit(slipway, tx, caller, campaign, action, json!({})).await
}

async fn commit(
    slipway: &Slipway,
    mut tx: Box<dyn Tx>,
    caller: &Caller,
    campaign: &Campaign,
    action: &str,
    detail: serde_json::Value,
) -> Result<()> {
    let now = slipway.clock.now();
    let line = caller.audit(&*slipway.entropy, now, action, campaign.id.to_string(), None, detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("upgrade", &campaign.id.to_string(), campaign.version, now).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    slipway.wake.upgrades.notify_one();
    Ok(())
}

/// A campaign in a list.
pub(super) fn row(campaign: &Campaign) -> CampaignRow {
    let template = template_link(&campaign.template).title;
    CampaignRow {
        link: Link {
            title: format!("{template} {}", short(&campaign.to_version)),
            href: format!("/upgrades/campaigns/{}", campaign.id),
        },
        state: campaign.state,
        through: campaign.members.iter().filter(|member| member.state == MemberState::Through).count(),
        services: campaign.members.len(),
        started_by: campaign.started_by.clone(),
        created_at: campaign.created_at.as_millis(),
    }
}

/// `/upgrades/campaigns/{id}`. Two queries.
pub async fn campaign(slipway: &Slipway, caller: &Caller, id: &str) -> Result<CampaignPage> {
    caller.require(Permission::Read, None)?;
    let mut tx = slipway.read().await?;
    let campaign = find(&mut *tx, id).await?;
    let ids: Vec<ServiceId> = campaign.members.iter().map(|member| member.service).collect();
    let services = tx.services_by_ids(&ids).await.map_err(store)?;
    let mut waves: Vec<Vec<MemberView>> = Vec::new();
    for member in &campaign.members {
        let wave = usize::try_from(member.wave).unwrap_or_default();
        if waves.len() <= wave {
            waves.resize_with(wave + 1, Vec::new);
        }
        let name = services.iter().find(|service| service.id == member.service).map(|service| service.name.as_str());
        waves[wave].push(MemberView {
            service: name.map_or_else(|| Link { title: "Removed".to_owned(), href: String::new() }, service_link),
            state: member.state,
            upgrade: member.upgrade.map(|upgrade| format!("/upgrades/{upgrade}")),
            reason: member.reason.clone(),
        });
    }
    Ok(CampaignPage {
        now: slipway.clock.now().as_millis(),
        id: campaign.id.to_string(),
        row: row(&campaign),
        template: template_link(&campaign.template),
        to: short(&campaign.to_version),
        reason: campaign.reason.clone(),
        merges: campaign.merges,
        finished_at: campaign.finished_at.map(Timestamp::as_millis),
        waves,
        wave: campaign.wave(),
        may_act: may_act(caller, &campaign).is_ok(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_are_numbers_shares_and_the_rest() {
        assert_eq!(sizes("1, 25%, rest", 10).unwrap(), [1, 3]);
        assert_eq!(sizes("2,2", 10).unwrap(), [2, 2]);
        assert_eq!(sizes("", 10).unwrap(), [0; 0]);
        assert_eq!(sizes("REST", 10).unwrap(), [0; 0]);
        for bad in ["x", "0", "-1", "101%", "%", "rest, 1", "1 2", "0%"] {
            assert!(sizes(bad, 10).unwrap_err().for_field("waves").is_some(), "{bad}");
        }
    }
}
