//! The catalogue's pages.

use serde::{Deserialize, Serialize};

/// What the list is narrowed to, as it stands in the URL. Empty text means "any".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EntityQuery {
    /// Words to find.
    pub q: String,
    /// Kind.
    pub kind: String,
    /// Owner's entity reference.
    pub owner: String,
    /// Lifecycle.
    pub lifecycle: String,
    /// Name of a configured runtime.
    pub runtime: String,
    /// Where the part begins.
    pub cursor: String,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityItem {
    /// Unique name.
    pub reference: String,
    /// Its page.
    pub href: String,
    /// Kind as written.
    pub kind: String,
    /// Title or name.
    pub title: String,
    /// Description, maybe empty.
    pub description: String,
    /// Owner's reference and page, when there is one.
    pub owner: Option<Link>,
    /// `spec.type`.
    pub entity_type: Option<String>,
    /// `spec.lifecycle`.
    pub lifecycle: Option<String>,
    /// Why its latest version could not be taken.
    pub error: Option<String>,
    /// When it last changed.
    pub updated_at: i64,
}

/// A name that leads somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What is read.
    pub title: String,
    /// Where it leads; empty when nowhere.
    pub href: String,
}

/// A value and how many have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// The value as it goes into the URL.
    pub value: String,
    /// What is read.
    pub title: String,
    /// How many.
    pub count: i64,
}

/// `/catalog`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityListPage {
    /// The server's clock.
    pub now: i64,
    /// This part.
    pub items: Vec<EntityItem>,
    /// Where the next part begins.
    pub next: Option<String>,
    /// Kinds, with counts over the whole catalogue.
    pub kinds: Vec<Facet>,
    /// Owners.
    pub owners: Vec<Facet>,
    /// Lifecycles.
    pub lifecycles: Vec<Facet>,
    /// Configured runtimes.
    pub runtimes: Vec<Facet>,
    /// Whether the viewer may register entities.
    pub may_register: bool,
}

/// Relations of one sort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationGroup {
    /// `ownedBy`.
    pub kind: String,
    /// In words: "Owned by".
    pub title: String,
    /// To what.
    pub targets: Vec<RelationTarget>,
}

/// The other end of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationTarget {
    /// Unique name.
    pub reference: String,
    /// Kind, lower-cased.
    pub kind: String,
    /// Title, or the name when it does not exist.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Whether it is in the catalogue.
    pub exists: bool,
}

/// `/catalog/{kind}/{namespace}/{name}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityPage {
    /// The server's clock.
    pub now: i64,
    /// What a list shows.
    pub item: EntityItem,
    /// System, when it is part of one.
    pub system: Option<Link>,
    /// Tags.
    pub tags: Vec<String>,
    /// `metadata.links`.
    pub links: Vec<Link>,
    /// Annotations, known or not.
    pub annotations: Vec<(String, String)>,
    /// Relations by sort.
    pub relations: Vec<RelationGroup>,
    /// The whole document, as YAML.
    pub yaml: String,
    /// Where it comes from: the target and the file within.
    pub location: String,
    /// When that was read last, with or without an error.
    pub checked_at: Option<i64>,
    /// The service's page, when it is one.
    pub service: Option<Link>,
    /// The wizard, when it is a template.
    pub create: Option<Link>,
    /// Whether the viewer may read the location anew.
    pub may_refresh: bool,
}

/// `/catalog/register`: what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterReport {
    /// What was added or updated.
    pub registered: Vec<RelationTarget>,
    /// What was refused: file, document (from 1), field, message.
    pub problems: Vec<RegisterProblem>,
}

/// Why one document was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterProblem {
    /// File within the location.
    pub file: String,
    /// Document within the file, from 1.
    pub document: usize,
    /// Line of the file, from 1, where that is known.
    pub line: Option<u32>,
    /// Field, or empty when the YAML itself is broken.
    pub field: String,
    /// What is wrong and how to mend it.
    pub message: String,
}
