//! Repositories and builds.

use super::statements;

macro_rules! repository {
    () => {
        "id, name, owner, default_branch, recorded_head, created_at"
    };
}
macro_rules! build {
    () => {
        "id, repository, service, revision, state, queued_at, started_at, finished_at, error, artifact"
    };
}

statements! {
    ADD_REPOSITORY: &str = "INSERT INTO repositories (id, name, owner, default_branch, recorded_head, created_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    REPOSITORY: &str = concat!("SELECT ", repository!(), " FROM repositories WHERE id = $1");
    REPOSITORY_BY_NAME: &str = concat!("SELECT ", repository!(), " FROM repositories WHERE name = $1");
    REPOSITORIES: &str = concat!("SELECT ", repository!(), " FROM repositories ORDER BY name LIMIT 10000");
    MOVE_RECORDED_HEAD: &str = "UPDATE repositories SET recorded_head = $3
        WHERE id = $1 AND recorded_head IS NOT DISTINCT FROM $2";
    DELETE_REPOSITORY: &str = "DELETE FROM repositories WHERE id = $1";

    PUT_BUILD: &str = "INSERT INTO builds
        (id, repository, service, revision, state, queued_at, started_at, finished_at, error, artifact)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (service, revision) DO NOTHING";
    BUILD: &str = concat!("SELECT ", build!(), " FROM builds WHERE id = $1");
    BUILD_BY_REVISION: &str = concat!("SELECT ", build!(), " FROM builds WHERE service = $1 AND revision = $2");
    SET_BUILD: &str = "UPDATE builds SET state = $2, started_at = $3, finished_at = $4, error = $5, artifact = $6 WHERE id = $1";
    ACTIVE_BUILDS: &str = concat!(
        "SELECT ", build!(), " FROM builds WHERE state IN ('queued', 'running') ORDER BY queued_at, id LIMIT $1"
    );
    BUILDS_OF: &str = concat!(
        "SELECT ", build!(), " FROM builds WHERE service = $1 ORDER BY queued_at DESC, id DESC LIMIT $2"
    );
}
