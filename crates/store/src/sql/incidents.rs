//! Incidents and verdicts.

use super::statements;

macro_rules! incident {
    () => {
        "id, key, service, title, source, detected_at, impact_started_at, resolved_at, told_at, retracted, named, cause,
            links, decided_by, decided_at"
    };
}
macro_rules! verdict {
    () => {
        "deployment, service, failed, reason, decided_by, decided_at"
    };
}
macro_rules! newest {
    ($narrowed:literal) => {
        concat!(
            "SELECT ",
            incident!(),
            " FROM incidents WHERE retracted = 0",
            $narrowed,
            " ORDER BY detected_at DESC, id DESC LIMIT $1"
        )
    };
}

statements! {
    PUT_INCIDENT: &str = concat!("INSERT INTO incidents (", incident!(), ")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        ON CONFLICT (service, key) DO UPDATE SET title = excluded.title, source = excluded.source,
            detected_at = excluded.detected_at, impact_started_at = excluded.impact_started_at,
            resolved_at = excluded.resolved_at, told_at = excluded.told_at, retracted = excluded.retracted,
            named = excluded.named, cause = excluded.cause, links = excluded.links, decided_by = excluded.decided_by,
            decided_at = excluded.decided_at
        WHERE excluded.told_at >= incidents.told_at");
    INCIDENT: &str = concat!("SELECT ", incident!(), " FROM incidents WHERE id = $1");
    INCIDENT_BY_KEY: &str = concat!("SELECT ", incident!(), " FROM incidents WHERE service = $1 AND key = $2");
    INCIDENTS_KNOWN_AS: &str = concat!("SELECT ", incident!(), " FROM incidents
        WHERE key = $1 OR ($2 = ':' AND substr(key, 1, length($1)) = $1) ORDER BY detected_at DESC, id DESC LIMIT 100");
    ALL_FIRST: &str = newest!("");
    ALL_NEXT: &str = newest!(" AND (detected_at, id) < ($2, $3)");
    OPEN_FIRST: &str = newest!(" AND resolved_at IS NULL");
    OPEN_NEXT: &str = newest!(" AND resolved_at IS NULL AND (detected_at, id) < ($2, $3)");
    PUT_VERDICT: &str = concat!("INSERT INTO verdicts (", verdict!(), ") VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (deployment) DO UPDATE SET failed = excluded.failed, reason = excluded.reason,
            decided_by = excluded.decided_by, decided_at = excluded.decided_at");
    VERDICT: &str = concat!("SELECT ", verdict!(), " FROM verdicts WHERE deployment = $1");
}
