-- Deployments and their timelines.

-- placement, rollback_of and previous are plain ids: history outlives placements and may be imported in any order.
-- owner repeats the service's owner, so that a team's history is read from one index.
CREATE TABLE deployments (
    id TEXT NOT NULL PRIMARY KEY,
    service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    owner TEXT NOT NULL,
    placement TEXT NOT NULL,
    environment TEXT NOT NULL,
    number INTEGER NOT NULL,
    artifact TEXT NOT NULL REFERENCES artifacts (id) ON DELETE CASCADE,
    workload TEXT NOT NULL,
    intent TEXT NOT NULL CHECK (intent IN ('planned', 'hotfix', 'rollback', 'config')),
    reason TEXT,
    rollback_of TEXT,
    previous TEXT,
    state TEXT NOT NULL CHECK (state IN (
        'pending', 'rolling-out', 'verifying', 'succeeded', 'rolling-back', 'rolled-back', 'failed', 'superseded', 'cancelled'
    )),
    cause TEXT,
    handle TEXT,
    requested_by TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    started_at INTEGER,
    state_since INTEGER NOT NULL,
    finished_at INTEGER,
    good_probes INTEGER NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (service, number)
) STRICT;
CREATE INDEX deployments_by_time ON deployments (requested_at, id);
CREATE INDEX deployments_by_service ON deployments (service, requested_at, id);
CREATE INDEX deployments_by_owner ON deployments (owner, requested_at, id);
CREATE INDEX deployments_by_environment ON deployments (environment, requested_at, id);
CREATE INDEX deployments_by_state ON deployments (state, requested_at, id);
CREATE INDEX deployments_by_artifact ON deployments (artifact);
CREATE INDEX deployments_active ON deployments (requested_at, id)
    WHERE state IN ('pending', 'rolling-out', 'verifying', 'rolling-back');
CREATE INDEX deployments_active_by_placement ON deployments (placement, requested_at, id)
    WHERE state IN ('pending', 'rolling-out', 'verifying', 'rolling-back');

CREATE TABLE timeline (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    deployment TEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    lane TEXT NOT NULL CHECK (lane IN ('portal', 'runtime', 'probe')),
    message TEXT NOT NULL,
    warning INTEGER NOT NULL CHECK (warning IN (0, 1)),
    UNIQUE (deployment, key)
) STRICT;
CREATE INDEX timeline_by_time ON timeline (deployment, at, id);

-- As in 0002_catalog.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('deployments', 'deployments_by_time', '40000 1 1'),
    ('deployments', 'deployments_by_service', '40000 100 1 1'),
    ('deployments', 'deployments_by_owner', '40000 1000 1 1'),
    ('deployments', 'deployments_by_environment', '40000 13000 1 1'),
    ('deployments', 'deployments_by_state', '40000 8000 1 1'),
    ('deployments', 'deployments_by_artifact', '40000 5'),
    ('deployments', 'deployments_active', '50 1 1'),
    ('deployments', 'deployments_active_by_placement', '50 1 1 1');
ANALYZE sqlite_schema;
