//! Entities, their relations and where they come from.

mod list;

use crate::{
    cell::{self, Reading},
    cursor,
    engine::{Engine, both},
    sql::catalog as sql,
    words,
};
use async_trait::async_trait;
use list::{ListRow, Search, SearchCursor, facets};
use slipway_domain::{
    catalog::{Entity, EntityRef, Location, LocationKind, Relation, relations},
    ids::{LocationId, RepositoryId},
    time::Timestamp,
};
use slipway_ports::store::{
    Catalog, Page, Result, StoreError,
    catalog::{CatalogEntity, EntityFilter, EntityRow, Facets},
};
use sqlx::QueryBuilder;
use std::collections::{HashMap, HashSet};

#[derive(sqlx::FromRow)]
struct LocationRow {
    id: String,
    kind: String,
    target: String,
    repository: Option<String>,
    entry: Option<String>,
    checked_at: Option<i64>,
    read_at: Option<i64>,
    error: Option<String>,
    digest: Option<String>,
}

impl LocationRow {
    fn read(self) -> Result<Location> {
        let row = Reading { table: "locations", key: &self.id };
        Ok(Location {
            id: row.parse("id", &self.id)?,
            kind: row.word("kind", &self.kind, LocationKind::parse)?,
            repository: self.repository.map(|id| row.parse("repository", &id)).transpose()?,
            target: self.target,
            entry: self.entry,
            checked_at: cell::instant(self.checked_at),
            read_at: cell::instant(self.read_at),
            error: self.error,
            digest: self.digest,
        })
    }
}

#[derive(sqlx::FromRow)]
struct WholeRow {
    reference: String,
    location: String,
    file: String,
    error: Option<String>,
    created_at: i64,
    updated_at: i64,
    version: i64,
    body: String,
}

impl WholeRow {
    fn read(self) -> Result<CatalogEntity> {
        let row = Reading { table: "entities", key: &self.reference };
        Ok(CatalogEntity {
            entity: row.json("body", &self.body)?,
            location: row.parse("location", &self.location)?,
            file: self.file,
            error: self.error,
            created_at: Timestamp::from_millis(self.created_at),
            updated_at: Timestamp::from_millis(self.updated_at),
            version: self.version,
        })
    }
}

fn reference((text,): (String,)) -> Result<EntityRef> {
    Reading { table: "entities", key: &text }.parse("reference", &text)
}

/// Entities and relations that one statement writes.
const AT_ONCE: usize = 500;
/// No entity has a longer reference (kind, namespace and name have at most 63 characters each), so a longer one leads
/// nowhere; PostgreSQL's indices take no more than 2,704 bytes a row.
const LONGEST_KEY: usize = 256;

/// A text that a list can be narrowed to, cut to what an index takes; the document keeps the whole.
fn short(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(LONGEST_KEY / 4).collect()
}

/// The latest of every entity, in the order of their first appearance.
fn latest(entities: &[CatalogEntity]) -> Vec<(EntityRef, &CatalogEntity)> {
    let mut places = HashMap::new();
    let mut latest: Vec<(EntityRef, &CatalogEntity)> = Vec::with_capacity(entities.len());
    for entity in entities {
        let reference = entity.entity.reference();
        match places.get(&reference) {
            Some(&place) => latest[place] = (reference, entity),
            None => {
                places.insert(reference.clone(), latest.len());
                latest.push((reference, entity));
            }
        }
    }
    latest
}

fn owner(entity: &Entity) -> Option<String> {
    entity.owner().map(|owner| owner.to_string()).filter(|owner| owner.len() <= LONGEST_KEY)
}

/// The relations that follow from entities, each with the entity it follows from, as text.
fn following(entities: &[(EntityRef, &CatalogEntity)], changed: &HashSet<String>) -> Vec<[String; 4]> {
    let mut all = Vec::new();
    for (origin, entity) in entities {
        let origin = origin.to_string();
        if !changed.contains(&origin) {
            continue;
        }
        for Relation { source, kind, target } in relations(&entity.entity) {
            let (source, target) = (source.to_string(), target.to_string());
            if source.len() <= LONGEST_KEY
                && target.len() <= LONGEST_KEY
                && !source.contains('\0')
                && !target.contains('\0')
            {
                all.push([origin.clone(), source, kind, target]);
            }
        }
    }
    all
}

both! {
    impl EngineTx {
        /// Writes entities and gives the references of those that are new or differ.
        async fn write_entities(&mut self, entities: &[(EntityRef, &CatalogEntity)]) -> Result<HashSet<String>> {
            let mut insert = Self::builder(sql::PUT_ENTITIES_BEGIN);
            insert.push_values(entities, |mut row, (reference, held)| {
                let entity = &held.entity;
                row.push_bind(reference.to_string())
                    .push_bind(entity.kind())
                    .push_bind(reference.kind())
                    .push_bind(entity.name())
                    .push_bind(reference.name())
                    .push_bind(cell::text(entity.title()))
                    .push_bind(cell::text(entity.description()))
                    .push_bind(owner(entity))
                    .push_bind(entity.entity_type().map(short))
                    .push_bind(entity.lifecycle().map(short))
                    .push_bind(held.location.to_string())
                    .push_bind(cell::text(&held.file))
                    .push_bind(held.error.as_deref().map(cell::text))
                    .push_bind(held.created_at.as_millis())
                    .push_bind(held.updated_at.as_millis())
                    .push_bind(1_i64)
                    .push_bind(words::indexed(&entity.search_text()))
                    .push_bind(cell::json(entity.body()));
            });
            insert.push(sql::PUT_ENTITIES_END);
            let changed: Vec<(String,)> =
                self.all(insert.build_query_as().persistent(cell::keep(entities.len()))).await?;
            Ok(changed.into_iter().map(|(reference,)| reference).collect())
        }

        /// Entities whose name begins with what was typed, then those that have its words: a page of them.
        async fn search(
            &mut self,
            search: &Search,
            filter: &EntityFilter,
            cursor: Option<&str>,
            limit: i64,
        ) -> Result<Page<EntityRow>> {
            let (from, beyond) = search.names();
            let (first, after) = match cursor::read::<SearchCursor>(cursor)? {
                None => (true, None),
                Some((first, name, reference)) => (first, Some((name, reference))),
            };
            let mut rows: Vec<ListRow> = Vec::new();
            if first {
                let mut query = Self::builder(sql::LIST);
                query.push(" AND sort_name >= ").push_bind(from).push(" AND sort_name < ").push_bind(beyond);
                list::narrow!(query, filter);
                list::part!(query, after.clone(), limit + 1);
                rows = self.all(query.build_query_as()).await?;
            }
            let missing = limit + 1 - i64::try_from(rows.len()).unwrap_or(i64::MAX);
            if missing > 0 {
                let mut query = self.having(&search.words).await?;
                query.push(" AND NOT (sort_name >= ").push_bind(from).push(" AND sort_name < ").push_bind(beyond).push(")");
                list::narrow!(query, filter);
                list::part!(query, after.filter(|_| !first), missing);
                let rest: Vec<ListRow> = self.all(query.build_query_as().persistent(false)).await?;
                rows.extend(rest);
            }
            search.page(rows, limit)
        }

        /// The beginning of a list of the entities that have every word. Such lists are never kept prepared: PostgreSQL then plans
        /// them for the words at hand, and the right plan for a rare word is the wrong one for a frequent word.
        async fn having(&mut self, words: &[String]) -> Result<QueryBuilder<<Self as Engine>::Db>> {
            let find = sqlx::query_as(Self::pick(&sql::MATCHING)).bind(Self::question(words)).bind(list::FEW as i64 + 1);
            let found: Vec<(i64,)> = self.all(find.persistent(false)).await?;
            if found.get(list::FEW).is_none() {
                let mut query = Self::builder(Self::pick(&sql::LIST_OF));
                query.push_bind(cell::json(&found.iter().map(|(id,)| *id).collect::<Vec<_>>()));
                query.push(Self::pick(&sql::LIST_OF_END));
                return Ok(query);
            }
            let mut query = Self::builder(sql::LIST);
            for word in words {
                // COALESCE changes nothing but PostgreSQL's guess: half of the rows, which is why it walks the list in its order.
                query.push(" AND COALESCE(' ' || words LIKE ").push_bind(words::for_like(word)).push(", FALSE)");
            }
            Ok(query)
        }
    }

    #[async_trait]
    impl Catalog for EngineTx {
        async fn put_location(&mut self, location: &Location) -> Result<LocationId> {
            let add = sqlx::query(sql::ADD_LOCATION)
                .bind(location.id.to_string())
                .bind(location.kind.as_str())
                .bind(&location.target)
                .bind(location.repository.map(|id| id.to_string()))
                .bind(location.entry.as_deref().map(cell::text))
                .bind(cell::millis(location.checked_at))
                .bind(cell::millis(location.read_at))
                .bind(location.error.as_deref().map(cell::text))
                .bind(&location.digest);
            self.execute("a location", add).await?;
            let stands: Option<(String,)> = self.one(sqlx::query_as(sql::LOCATION_ID).bind(&location.target)).await?;
            let (id,) = stands.ok_or(StoreError::Dangling("a location"))?;
            Reading { table: "locations", key: &id }.parse("id", &id)
        }

        async fn location(&mut self, id: LocationId) -> Result<Option<Location>> {
            self.one(sqlx::query_as(sql::LOCATION).bind(id.to_string())).await?.map(LocationRow::read).transpose()
        }

        async fn location_by_target(&mut self, target: &str) -> Result<Option<Location>> {
            self.one(sqlx::query_as(sql::LOCATION_BY_TARGET).bind(cell::text(target))).await?.map(LocationRow::read).transpose()
        }

        async fn locations_by_id(&mut self, ids: &[LocationId]) -> Result<Vec<Location>> {
            let find = sqlx::query_as(Self::pick(&sql::LOCATIONS_BY_ID)).bind(cell::id_list(ids));
            self.all(find).await?.into_iter().map(LocationRow::read).collect()
        }

        async fn locations(&mut self) -> Result<Vec<Location>> {
            self.all(sqlx::query_as(sql::LOCATIONS)).await?.into_iter().map(LocationRow::read).collect()
        }

        async fn set_location_status(&mut self, location: &Location) -> Result<()> {
            let set = sqlx::query(sql::SET_LOCATION_STATUS)
                .bind(location.id.to_string())
                .bind(cell::millis(location.checked_at))
                .bind(cell::millis(location.read_at))
                .bind(location.error.as_deref().map(cell::text))
                .bind(&location.digest);
            self.change("a location's status", set).await
        }

        async fn locations_due(&mut self, before: Timestamp, limit: u32) -> Result<Vec<Location>> {
            let find = sqlx::query_as(sql::LOCATIONS_DUE).bind(before.as_millis()).bind(cell::limit(limit));
            self.all(find).await?.into_iter().map(LocationRow::read).collect()
        }

        async fn ask_locations(&mut self, repository: RepositoryId, at: Timestamp) -> Result<u64> {
            let ask = sqlx::query(sql::ASK_LOCATIONS).bind(repository.to_string()).bind(at.as_millis());
            self.execute("a location", ask).await
        }

        async fn delete_location(&mut self, id: LocationId) -> Result<()> {
            self.execute("a location", sqlx::query(sql::DELETE_LOCATION).bind(id.to_string())).await?;
            Ok(())
        }

        async fn put_entities(&mut self, entities: &[CatalogEntity]) -> Result<()> {
            for entities in latest(entities).chunks(AT_ONCE) {
                let changed = self.write_entities(entities).await?;
                if changed.is_empty() {
                    continue;
                }
                let origins: Vec<&String> = changed.iter().collect();
                let delete = sqlx::query(Self::pick(&sql::DELETE_RELATIONS_FROM)).bind(cell::id_list(&origins));
                self.execute("relations", delete).await?;
                for relations in following(entities, &changed).chunks(AT_ONCE) {
                    let mut insert = Self::builder("INSERT INTO relations (origin, source, kind, target) ");
                    insert.push_values(relations, |mut row, columns| {
                        for column in columns {
                            row.push_bind(column.as_str());
                        }
                    });
                    insert.push(" ON CONFLICT DO NOTHING");
                    self.execute("a relation", insert.build().persistent(cell::keep(relations.len()))).await?;
                }
            }
            Ok(())
        }

        async fn set_entity_error(&mut self, reference: &EntityRef, error: Option<&str>) -> Result<()> {
            let set = sqlx::query(sql::SET_ENTITY_ERROR).bind(reference.to_string()).bind(error.map(cell::text));
            self.execute("an entity", set).await?;
            Ok(())
        }

        async fn delete_entity(&mut self, reference: &EntityRef) -> Result<()> {
            self.execute("an entity", sqlx::query(sql::DELETE_ENTITY).bind(reference.to_string())).await?;
            Ok(())
        }

        async fn entity(&mut self, reference: &EntityRef) -> Result<Option<CatalogEntity>> {
            let find = sqlx::query_as(sql::ENTITY).bind(cell::text(&reference.to_string()).into_owned());
            self.one(find).await?.map(WholeRow::read).transpose()
        }

        async fn entities(&mut self, references: &[EntityRef]) -> Result<Vec<CatalogEntity>> {
            let find = sqlx::query_as(Self::pick(&sql::ENTITIES)).bind(cell::id_list(references));
            self.all(find).await?.into_iter().map(WholeRow::read).collect()
        }

        async fn entities_of_location(&mut self, location: LocationId) -> Result<Vec<EntityRef>> {
            let find = sqlx::query_as(sql::ENTITIES_OF_LOCATION).bind(location.to_string());
            self.all(find).await?.into_iter().map(reference).collect()
        }

        async fn entities_of_kind(&mut self, kind: &str) -> Result<Vec<CatalogEntity>> {
            let find = sqlx::query_as(sql::ENTITIES_OF_KIND).bind(kind.to_lowercase());
            self.all(find).await?.into_iter().map(WholeRow::read).collect()
        }

        async fn list_entities(&mut self, filter: &EntityFilter, cursor: Option<&str>, limit: u32) -> Result<Page<EntityRow>> {
            let limit = cell::limit(limit);
            if let Some(search) = Search::read(filter.query.as_deref()) {
                return self.search(&search, filter, cursor, limit).await;
            }
            let mut query = Self::builder(sql::LIST);
            list::narrow!(query, filter);
            list::part!(query, cursor::read::<(String, String)>(cursor)?, limit + 1);
            list::page(self.all(query.build_query_as()).await?, limit)
        }

        async fn facets(&mut self) -> Result<Facets> {
            Ok(Facets {
                kinds: facets(self.all(sqlx::query_as(sql::FACET_KINDS)).await?),
                owners: facets(self.all(sqlx::query_as(sql::FACET_OWNERS)).await?),
                lifecycles: facets(self.all(sqlx::query_as(sql::FACET_LIFECYCLES)).await?),
            })
        }

        async fn relations_of(&mut self, reference: &EntityRef) -> Result<Vec<(Relation, Option<String>)>> {
            let source = reference.to_string();
            let find = sqlx::query_as(sql::RELATIONS_OF).bind(cell::text(&source).into_owned());
            let rows: Vec<(String, String, Option<String>)> = self.all(find).await?;
            let row = Reading { table: "relations", key: &source };
            let read = |(kind, target, title): (String, String, Option<String>)| {
                let target = row.parse("target", &target)?;
                Ok((Relation { source: reference.clone(), kind, target }, title))
            };
            rows.into_iter().map(read).collect()
        }
    }
}
