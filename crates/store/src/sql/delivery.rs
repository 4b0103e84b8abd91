//! The append-only event log.

use super::{PerEngine, listed, statements};

macro_rules! event {
    () => {
        "seq, service, kind, at, source, key, payload"
    };
}
/// SQLite's events of some services as one JSON list for each service and month. Payloads are JSON as they stand, and kinds are words.
pub(crate) const MANY_OF: &str = r#"
    SELECT service, '[' || group_concat(
        '[' || seq || ',"' || kind || '",' || at || ',' || json_quote(source) || ',' || json_quote(key) || ',' || payload || ']'
    ) || ']' AS events
    FROM delivery_events WHERE service IN (SELECT value FROM json_each($1))
    GROUP BY service, at / 2592000000 ORDER BY service, at / 2592000000"#;
/// What one service was deployed up to an instant, the latest first; bound are the number of the part, the service, the instant and how many.
/// Several are put together with [`AND_PART`].
pub(crate) const PART: [&str; 5] = [
    "SELECT * FROM (SELECT CAST(",
    concat!(" AS BIGINT) AS part, ", event!(), " FROM delivery_events WHERE kind = 'deployment' AND service = "),
    " AND at <= ",
    " ORDER BY at DESC, seq DESC LIMIT ",
    ") part",
];
/// Between two of them.
pub(crate) const AND_PART: &str = " UNION ALL ";

statements! {
    EVENTS: &str = concat!("SELECT ", event!(), " FROM delivery_events ORDER BY service, at, seq");
    EVENTS_OF: PerEngine = listed!(
        concat!("SELECT ", event!(), " FROM delivery_events WHERE service "),
        " ORDER BY service, at, seq"
    );
    // The text is a part of the payload, where an id stands as JSON writes it.
    TOLD: PerEngine = PerEngine {
        sqlite: concat!("SELECT ", event!(), " FROM delivery_events
            WHERE kind = 'deployment' AND service = $1 AND instr(payload, $2) > 0 ORDER BY service, at, seq"),
        postgres: concat!("SELECT ", event!(), " FROM delivery_events
            WHERE kind = 'deployment' AND service = $1 AND strpos(payload, $2) > 0 ORDER BY service, at, seq"),
    };
    COUNT_OF: PerEngine = listed!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM delivery_events WHERE service ", " LIMIT $2) counted"
    );
    VERSION: &str = "SELECT version FROM delivery_log";
    COUNT_ON: &str = "UPDATE delivery_log SET version = version + $1";
}
