//! Sources of delivery events and what they sent.

use super::{PerEngine, statements};

macro_rules! source {
    () => {
        "id, name, kind, options, service, owner, secret, generation, rotated_at, created_by, created_at, revoked_at,
            heard, heard_at, refused, refused_at, refused_why"
    };
}
macro_rules! delivery {
    () => {
        "id, source, key, received_at, tried_at, event, status, note, events, headers, "
    };
}
/// Without the body, which may be megabytes.
macro_rules! listed_delivery {
    () => {
        concat!("SELECT ", delivery!(), "substr(body, 1, 0) AS body FROM source_deliveries WHERE source = $1")
    };
}
macro_rules! annotated {
    ($annotation:literal) => {
        concat!(
            "SELECT s.id, s.name, s.entity, s.owner, s.repository, s.created_at, s.demo
            FROM (SELECT reference, lower(",
            $annotation,
            ") AS value FROM entities WHERE kind_key = 'component') e
            JOIN services s ON s.entity = e.reference
            WHERE e.value = lower($2) OR substr(e.value, 1, length($2) + 1) = lower($2) || '/' ORDER BY s.name"
        )
    };
}

statements! {
    ADD_SOURCE: &str = concat!("INSERT INTO sources (", source!(), ")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING");
    SOURCE: &str = concat!("SELECT ", source!(), " FROM sources WHERE id = $1");
    SOURCES: &str = concat!("SELECT ", source!(), " FROM sources ORDER BY name LIMIT 1000");
    SET_SOURCE_SECRET: &str = "UPDATE sources SET generation = $2, rotated_at = $3, revoked_at = $4 WHERE id = $1";
    NOTE_REFUSED: &str =
        "UPDATE sources SET refused = refused + 1, refused_at = $2, refused_why = $3 WHERE id = $1";
    NOTE_HEARD: &str = "UPDATE sources SET heard = heard + 1, heard_at = $2 WHERE id = $1";

    ADD_DELIVERY: &str = concat!("INSERT INTO source_deliveries (", delivery!(), "body)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (source, key) DO NOTHING");
    DELIVERY: &str = concat!("SELECT ", delivery!(), "body FROM source_deliveries WHERE id = $1");
    DELIVERY_BY_KEY: &str = concat!("SELECT ", delivery!(), "body FROM source_deliveries WHERE source = $1 AND key = $2");
    SET_DELIVERY: &str = "UPDATE source_deliveries SET tried_at = $2, event = $3, status = $4, note = $5,
            events = CASE WHEN $6 > events THEN $6 ELSE events END
        WHERE id = $1";
    DELIVERIES_FIRST: &str = concat!(listed_delivery!(), " ORDER BY received_at DESC, id DESC LIMIT $2");
    DELIVERIES_NEXT: &str = concat!(
        listed_delivery!(), " AND (received_at, id) < ($3, $4) ORDER BY received_at DESC, id DESC LIMIT $2"
    );
    // What matched nothing is tried after pauses that double, up to six hours: a source may tell of much that is none of ours.
    DUE: &str = "SELECT id FROM source_deliveries
        WHERE status = 'stored' OR (status = 'unmatched' AND tried_at < $1
            AND ($1 - tried_at >= tried_at - received_at OR $1 - tried_at >= 21600000))
        ORDER BY received_at, id LIMIT $2";
    TRIM: &str = "DELETE FROM source_deliveries WHERE received_at < $1";

    // The annotation's name is one of ours: nothing in it would have to be escaped within the path.
    ANNOTATED: PerEngine = PerEngine {
        sqlite: annotated!("json_extract(body, '$.metadata.annotations.\"' || $1 || '\"')"),
        postgres: annotated!("CAST(body AS jsonb) -> 'metadata' -> 'annotations' ->> CAST($1 AS text)"),
    };
}
