//! Entities, their relations and where they come from. The list with its filters is built in `crate::catalog::list`.

use super::{PerEngine, listed, statements};

macro_rules! location {
    () => {
        "id, kind, target, repository, entry, checked_at, read_at, error, digest"
    };
}
macro_rules! entity {
    () => {
        "reference, location, file, error, created_at, updated_at, version, body"
    };
}

/// The columns that [`PUT_ENTITIES_END`] follows, in the order they are bound.
pub(crate) const PUT_ENTITIES_BEGIN: &str =
    "INSERT INTO entities (reference, kind, kind_key, name, sort_name, title, description,
    owner, entity_type, lifecycle, location, file, error, created_at, updated_at, version, words, body) ";

/// Replaces what differs and names it; what is the same is left alone and not named.
pub(crate) const PUT_ENTITIES_END: &str = " ON CONFLICT (reference) DO UPDATE SET
    kind = excluded.kind, name = excluded.name, title = excluded.title, description = excluded.description,
    owner = excluded.owner, entity_type = excluded.entity_type, lifecycle = excluded.lifecycle,
    location = excluded.location, file = excluded.file, error = excluded.error, words = excluded.words, body = excluded.body,
    updated_at = CASE WHEN entities.body = excluded.body THEN entities.updated_at ELSE excluded.updated_at END,
    version = CASE WHEN entities.body = excluded.body THEN entities.version ELSE entities.version + 1 END
    WHERE entities.body <> excluded.body OR entities.location <> excluded.location OR entities.file <> excluded.file
        OR entities.error IS DISTINCT FROM excluded.error
    RETURNING reference";

/// The columns of a list's row.
macro_rules! listed_entity {
    () => {
        "SELECT reference, kind, name, sort_name, title, description, owner, entity_type, lifecycle, error, updated_at FROM "
    };
}

/// The list, to be narrowed and ordered.
pub(crate) const LIST: &str = concat!(listed_entity!(), "entities WHERE 1 = 1");
/// The list of the entities whose ids are bound next, a JSON array: the text before that. The join's order is fixed on SQLite,
/// which would rather walk the whole catalogue in the order of the list.
pub(crate) const LIST_OF: PerEngine = PerEngine {
    sqlite: concat!(listed_entity!(), "(SELECT value AS hit FROM json_each("),
    postgres: concat!(listed_entity!(), "(SELECT CAST(value AS bigint) AS hit FROM jsonb_array_elements_text(CAST("),
};
/// And the text after that.
pub(crate) const LIST_OF_END: PerEngine = PerEngine {
    sqlite: ")) hits CROSS JOIN entities WHERE id = hits.hit",
    postgres: " AS jsonb))) hits CROSS JOIN entities WHERE id = hits.hit",
};

statements! {
    // The ids of entities that have every word.
    MATCHING: PerEngine = PerEngine {
        sqlite: "SELECT rowid FROM entity_search WHERE entity_search MATCH $1 LIMIT $2",
        postgres: "SELECT id FROM entities
            WHERE array_to_tsvector(string_to_array(words, ' ')) @@ CAST($1 AS tsquery) LIMIT $2",
    };

    ADD_LOCATION: &str = concat!("INSERT INTO locations (", location!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (target) DO NOTHING");
    LOCATION_ID: &str = "SELECT id FROM locations WHERE target = $1";
    LOCATION: &str = concat!("SELECT ", location!(), " FROM locations WHERE id = $1");
    LOCATION_BY_TARGET: &str = concat!("SELECT ", location!(), " FROM locations WHERE target = $1");
    LOCATIONS_BY_ID: PerEngine = listed!(concat!("SELECT ", location!(), " FROM locations WHERE id "), "");
    LOCATIONS: &str = concat!("SELECT ", location!(), " FROM locations ORDER BY target LIMIT 500");
    SET_LOCATION_STATUS: &str = "UPDATE locations SET checked_at = $2, read_at = COALESCE($3, read_at), error = $4, digest = $5 WHERE id = $1";
    LOCATIONS_DUE: &str = concat!("SELECT ", location!(), " FROM locations
        WHERE kind <> 'built-in' AND (checked_at IS NULL OR checked_at <= $1 OR asked_at >= checked_at)
        ORDER BY COALESCE(checked_at, 0), id LIMIT $2");
    ASK_LOCATIONS: &str = "UPDATE locations SET asked_at = $2 WHERE repository = $1";
    DELETE_LOCATION: &str = "DELETE FROM locations WHERE id = $1";

    DELETE_RELATIONS_FROM: PerEngine = listed!("DELETE FROM relations WHERE origin ", "");
    SET_ENTITY_ERROR: &str = "UPDATE entities SET error = $2 WHERE reference = $1";
    DELETE_ENTITY: &str = "DELETE FROM entities WHERE reference = $1";
    ENTITY: &str = concat!("SELECT ", entity!(), " FROM entities WHERE reference = $1");
    ENTITIES: PerEngine = listed!(concat!("SELECT ", entity!(), " FROM entities WHERE reference "), "");
    ENTITIES_OF_LOCATION: &str = "SELECT reference FROM entities WHERE location = $1 ORDER BY reference";
    ENTITIES_OF_KIND: &str = concat!(
        "SELECT ", entity!(), " FROM entities WHERE kind_key = $1 ORDER BY sort_name, reference LIMIT 500"
    );

    FACET_KINDS: &str = "SELECT MIN(kind) AS word, COUNT(*) AS times FROM entities GROUP BY kind_key ORDER BY times DESC, word";
    FACET_OWNERS: &str = "SELECT owner AS word, COUNT(*) AS times FROM entities WHERE owner IS NOT NULL
        GROUP BY owner ORDER BY times DESC, word LIMIT 50";
    FACET_LIFECYCLES: &str = "SELECT lifecycle AS word, COUNT(*) AS times FROM entities WHERE lifecycle IS NOT NULL
        GROUP BY lifecycle ORDER BY times DESC, word";

    RELATIONS_OF: &str = "SELECT r.kind, r.target, e.title FROM
        (SELECT DISTINCT kind, target FROM relations WHERE source = $1 ORDER BY kind, target LIMIT 500) r
        LEFT JOIN entities e ON e.reference = r.target ORDER BY r.kind, r.target";
}
