//! Services, environments, placements and artifacts. The list with its filters is built in `crate::services`.

use super::{PerEngine, listed, statements};

macro_rules! service {
    () => {
        "id, name, entity, owner, repository, created_at, demo"
    };
}
macro_rules! placement {
    () => {
        "p.id, p.service, p.environment, p.runtime, p.workload, p.current, p.observed, p.health, p.observe_at, p.version"
    };
}
macro_rules! artifact {
    () => {
        "id, service, image, digest, revision, version, built_at, source"
    };
}

/// A service's columns, for the list.
pub(crate) const SERVICE_COLUMNS: &str = concat!("SELECT ", service!(), ", sort_name FROM services WHERE 1 = 1");

statements! {
    ADD_SERVICE: &str = "INSERT INTO services (id, name, sort_name, entity, owner, repository, created_at, demo)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    ALL_SERVICES: &str = concat!(
        "SELECT ", service!(), " FROM services WHERE owner = COALESCE($1, owner) ORDER BY sort_name, id"
    );
    SERVICE: &str = concat!("SELECT ", service!(), " FROM services WHERE id = $1");
    SERVICE_BY_NAME: &str = concat!("SELECT ", service!(), " FROM services WHERE name = $1");
    SERVICE_BY_REPOSITORY: &str = concat!(
        "SELECT ", service!(), " FROM services WHERE repository = $1 ORDER BY created_at, id LIMIT 1"
    );
    SERVICES_BY_IDS: PerEngine = listed!(concat!("SELECT ", service!(), " FROM services WHERE id "), "");
    COUNT_SERVICES: &str = "SELECT COUNT(*) FROM services";
    DELETE_SERVICE: &str = "DELETE FROM services WHERE id = $1";

    PUT_ENVIRONMENT: &str = "INSERT INTO environments (name, position, tier, auto_deploy) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name) DO UPDATE SET
            position = excluded.position, tier = excluded.tier, auto_deploy = excluded.auto_deploy";
    ENVIRONMENTS: &str = "SELECT name, position, tier, auto_deploy FROM environments ORDER BY position, name";

    ADD_PLACEMENT: &str = "INSERT INTO placements
        (id, service, environment, runtime, workload, current, observed, health, health_state, seen_at, observe_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
    PLACEMENT: &str = concat!("SELECT ", placement!(), " FROM placements p WHERE p.id = $1");
    PLACEMENTS_OF: PerEngine = listed!(
        concat!("SELECT ", placement!(), " FROM placements p JOIN environments e ON e.name = p.environment WHERE p.service "),
        " ORDER BY p.service, e.position, e.name"
    );
    SET_PLACEMENT: &str = "UPDATE placements SET runtime = $2, workload = $3, current = $4, observed = $5, health = $6,
        health_state = $7, seen_at = $8, observe_at = $9, version = version + 1 WHERE id = $1 AND version = $10";
    DELETE_PLACEMENT: &str = "DELETE FROM placements WHERE id = $1";
    PLACEMENTS_DUE: &str = concat!(
        "SELECT ", placement!(), " FROM placements p WHERE p.observe_at <= $1 ORDER BY p.observe_at, p.id LIMIT $2"
    );
    // Where nothing was ever deployed there is nothing to be well or ill.
    PLACEMENT_HEALTH: &str = "SELECT health_state, seen_at FROM placements
        WHERE current IS NOT NULL OR health_state <> 'unknown' ORDER BY health_state, seen_at";

    PUT_ARTIFACT: &str = "INSERT INTO artifacts (id, service, image, digest, revision, version, built_at, source)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (service, digest) DO NOTHING";
    ARTIFACT: &str = concat!("SELECT ", artifact!(), " FROM artifacts WHERE id = $1");
    ARTIFACTS_BY_IDS: PerEngine = listed!(concat!("SELECT ", artifact!(), " FROM artifacts WHERE id "), "");
    ARTIFACT_BY_DIGEST: &str = concat!("SELECT ", artifact!(), " FROM artifacts WHERE service = $1 AND digest = $2");
    BUILT_AT: PerEngine = listed!(
        "SELECT service, revision, MIN(built_at) FROM artifacts WHERE service ",
        " GROUP BY service, revision"
    );
    ARTIFACTS_OF: &str = concat!(
        "SELECT ", artifact!(), " FROM artifacts WHERE service = $1 ORDER BY built_at DESC, id DESC LIMIT $2"
    );
}
