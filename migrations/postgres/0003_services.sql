-- Repositories, services, environments, placements, artifacts and builds.

CREATE TABLE repositories (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    owner TEXT COLLATE "C" NOT NULL,
    default_branch TEXT COLLATE "C" NOT NULL,
    recorded_head TEXT COLLATE "C",
    created_at BIGINT NOT NULL
);

-- sort_name is the lower-cased name.
CREATE TABLE services (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    sort_name TEXT COLLATE "C" NOT NULL,
    entity TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    repository TEXT COLLATE "C" REFERENCES repositories (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    demo BIGINT NOT NULL CHECK (demo IN (0, 1))
);
CREATE INDEX services_by_name ON services (sort_name, id);
CREATE INDEX services_by_owner ON services (owner, sort_name, id);
CREATE INDEX services_by_entity ON services (entity);
CREATE INDEX services_by_repository ON services (repository);

CREATE TABLE environments (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    tier TEXT COLLATE "C" NOT NULL CHECK (tier IN ('development', 'staging', 'production')),
    auto_deploy BIGINT NOT NULL CHECK (auto_deploy IN (0, 1))
);

-- health_state and seen_at repeat what stands in health, for counting.
CREATE TABLE placements (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    service TEXT COLLATE "C" NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    environment TEXT COLLATE "C" NOT NULL REFERENCES environments (name),
    runtime TEXT COLLATE "C" NOT NULL,
    workload TEXT COLLATE "C" NOT NULL,
    current TEXT COLLATE "C",
    observed TEXT COLLATE "C",
    health TEXT COLLATE "C" NOT NULL,
    health_state TEXT COLLATE "C" NOT NULL CHECK (health_state IN ('healthy', 'unknown', 'degraded', 'failing')),
    seen_at BIGINT,
    observe_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (service, environment)
);
CREATE INDEX placements_by_runtime ON placements (runtime, service);
CREATE INDEX placements_due ON placements (observe_at, id);
CREATE INDEX placements_by_health ON placements (health_state, seen_at);

CREATE TABLE artifacts (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    service TEXT COLLATE "C" NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    image TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    revision TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C",
    built_at BIGINT NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    UNIQUE (service, digest)
);
CREATE INDEX artifacts_by_time ON artifacts (service, built_at, id);

CREATE TABLE builds (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    repository TEXT COLLATE "C" NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    service TEXT COLLATE "C" NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    revision TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed')),
    queued_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    error TEXT COLLATE "C",
    artifact TEXT COLLATE "C" REFERENCES artifacts (id) ON DELETE SET NULL,
    UNIQUE (service, revision)
);
CREATE INDEX builds_by_time ON builds (service, queued_at, id);
CREATE INDEX builds_by_repository ON builds (repository);
CREATE INDEX builds_by_artifact ON builds (artifact);
CREATE INDEX builds_active ON builds (queued_at, id) WHERE state IN ('queued', 'running');
