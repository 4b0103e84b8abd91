//! The fleet board: which service is on which version.

use super::{campaigns, versions::short};
use crate::{
    Caller, Result, Slipway,
    errors::store,
    fleet::some,
    views::{owner_link, service_link, team_titles},
};
use slipway_api_types::{
    AppError,
    catalog::Link,
    upgrades::{FleetItem, FleetPage, FleetQuery, Standing, StandingView, TemplateFleet},
};
use slipway_domain::{access::Permission, catalog::EntityRef, ids::ServiceId};
use slipway_ports::{
    Tx,
    store::upgrades::{FleetFilter, FleetRow, Standing as StandingFilter, VersionCount, VersionMark},
};

/// Services that one page shows.
const PART: u32 = 50;
/// Campaigns that one page shows.
const CAMPAIGNS: u32 = 5;

/// A template's name as a link to it. What is no reference is shown as it is.
pub(super) fn template_link(reference: &str) -> Link {
    match reference.parse::<EntityRef>() {
        Ok(template) => Link { title: template.name().to_owned(), href: template.path() },
        Err(_) => Link { title: reference.to_owned(), href: String::new() },
    }
}

/// Services with a repository here, by name, and how each stands to its template. Five queries.
pub async fn fleet(slipway: &Slipway, caller: &Caller, query: &FleetQuery) -> Result<FleetPage> {
    caller.require(Permission::Read, None)?;
    let standing = match query.state.as_str() {
        "" => None,
        "current" => Some(StandingFilter::Current),
        "behind" => Some(StandingFilter::Behind),
        "open" => Some(StandingFilter::Open),
        "apart" => Some(StandingFilter::Apart),
        _ => return Err(AppError::invalid("state", "This is one of current, behind, open and apart.")),
    };
    let filter = FleetFilter { template: some(&query.template), owner: some(&query.owner), standing, service: None };
    let mut tx = slipway.read().await?;
    let page = tx.list_fleet(&filter, some(&query.cursor).as_deref(), PART).await.map_err(store)?;
    let marks = tx.version_marks().await.map_err(store)?;
    let counts = tx.version_counts().await.map_err(store)?;
    let owners = team_titles(&mut *tx).await?;
    let campaigns = tx.campaigns(CAMPAIGNS).await.map_err(store)?;
    let item = |row: FleetRow| FleetItem {
        owner: owner_link(&row.owner, &owners),
        standing: standing_view(&row),
        service: service_link(&row.name),
    };
    Ok(FleetPage {
        now: slipway.clock.now().as_millis(),
        templates: templates(&marks, &counts),
        items: page.items.into_iter().map(item).collect(),
        next: page.next,
        owners,
        campaigns: campaigns.iter().map(campaigns::row).collect(),
        may_start: caller.may(Permission::Manage, None)
            || caller.teams().any(|team| caller.may(Permission::Manage, Some(team))),
    })
}

/// How a service stands to its template.
pub(crate) fn standing_view(row: &FleetRow) -> Standing {
    let (_, version) = row.lock.clone().unwrap_or_default();
    let standing = match (&row.lock, row.behind) {
        (None, _) => StandingView::Apart,
        (Some(_), Some(0)) => StandingView::Current,
        (Some(_), far) => StandingView::Behind(far),
    };
    let next = match (row.open, standing) {
        (Some((id, _)), _) => Some(Link { title: "Review the upgrade".to_owned(), href: format!("/upgrades/{id}") }),
        (None, StandingView::Behind(Some(_))) => {
            Some(Link { title: "See what changes".to_owned(), href: format!("/services/{}/upgrade", row.name) })
        }
        (None, StandingView::Apart) => {
            Some(Link { title: "Put it on a golden path".to_owned(), href: format!("/services/{}/adopt", row.name) })
        }
        _ => None,
    };
    Standing {
        template: row.lock.as_ref().map(|(template, _)| template_link(template)),
        version: short(&version),
        standing,
        next,
        conflicts: row.open.map_or(0, |(_, conflicts)| conflicts),
    }
}

/// Templates that services follow, by name.
fn templates(marks: &[VersionMark], counts: &[VersionCount]) -> Vec<TemplateFleet> {
    let mut templates: Vec<TemplateFleet> = Vec::new();
    for count in counts {
        let Some(mark) = marks.iter().find(|mark| mark.template == count.template) else { continue };
        let place = templates.iter().position(|known| known.template == count.template);
        let place = place.unwrap_or_else(|| {
            templates.push(TemplateFleet {
                template: count.template.clone(),
                link: template_link(&count.template),
                latest: short(&mark.version),
                since: mark.seen_at.as_millis(),
                current: 0,
                services: 0,
            });
            templates.len() - 1
        });
        let template = &mut templates[place];
        template.services += count.services;
        if count.version == mark.version {
            template.current += count.services;
        }
    }
    templates
}

/// One service with its repository and its place on its golden path: one query. `None`: its repository is not here.
pub(crate) async fn fleet_row(tx: &mut dyn Tx, service: ServiceId) -> Result<Option<FleetRow>> {
    let filter = FleetFilter { service: Some(service), ..FleetFilter::default() };
    Ok(tx.list_fleet(&filter, None, 1).await.map_err(store)?.items.pop())
}
