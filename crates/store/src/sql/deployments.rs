//! Deployments and their timelines. The history with its filters is built in `crate::deployments`.

use super::{PerEngine, listed, statements};

macro_rules! deployment {
    () => {
        "id, service, placement, environment, number, artifact, workload, intent, reason, rollback_of, previous, state, cause,
        handle, requested_by, requested_at, started_at, state_since, finished_at, good_probes, version"
    };
}
/// The states that are not over, as the partial indices name them.
macro_rules! active {
    () => {
        "state IN ('pending', 'rolling-out', 'verifying', 'rolling-back')"
    };
}
/// Ids of the newest of all and the newest that are not over, as many as $2 says of each.
macro_rules! newest {
    () => {
        concat!(
            "SELECT id FROM (SELECT id FROM deployments WHERE ",
            active!(),
            " ORDER BY requested_at DESC, id DESC LIMIT $2) a
            UNION
            SELECT id FROM (SELECT id FROM deployments ORDER BY requested_at DESC, id DESC LIMIT $2) b"
        )
    };
}

/// Columns in the order they are bound; `owner` follows from the service.
pub(crate) const ADD_DEPLOYMENTS: &str = concat!("INSERT INTO deployments (", deployment!(), ", owner) ");
/// A deployment's columns, for the history.
pub(crate) const DEPLOYMENT_COLUMNS: &str = concat!("SELECT ", deployment!(), " FROM deployments WHERE 1 = 1");
/// Only those that are not over.
pub(crate) const AND_ACTIVE: &str = concat!(" AND ", active!());

statements! {
    // A write that changes nothing: it takes the row's lock on PostgreSQL, so that numbers are given out one after the other.
    LOCK_SERVICE: &str = "UPDATE services SET demo = demo WHERE id = $1";
    NEXT_NUMBER: &str = "SELECT COALESCE(MAX(number), 0) + 1 FROM deployments WHERE service = $1";
    DEPLOYMENT: &str = concat!("SELECT ", deployment!(), " FROM deployments WHERE id = $1");
    DEPLOYMENTS_BY_IDS: PerEngine = listed!(concat!("SELECT ", deployment!(), " FROM deployments WHERE id "), "");
    LABELS: PerEngine = listed!(
        "SELECT d.id, s.name AS service, a.revision, a.digest, a.version, r.number AS returns_to FROM deployments d
            JOIN services s ON s.id = d.service
            JOIN artifacts a ON a.id = d.artifact
            LEFT JOIN deployments r ON r.id = d.rollback_of
        WHERE d.id ",
        ""
    );
    AT_PLACEMENTS: PerEngine = PerEngine {
        sqlite: concat!(
            "SELECT ", deployment!(), " FROM deployments WHERE id IN (
                SELECT current FROM placements WHERE id IN (SELECT value FROM json_each($1))
                UNION
                SELECT id FROM deployments WHERE ", active!(), " AND placement IN (SELECT value FROM json_each($1))
                UNION
                ", newest!(), "
            ) ORDER BY requested_at DESC, id DESC"
        ),
        postgres: concat!(
            "SELECT ", deployment!(), " FROM deployments WHERE id = ANY (ARRAY(
                SELECT current FROM placements WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)))
                UNION
                SELECT id FROM deployments
                WHERE ", active!(), " AND placement = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)))
                UNION
                ", newest!(), "
            )) ORDER BY requested_at DESC, id DESC"
        ),
    };
    DEPLOYMENT_BY_NUMBER: &str = concat!("SELECT ", deployment!(), " FROM deployments WHERE service = $1 AND number = $2");
    SET_DEPLOYMENT: &str = "UPDATE deployments SET workload = $2, reason = $3, previous = $4, state = $5, cause = $6, handle = $7,
        started_at = $8, state_since = $9, finished_at = $10, good_probes = $11, version = version + 1 WHERE id = $1 AND version = $12";
    ACTIVE: &str = concat!("SELECT id FROM deployments WHERE ", active!(), " ORDER BY requested_at, id LIMIT $1");
    ACTIVE_OF: &str = concat!(
        "SELECT ", deployment!(), " FROM deployments WHERE placement = $1 AND ", active!(), " ORDER BY requested_at, id"
    );

    TIMELINE: &str = "SELECT id, deployment, key, at, lane, message, warning FROM timeline
        WHERE deployment = $1 ORDER BY at, id LIMIT 1000";
}
