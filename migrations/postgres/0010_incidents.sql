-- Incidents as people see them, and people's words on deployments. What metrics are computed from is the event log.

-- key: its id in the event log. told_at: when what is known of it became true; older news never overwrites. links: a person's decision,
-- a JSON array of deployments' ids in the log. named: its source says what caused it.
CREATE TABLE incidents (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    key TEXT COLLATE "C" NOT NULL,
    service TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    detected_at BIGINT NOT NULL,
    impact_started_at BIGINT,
    resolved_at BIGINT,
    told_at BIGINT NOT NULL,
    retracted BIGINT NOT NULL CHECK (retracted IN (0, 1)),
    named BIGINT NOT NULL CHECK (named IN (0, 1)),
    cause TEXT COLLATE "C" NOT NULL CHECK (cause IN ('unknown', 'deployment', 'external')),
    links TEXT COLLATE "C",
    decided_by TEXT COLLATE "C",
    decided_at BIGINT,
    UNIQUE (service, key)
);
CREATE INDEX incidents_by_time ON incidents (detected_at, id);
CREATE INDEX incidents_open ON incidents (detected_at, id) WHERE resolved_at IS NULL AND retracted = 0;

CREATE TABLE verdicts (
    deployment TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    service TEXT COLLATE "C" NOT NULL,
    failed BIGINT NOT NULL CHECK (failed IN (0, 1)),
    reason TEXT COLLATE "C" NOT NULL,
    decided_by TEXT COLLATE "C" NOT NULL,
    decided_at BIGINT NOT NULL
);
