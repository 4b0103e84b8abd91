-- Deployments and their timelines.

-- placement, rollback_of and previous are plain ids: history outlives placements and may be imported in any order.
-- owner repeats the service's owner, so that a team's history is read from one index.
CREATE TABLE deployments (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    service TEXT COLLATE "C" NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    owner TEXT COLLATE "C" NOT NULL,
    placement TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    artifact TEXT COLLATE "C" NOT NULL REFERENCES artifacts (id) ON DELETE CASCADE,
    workload TEXT COLLATE "C" NOT NULL,
    intent TEXT COLLATE "C" NOT NULL CHECK (intent IN ('planned', 'hotfix', 'rollback', 'config')),
    reason TEXT COLLATE "C",
    rollback_of TEXT COLLATE "C",
    previous TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL CHECK (state IN (
        'pending', 'rolling-out', 'verifying', 'succeeded', 'rolling-back', 'rolled-back', 'failed', 'superseded', 'cancelled'
    )),
    cause TEXT COLLATE "C",
    handle TEXT COLLATE "C",
    requested_by TEXT COLLATE "C" NOT NULL,
    requested_at BIGINT NOT NULL,
    started_at BIGINT,
    state_since BIGINT NOT NULL,
    finished_at BIGINT,
    good_probes BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (service, number)
);
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
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    deployment TEXT COLLATE "C" NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    key TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    lane TEXT COLLATE "C" NOT NULL CHECK (lane IN ('portal', 'runtime', 'probe')),
    message TEXT COLLATE "C" NOT NULL,
    warning BIGINT NOT NULL CHECK (warning IN (0, 1)),
    UNIQUE (deployment, key)
);
CREATE INDEX timeline_by_time ON timeline (deployment, at, id);
