//! `/`: mine.

use crate::{
    Caller, Result, Slipway,
    errors::store,
    views::{deployment_rows, service_rows, team_titles},
};
use slipway_api_types::home::{HealthCounts, HomePage};
use slipway_domain::{
    access::{Permission, Role},
    health::{Health, HealthState},
};
use slipway_ports::store::{deployments::DeploymentFilter, services::ServiceFilter};

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
    let services = service_rows(slipway, &mut *tx, &services, &teams).await?;
    let active = DeploymentFilter { active: true, ..DeploymentFilter::default() };
    let active = tx.list_deployments(&active, None, 10).await.map_err(store)?.items;
    let recent = tx.list_deployments(&DeploymentFilter::default(), None, 8).await.map_err(store)?.items;
    let rows = deployment_rows(&mut *tx, &[active.as_slice(), recent.as_slice()].concat()).await?;
    let (active_rows, recent_rows) = rows.split_at(active.len());
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
        active: active_rows.to_vec(),
        recent: recent_rows.to_vec(),
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
    })
}
