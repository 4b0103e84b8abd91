//! The catalogue's list: filters, search and keyset pagination.

use crate::{
    cell::{self, Reading},
    cursor, words,
};
use slipway_domain::{catalog::EntityRef, time::Timestamp};
use slipway_ports::store::{Page, Result, catalog::EntityRow};

/// With at most this many matches a search reads them all and sorts; with more it walks the list in its order, where every few
/// rows are a match. Either way the work does not grow with the catalogue.
pub(super) const FEW: usize = 500;

#[derive(sqlx::FromRow)]
pub(super) struct ListRow {
    reference: String,
    kind: String,
    name: String,
    sort_name: String,
    title: String,
    description: String,
    owner: Option<String>,
    entity_type: Option<String>,
    lifecycle: Option<String>,
    error: Option<String>,
    updated_at: i64,
}

impl ListRow {
    fn read(self) -> Result<EntityRow> {
        let row = Reading { table: "entities", key: &self.reference };
        let reference: EntityRef = row.parse("reference", &self.reference)?;
        let owner = row.maybe("owner", self.owner.as_deref())?;
        Ok(EntityRow {
            reference,
            owner,
            kind: self.kind,
            name: self.name,
            title: self.title,
            description: self.description,
            entity_type: self.entity_type,
            lifecycle: self.lifecycle,
            error: self.error,
            updated_at: Timestamp::from_millis(self.updated_at),
        })
    }
}

/// Rows, read with one more than `limit`, as a page.
pub(super) fn page(rows: Vec<ListRow>, limit: i64) -> Result<Page<EntityRow>> {
    cursor::page(rows, limit, |row| (row.sort_name.clone(), row.reference.clone()), ListRow::read)
}

/// What a search asks for. Entities whose name begins with what was typed come first, then all others that have its words.
pub(super) struct Search {
    /// What was typed, lower-cased: where the names begin that begin with it.
    typed: String,
    /// The end of those names. No name has a character above this one.
    beyond: String,
    pub words: Vec<String>,
}

impl Search {
    /// `None` when no word was typed: everything is asked for.
    pub(super) fn read(question: Option<&str>) -> Option<Self> {
        let typed = cell::text(question?.trim()).to_lowercase();
        let words = words::asked(&typed);
        let beyond = format!("{typed}\u{10FFFF}");
        (!words.is_empty()).then_some(Self { typed, beyond, words })
    }

    /// The names that begin with what was typed: first, and first no more.
    pub(super) fn names(&self) -> (&str, &str) {
        (&self.typed, &self.beyond)
    }

    /// Whether a row belongs to the first part.
    fn is_named(&self, row: &ListRow) -> bool {
        row.sort_name.starts_with(&self.typed)
    }

    /// Rows of both parts, read with one more than `limit`, as a page.
    pub(super) fn page(&self, rows: Vec<ListRow>, limit: i64) -> Result<Page<EntityRow>> {
        let key = |row: &ListRow| (self.is_named(row), row.sort_name.clone(), row.reference.clone());
        cursor::page(rows, limit, key, ListRow::read)
    }
}

/// After which row of which part a search goes on: whether in the first, and the row's ordering key.
pub(super) type SearchCursor = (bool, String, String);

#[derive(sqlx::FromRow)]
pub(super) struct FacetRow {
    word: String,
    times: i64,
}

/// Counts as they are shown.
pub(super) fn facets(rows: Vec<FacetRow>) -> Vec<(String, i64)> {
    rows.into_iter().map(|row| (row.word, row.times)).collect()
}

/// Appends what a filter asks for. The text depends only on which parts are asked for, so that there are few
/// different statements. A macro, because it is stamped for both engines' query builders.
macro_rules! narrow {
    ($query:ident, $filter:ident) => {{
        if let Some(kind) = &$filter.kind {
            $query.push(" AND kind_key = ").push_bind($crate::cell::text(&kind.to_lowercase()).into_owned());
        }
        if let Some(owner) = &$filter.owner {
            $query.push(" AND owner = ").push_bind($crate::cell::text(&owner.to_string()).into_owned());
        }
        if let Some(lifecycle) = &$filter.lifecycle {
            $query.push(" AND lifecycle = ").push_bind($crate::catalog::short(lifecycle));
        }
        if let Some(entity_type) = &$filter.entity_type {
            $query.push(" AND entity_type = ").push_bind($crate::catalog::short(entity_type));
        }
        if let Some(runtime) = &$filter.runtime {
            $query
                .push(" AND reference IN (SELECT s.entity FROM placements p JOIN services s ON s.id = p.service WHERE p.runtime = ")
                .push_bind($crate::cell::text(runtime).into_owned())
                .push(")");
        }
    }};
}
pub(super) use narrow;

/// Appends where the list goes on, its order, and how many rows are wanted.
macro_rules! part {
    ($query:ident, $after:expr, $rows:expr) => {{
        if let Some((name, reference)) = $after {
            $query.push(" AND (sort_name, reference) > (").push_bind(name).push(", ").push_bind(reference).push(")");
        }
        $query.push(" ORDER BY sort_name, reference LIMIT ").push_bind($rows);
    }};
}
pub(super) use part;
