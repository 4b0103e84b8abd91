//! `/`: mine.

use crate::{
    Caller, Result, Slipway,
    errors::store,
    views::{Places, rows_by_id, team_titles},
};
use slipway_api_types::home::{HealthCounts, HomePage};
use slipway_domain::{
    access::{Permission, Role},
    deployment::Deployment,
    health::{Health, HealthState},
    ids::ServiceId,
};
use slipway_ports::store::services::ServiceFilter;

/// How many deployments under way are shown.
const ACTIVE: usize = 10;
/// How many of the latest deployments are shown.
const RECENT: usize = 8;
/// How many of either are read.
const NEWEST: u32 = 10;

/// The home page of the caller.
pub async fn page(slipway: &Slipway, caller: &Caller) -> Result<HomePage> {
    caller.require(Permission::Read, None)?;
    let now = slipway.clock.now();
    let mut tx = slipway.read().await?;
    let mut health = HealthCounts::default();
    for (state, seen_at) in tx.placement_health().await.map_err(store)? {
        let judged = Health { state: HealthState::parse(&state), evidence: Vec::new(), seen_at }.at(now);
        match judged {
            HealthState::Healthy => health.healthy += 1,
            HealthState::Degraded => health.degraded += 1,
            HealthState::Failing => health.failing += 1,
            HealthState::Unknown => health.unknown += 1,
        }
    }
    let teams = team_titles(&mut *tx).await?;
    // One team is the rule; people in several see the first here and the others under Services.
    let team = caller.teams().next().map(str::to_owned);
    let filter = ServiceFilter { owner: team.clone(), ..ServiceFilter::default() };
    let services = tx.list_services(&filter, None, 20).await.map_err(store)?.items;
    let ids: Vec<ServiceId> = services.iter().map(|service| service.id).collect();
    let places = Places::with_newest(&mut *tx, &ids, NEWEST).await?;
    let rows = rows_by_id(&mut *tx, &places.deployments).await?;
    let services = places.service_rows(slipway, &services, &teams, &rows);
    let row = |deployment: &Deployment| rows.get(&deployment.id).cloned();
    let under_way = places.deployments.iter().filter(|deployment| !deployment.state.is_final());
    let active = under_way.take(ACTIVE).filter_map(row).collect();
    let recent = places.deployments.iter().take(RECENT).filter_map(row).collect();
    let waiting = crate::create::waiting(&mut *tx, caller, now).await?;
    let runs = tx.list_runs(None, 20).await.map_err(store)?.items;
    drop(tx);
    let leads = caller.grants.iter().find(|g| g.role == Role::TeamLead).and_then(|g| g.team.clone());
    let scope = leads.as_ref().and_then(|team| teams.iter().find(|(reference, _)| reference == team));
    Ok(HomePage {
        now: now.as_millis(),
        greeting: caller.display_name.split_whitespace().next().unwrap_or(&caller.display_name).to_owned(),
        health,
        services,
        mine: team.is_some(),
        active,
        recent,
        waiting,
        runs: runs
            .iter()
            .filter(|run| {
                run.user == caller.user
                    && (run.state.is_active() || run.state == slipway_domain::scaffold::RunState::Failed)
            })
            .take(5)
            .map(crate::create::run_row)
            .collect(),
        dora: crate::insights::panel_of_owner(slipway, leads.as_deref()).await?,
        dora_scope: scope.map_or_else(|| "The organisation".to_owned(), |(_, title)| title.clone()),
        dora_owner: leads.unwrap_or_default(),
    })
}
