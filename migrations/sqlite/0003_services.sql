-- Repositories, services, environments, placements, artifacts and builds.

CREATE TABLE repositories (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    default_branch TEXT NOT NULL,
    recorded_head TEXT,
    created_at INTEGER NOT NULL
) STRICT;

-- sort_name is the lower-cased name.
CREATE TABLE services (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    sort_name TEXT NOT NULL,
    entity TEXT NOT NULL,
    owner TEXT NOT NULL,
    repository TEXT REFERENCES repositories (id) ON DELETE SET NULL,
    created_at INTEGER NOT NULL,
    demo INTEGER NOT NULL CHECK (demo IN (0, 1))
) STRICT;
CREATE INDEX services_by_name ON services (sort_name, id);
CREATE INDEX services_by_owner ON services (owner, sort_name, id);
CREATE INDEX services_by_entity ON services (entity);
CREATE INDEX services_by_repository ON services (repository);

CREATE TABLE environments (
    name TEXT NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL,
    tier TEXT NOT NULL CHECK (tier IN ('development', 'staging', 'production')),
    auto_deploy INTEGER NOT NULL CHECK (auto_deploy IN (0, 1))
) STRICT;

-- health_state and seen_at repeat what stands in health, for counting.
CREATE TABLE placements (
    id TEXT NOT NULL PRIMARY KEY,
    service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    environment TEXT NOT NULL REFERENCES environments (name),
    runtime TEXT NOT NULL,
    workload TEXT NOT NULL,
    current TEXT,
    observed TEXT,
    health TEXT NOT NULL,
    health_state TEXT NOT NULL CHECK (health_state IN ('healthy', 'unknown', 'degraded', 'failing')),
    seen_at INTEGER,
    observe_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (service, environment)
) STRICT;
CREATE INDEX placements_by_runtime ON placements (runtime, service);
CREATE INDEX placements_due ON placements (observe_at, id);
CREATE INDEX placements_by_health ON placements (health_state, seen_at);

CREATE TABLE artifacts (
    id TEXT NOT NULL PRIMARY KEY,
    service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    image TEXT NOT NULL,
    digest TEXT NOT NULL,
    revision TEXT NOT NULL,
    version TEXT,
    built_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    UNIQUE (service, digest)
) STRICT;
CREATE INDEX artifacts_by_time ON artifacts (service, built_at, id);

CREATE TABLE builds (
    id TEXT NOT NULL PRIMARY KEY,
    repository TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    revision TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed')),
    queued_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    error TEXT,
    artifact TEXT REFERENCES artifacts (id) ON DELETE SET NULL,
    UNIQUE (service, revision)
) STRICT;
CREATE INDEX builds_by_time ON builds (service, queued_at, id);
CREATE INDEX builds_by_repository ON builds (repository);
CREATE INDEX builds_by_artifact ON builds (artifact);
CREATE INDEX builds_active ON builds (queued_at, id) WHERE state IN ('queued', 'running');
