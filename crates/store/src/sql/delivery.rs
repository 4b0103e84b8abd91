//! The append-only event log.

use super::{PerEngine, listed, statements};

macro_rules! event {
    () => {
        "seq, service, kind, at, source, key, payload"
    };
}

statements! {
    EVENTS: &str = concat!("SELECT ", event!(), " FROM delivery_events ORDER BY service, at, seq");
    EVENTS_OF: PerEngine = listed!(
        concat!("SELECT ", event!(), " FROM delivery_events WHERE service "),
        " ORDER BY service, at, seq"
    );
    COUNT_OF: PerEngine = listed!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM delivery_events WHERE service ", " LIMIT $2) counted"
    );
    VERSION: &str = "SELECT version FROM delivery_log";
    COUNT_ON: &str = "UPDATE delivery_log SET version = version + $1";
}
