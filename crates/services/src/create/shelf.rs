//! The shelf of golden paths.

use super::{
    approvals::waiting,
    runs::run_row,
    templates::why_not,
    values::{may_create_somewhere, name_in, stored},
    wizard::wizard_path,
};
use crate::{
    Caller, Result, Slipway,
    catalog::template_version,
    errors::store,
    views::{owner_link, team_titles},
};
use slipway_api_types::create::{CreatePage, DraftRow, TemplateCard, TemplateTrouble};
use slipway_domain::{
    access::Permission,
    catalog::{Entity, EntityRef, Location, LocationKind},
    ids::LocationId,
    scaffold::Draft,
    time::Timestamp,
};
use slipway_ports::store::catalog::CatalogEntity;
use std::collections::BTreeSet;

/// `/create`: what there is to choose from, what was begun, and what ran lately.
pub async fn shelf(slipway: &Slipway, caller: &Caller) -> Result<CreatePage> {
    caller.require(Permission::Read, None)?;
    let mut tx = slipway.read().await?;
    let teams = team_titles(&mut *tx).await?;
    let entities = tx.entities_of_kind("template").await.map_err(store)?;
    let from: BTreeSet<LocationId> = entities.iter().map(|entity| entity.location).collect();
    let locations = tx.locations_by_id(&from.into_iter().collect::<Vec<_>>()).await.map_err(store)?;
    let titles: Vec<(String, String)> =
        entities.iter().map(|e| (e.entity.reference().to_string(), e.entity.title().to_owned())).collect();
    let templates = entities
        .iter()
        .map(|held| {
            let location = locations.iter().find(|location| location.id == held.location);
            TemplateCard { trouble: trouble(caller, held, location), ..card(&held.entity, &teams) }
        })
        .collect();
    let drafts =
        tx.drafts_of(caller.user).await.map_err(store)?.iter().filter_map(|draft| draft_row(draft, &titles)).collect();
    let runs = tx.list_runs(None, 10).await.map_err(store)?.items.iter().map(run_row).collect();
    let now = slipway.clock.now();
    let waiting = waiting(&mut *tx, caller, now).await?;
    Ok(CreatePage { now: now.as_millis(), templates, drafts, waiting, runs, may_create: may_create_somewhere(caller) })
}

pub(super) fn card(entity: &Entity, teams: &[(String, String)]) -> TemplateCard {
    let reference = entity.reference();
    TemplateCard {
        href: wizard_path(&reference),
        reference: reference.to_string(),
        title: entity.title().to_owned(),
        description: entity.description().to_owned(),
        tags: entity.tags().map(str::to_owned).collect(),
        owner: entity.owner().map(|owner| owner_link(&owner.to_string(), teams)),
        trouble: None,
    }
}

/// What is wrong with a template as it stands now, or with the place that it comes from.
fn trouble(caller: &Caller, held: &CatalogEntity, location: Option<&Location>) -> Option<TemplateTrouble> {
    let has_good = template_version(&held.entity).is_some();
    let unreachable = location.and_then(Location::unreachable).map(str::to_owned);
    let why = held.error.clone().or(unreachable).or_else(|| (!has_good).then(|| why_not(held)))?;
    let reference = held.entity.reference();
    let owner = held.entity.owner().map(|owner| owner.to_string());
    let is_built_in = location.is_some_and(|location| location.kind == LocationKind::BuiltIn);
    Some(TemplateTrouble {
        why,
        has_good,
        checked_at: location.and_then(|location| location.checked_at).map(Timestamp::as_millis),
        entity: reference.path(),
        namespace: reference.namespace().to_owned(),
        name: reference.name().to_owned(),
        may_refresh: !is_built_in && caller.may(Permission::Create, owner.as_deref()),
    })
}

fn draft_row(draft: &Draft, titles: &[(String, String)]) -> Option<DraftRow> {
    let reference: EntityRef = draft.template.parse().ok()?;
    let title = titles.iter().find(|(template, _)| *template == draft.template)?;
    Some(DraftRow {
        href: format!("{}?draft={}", wizard_path(&reference), draft.id),
        template: title.1.clone(),
        name: name_in(&stored(&draft.values)).unwrap_or_default().to_owned(),
        updated_at: draft.updated_at.as_millis(),
    })
}
