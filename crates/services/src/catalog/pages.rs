//! Reading the catalogue.

use super::template_version;
use crate::{
    Caller, Result, Slipway,
    errors::store,
    fleet::some,
    views::{owner_link, runtime_titles, team_titles},
};
use serde_json::Value;
use slipway_api_types::{
    AppError,
    catalog::{EntityItem, EntityListPage, EntityPage, EntityQuery, Facet, Link, RelationGroup, RelationTarget},
};
use slipway_domain::{
    access::Permission,
    catalog::{Entity, EntityRef, LocationKind, Relation},
    time::Timestamp,
};
use slipway_ports::store::{
    Page,
    catalog::{CatalogEntity, EntityFilter, EntityRow},
};

fn filter(query: &EntityQuery) -> Result<EntityFilter> {
    let owner = match some(&query.owner) {
        Some(owner) => Some(
            EntityRef::parse(&owner, Some("group"), "default")
                .map_err(|error| AppError::invalid("owner", error.to_string()))?,
        ),
        None => None,
    };
    Ok(EntityFilter {
        query: some(&query.q),
        kind: some(&query.kind),
        owner,
        lifecycle: some(&query.lifecycle),
        entity_type: None,
        runtime: some(&query.runtime),
    })
}

/// A part of the list, rows only.
pub async fn rows(slipway: &Slipway, caller: &Caller, query: &EntityQuery, limit: u32) -> Result<Page<EntityRow>> {
    caller.require(Permission::Read, None)?;
    let filter = filter(query)?;
    let mut tx = slipway.read().await?;
    tx.list_entities(&filter, some(&query.cursor).as_deref(), limit.clamp(1, 200)).await.map_err(store)
}

fn item(row: EntityRow, teams: &[(String, String)]) -> EntityItem {
    EntityItem {
        href: row.reference.path(),
        reference: row.reference.to_string(),
        kind: row.kind,
        title: row.title,
        description: row.description,
        owner: row.owner.map(|owner| owner_link(&owner.to_string(), teams)),
        entity_type: row.entity_type,
        lifecycle: row.lifecycle,
        error: row.error,
        updated_at: row.updated_at.as_millis(),
    }
}

/// A part of the list, with everything to narrow it by.
pub async fn list(slipway: &Slipway, caller: &Caller, query: &EntityQuery, limit: u32) -> Result<EntityListPage> {
    caller.require(Permission::Read, None)?;
    let filter = filter(query)?;
    let mut tx = slipway.read().await?;
    let page = tx.list_entities(&filter, some(&query.cursor).as_deref(), limit.clamp(1, 200)).await.map_err(store)?;
    let facets = tx.facets().await.map_err(store)?;
    let teams = team_titles(&mut *tx).await?;
    let plain = |(value, count): (String, i64)| Facet { title: value.clone(), value, count };
    let owner = |(value, count): (String, i64)| Facet { title: owner_link(&value, &teams).title, value, count };
    let may_register =
        caller.may(Permission::Create, None) || caller.teams().any(|team| caller.may(Permission::Create, Some(team)));
    Ok(EntityListPage {
        now: slipway.clock.now().as_millis(),
        items: page.items.into_iter().map(|row| item(row, &teams)).collect(),
        next: page.next,
        kinds: facets.kinds.into_iter().map(plain).collect(),
        owners: facets.owners.into_iter().map(owner).collect(),
        lifecycles: facets.lifecycles.into_iter().map(plain).collect(),
        runtimes: runtime_titles(slipway)
            .into_iter()
            .map(|(name, title)| Facet { title: format!("{name} ({title})"), value: name, count: 0 })
            .collect(),
        may_register,
    })
}

async fn find(
    slipway: &Slipway,
    kind: &str,
    namespace: &str,
    name: &str,
) -> Result<(Box<dyn slipway_ports::Tx>, CatalogEntity)> {
    let reference = EntityRef::new(kind, namespace, name);
    let mut tx = slipway.read().await?;
    let found = tx.entity(&reference).await.map_err(store)?;
    let found = found.ok_or_else(|| AppError::not_found(format!("entity {reference} in the catalogue")))?;
    Ok((tx, found))
}

/// The whole document.
pub async fn entity(slipway: &Slipway, caller: &Caller, kind: &str, namespace: &str, name: &str) -> Result<Value> {
    caller.require(Permission::Read, None)?;
    let (_, found) = find(slipway, kind, namespace, name).await?;
    Ok(found.entity.body().clone())
}

/// An entity's page.
pub async fn page(slipway: &Slipway, caller: &Caller, kind: &str, namespace: &str, name: &str) -> Result<EntityPage> {
    caller.require(Permission::Read, None)?;
    let (mut tx, found) = find(slipway, kind, namespace, name).await?;
    let entity = &found.entity;
    let reference = entity.reference();
    let teams = team_titles(&mut *tx).await?;
    let relations = tx.relations_of(&reference).await.map_err(store)?;
    let location = tx.location(found.location).await.map_err(store)?;
    let service = tx.service_by_name(entity.name()).await.map_err(store)?.filter(|service| service.entity == reference);
    let owner = entity.owner().map(|owner| owner.to_string());
    let built_in = location.as_ref().is_some_and(|location| location.kind == LocationKind::BuiltIn);
    let unreachable = location.as_ref().and_then(|location| location.unreachable()).map(str::to_owned);
    let checked_at = location.as_ref().and_then(|location| location.checked_at).map(Timestamp::as_millis);
    let target = location.map(|location| location.target).unwrap_or_default();
    let is_usable = template_version(entity).is_some();
    Ok(EntityPage {
        now: slipway.clock.now().as_millis(),
        system: entity.system().map(|system| Link { title: system.name().to_owned(), href: system.path() }),
        tags: entity.tags().map(str::to_owned).collect(),
        links: links(entity),
        annotations: annotations(entity),
        relations: groups(relations),
        yaml: serde_saphyr::to_string(entity.body()).unwrap_or_else(|_| entity.body().to_string()),
        location: format!("{target} · {}", found.file),
        checked_at,
        service: service.map(|service| crate::views::service_link(&service.name)),
        create: is_usable.then(|| Link {
            title: entity.title().to_owned(),
            href: format!("/create/{}/{}", reference.namespace(), reference.name()),
        }),
        may_refresh: !built_in && caller.may(Permission::Create, owner.as_deref()),
        item: EntityItem {
            reference: reference.to_string(),
            href: reference.path(),
            kind: entity.kind().to_owned(),
            title: entity.title().to_owned(),
            description: entity.description().to_owned(),
            owner: owner.map(|owner| owner_link(&owner, &teams)),
            entity_type: entity.entity_type().map(str::to_owned),
            lifecycle: entity.lifecycle().map(str::to_owned),
            error: found.error.clone().or(unreachable),
            updated_at: found.updated_at.as_millis(),
        },
    })
}

fn links(entity: &Entity) -> Vec<Link> {
    entity
        .list(&["metadata", "links"])
        .filter_map(|link| {
            let url = link.get("url").and_then(Value::as_str)?;
            // Only these lead somewhere a browser may go by a click; `javascript:` and its like do not.
            let href =
                if url.starts_with("https://") || url.starts_with("http://") { url.to_owned() } else { String::new() };
            let title = link.get("title").and_then(Value::as_str).unwrap_or(url);
            Some(Link { title: title.to_owned(), href })
        })
        .collect()
}

fn annotations(entity: &Entity) -> Vec<(String, String)> {
    let annotations =
        entity.body().get("metadata").and_then(|metadata| metadata.get("annotations")).and_then(Value::as_object);
    annotations
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect()
}

/// Relation names in words, in the order a page shows them.
const RELATIONS: [(&str, &str); 14] = [
    ("ownedBy", "Owned by"),
    ("partOf", "Part of"),
    ("hasPart", "Has part"),
    ("providesApi", "Provides API"),
    ("consumesApi", "Consumes API"),
    ("apiProvidedBy", "Provided by"),
    ("apiConsumedBy", "Consumed by"),
    ("dependsOn", "Depends on"),
    ("dependencyOf", "Needed by"),
    ("ownerOf", "Owns"),
    ("memberOf", "Member of"),
    ("hasMember", "Members"),
    ("childOf", "Child of"),
    ("parentOf", "Parent of"),
];

fn groups(relations: Vec<(Relation, Option<String>)>) -> Vec<RelationGroup> {
    let mut groups: Vec<RelationGroup> = Vec::new();
    for (kind, title) in &RELATIONS {
        let targets: Vec<RelationTarget> = relations
            .iter()
            .filter(|(relation, _)| relation.kind == *kind)
            .map(|(relation, title)| RelationTarget {
                reference: relation.target.to_string(),
                kind: relation.target.kind().to_owned(),
                title: title.clone().unwrap_or_else(|| relation.target.name().to_owned()),
                href: relation.target.path(),
                exists: title.is_some(),
            })
            .collect();
        if !targets.is_empty() {
            groups.push(RelationGroup { kind: (*kind).to_owned(), title: (*title).to_owned(), targets });
        }
    }
    groups
}
