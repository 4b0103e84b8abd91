//! What waits for somebody: deployments under way or stuck, services that are not well, incidents that nobody linked.

use super::changes::Place;
use crate::{
    Result, Slipway,
    errors::store,
    insights::{log::Member, window::Window, words},
    views::deployment_rows,
    zone,
};
use slipway_api_types::digest::DigestItem;
use slipway_domain::{
    health::HealthState,
    ids::ServiceId,
    time::{MINUTE, Timestamp},
};
use slipway_dora::{Metric, Reason, ScopeAnalysis, real};
use slipway_ports::{Tx, store::deployments::DeploymentFilter};

/// After so long in one state a deployment is called stuck, milliseconds.
const STUCK: i64 = 15 * MINUTE;
/// The most of each kind that are named.
const MOST: u32 = 10;

/// Deployments that are not over, and placements that are not well.
pub(super) async fn now(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    owner: Option<&str>,
    members: &[Member],
) -> Result<Vec<DigestItem>> {
    let now = slipway.clock.now();
    let filter = DeploymentFilter { active: true, owner: owner.map(str::to_owned), ..DeploymentFilter::default() };
    let active = tx.list_deployments(&filter, None, MOST).await.map_err(store)?.items;
    let mut items = Vec::new();
    for row in deployment_rows(tx, &active).await? {
        let since = now.as_millis() - row.state_since;
        let state = row.state.title();
        let words = if since > STUCK { "stuck in it for " } else { "for " };
        items.push(DigestItem {
            title: format!("{} v{} to {}", row.service.title, row.number, row.environment),
            words: format!("{state}, {words}{}", words::duration(real(since) / 1_000.0)),
            href: row.href,
        });
    }
    let ids: Vec<ServiceId> = members.iter().map(|member| member.id).collect();
    let placements = tx.placements_of(&ids).await.map_err(store)?;
    let unwell = placements.iter().filter_map(|placement| {
        let state = placement.health.at(now);
        let service = members.iter().find(|member| member.id == placement.service)?;
        let evidence = placement.health.evidence.iter().find(|evidence| evidence.state == state);
        matches!(state, HealthState::Degraded | HealthState::Failing).then(|| DigestItem {
            title: format!("{} in {}", service.name, placement.environment),
            words: evidence.map_or_else(|| state.as_str().to_owned(), |e| format!("{}: {}", state.as_str(), e.message)),
            href: format!("/services/{}", service.name),
        })
    });
    items.extend(unwell.take(MOST as usize));
    Ok(items)
}

/// Incidents of these days that no deployment is blamed for and nobody decided on.
pub(super) fn incidents(analysis: &ScopeAnalysis<'_>, window: &Window, owner: Option<&str>) -> Vec<DigestItem> {
    let place = Place { window, scope: "", owner };
    let explanation = analysis.explain(Metric::ChangeFailRate);
    let undecided = explanation.outs.into_iter().filter(|out| out.reason == Reason::NoDeploymentInReach);
    let item = |out: slipway_dora::explain::LeftOut| DigestItem {
        title: format!("Incident {}", out.id),
        words: out.at.map_or_else(
            || "linked to no deployment".to_owned(),
            |at| format!("of {}, linked to no deployment", zone::minute(Timestamp::from_millis(at.ms()), &window.zone)),
        ),
        href: place.href(None, Some(Metric::ChangeFailRate)),
    };
    undecided.map(item).take(MOST as usize).collect()
}
