//! Entities, their relations and where they come from.

use super::{Page, Result};
use async_trait::async_trait;
use slipway_domain::{
    catalog::{Entity, EntityRef, Location, Relation},
    ids::{LocationId, RepositoryId},
    time::Timestamp,
};

/// An entity as the catalogue holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct CatalogEntity {
    /// The entity, every field kept.
    pub entity: Entity,
    /// Where it comes from.
    pub location: LocationId,
    /// The file within the location, for messages.
    pub file: String,
    /// Why its latest version could not be taken; the one held is then the last good one.
    pub error: Option<String>,
    /// When it was first seen.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts up with each change.
    pub version: i64,
}

/// What a list is narrowed to. Empty finds all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntityFilter {
    /// Words to find, by prefix, all of them, in name, title, description, type, tags or owner.
    pub query: Option<String>,
    /// Kind, any case.
    pub kind: Option<String>,
    /// Owner.
    pub owner: Option<EntityRef>,
    /// `spec.lifecycle`.
    pub lifecycle: Option<String>,
    /// `spec.type`.
    pub entity_type: Option<String>,
    /// Name of a configured runtime on which a service of that entity has a placement.
    pub runtime: Option<String>,
}

/// A row of a list: what it shows, without the whole document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityRow {
    /// Unique name.
    pub reference: EntityRef,
    /// Kind as written.
    pub kind: String,
    /// Name as written.
    pub name: String,
    /// Title or name.
    pub title: String,
    /// Description, maybe empty.
    pub description: String,
    /// Owner.
    pub owner: Option<EntityRef>,
    /// `spec.type`.
    pub entity_type: Option<String>,
    /// `spec.lifecycle`.
    pub lifecycle: Option<String>,
    /// Why its latest version could not be taken.
    pub error: Option<String>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// How many entities have each value of a field that a list can be narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Kind as written, count; most first.
    pub kinds: Vec<(String, i64)>,
    /// Owner reference, count; most first, at most 50.
    pub owners: Vec<(String, i64)>,
    /// Lifecycle, count; most first.
    pub lifecycles: Vec<(String, i64)>,
}

/// Entities, their relations and where they come from.
#[async_trait]
pub trait Catalog {
    /// Adds a location, or finds the one with the same target; gives its id.
    async fn put_location(&mut self, location: &Location) -> Result<LocationId>;
    /// By id.
    async fn location(&mut self, id: LocationId) -> Result<Option<Location>>;
    /// By target.
    async fn location_by_target(&mut self, target: &str) -> Result<Option<Location>>;
    /// Several by id, in no order.
    async fn locations_by_id(&mut self, ids: &[LocationId]) -> Result<Vec<Location>>;
    /// All, by target; at most 500.
    async fn locations(&mut self) -> Result<Vec<Location>>;
    /// Writes how reading it went: its instants (a `read_at` of `None` keeps the one that is there), error and digest.
    async fn set_location_status(&mut self, location: &Location) -> Result<()>;
    /// Those that are no part of Slipway and were never read, not since `before`, or were asked to be read again since; the longest ago
    /// first.
    async fn locations_due(&mut self, before: Timestamp, limit: u32) -> Result<Vec<Location>>;
    /// Asks for every location of a hosted repository to be read again; gives how many there are.
    async fn ask_locations(&mut self, repository: RepositoryId, at: Timestamp) -> Result<u64>;
    /// Deletes a location and its entities; absence is fine.
    async fn delete_location(&mut self, id: LocationId) -> Result<()>;

    /// Adds or replaces entities with their search text and the relations that follow from them. `created_at` and `version` of an existing one
    /// are kept and counted up by the store; an entity whose document is unchanged keeps its version and `updated_at`. Must be fast for thousands.
    async fn put_entities(&mut self, entities: &[CatalogEntity]) -> Result<()>;
    /// Marks an entity's latest version as refused; absence is fine.
    async fn set_entity_error(&mut self, reference: &EntityRef, error: Option<&str>) -> Result<()>;
    /// Deletes an entity, its search text and the relations that follow from it; absence is fine.
    async fn delete_entity(&mut self, reference: &EntityRef) -> Result<()>;
    /// By reference.
    async fn entity(&mut self, reference: &EntityRef) -> Result<Option<CatalogEntity>>;
    /// Several by reference, in no order.
    async fn entities(&mut self, references: &[EntityRef]) -> Result<Vec<CatalogEntity>>;
    /// References of all entities of a location.
    async fn entities_of_location(&mut self, location: LocationId) -> Result<Vec<EntityRef>>;
    /// Whole entities of one kind (any case), by name; at most 500. For templates and groups.
    async fn entities_of_kind(&mut self, kind: &str) -> Result<Vec<CatalogEntity>>;
    /// A list, ordered by name then reference.
    async fn list_entities(
        &mut self,
        filter: &EntityFilter,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<EntityRow>>;
    /// Counts over the whole catalogue.
    async fn facets(&mut self) -> Result<Facets>;
    /// Relations whose source is `reference` (derived relations stand both ways, so this is all of them), each with the target's title when
    /// the target exists; at most 500.
    async fn relations_of(&mut self, reference: &EntityRef) -> Result<Vec<(Relation, Option<String>)>>;
}
