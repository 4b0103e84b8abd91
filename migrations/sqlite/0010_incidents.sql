-- Incidents as people see them, and people's words on deployments. What metrics are computed from is the event log.

-- key: its id in the event log. told_at: when what is known of it became true; older news never overwrites. links: a person's decision,
-- a JSON array of deployments' ids in the log. named: its source says what caused it.
CREATE TABLE incidents (
    id TEXT NOT NULL PRIMARY KEY,
    key TEXT NOT NULL,
    service TEXT NOT NULL,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    detected_at INTEGER NOT NULL,
    impact_started_at INTEGER,
    resolved_at INTEGER,
    told_at INTEGER NOT NULL,
    retracted INTEGER NOT NULL CHECK (retracted IN (0, 1)),
    named INTEGER NOT NULL CHECK (named IN (0, 1)),
    cause TEXT NOT NULL CHECK (cause IN ('unknown', 'deployment', 'external')),
    links TEXT,
    decided_by TEXT,
    decided_at INTEGER,
    UNIQUE (service, key)
) STRICT;
CREATE INDEX incidents_by_time ON incidents (detected_at, id);
CREATE INDEX incidents_open ON incidents (detected_at, id) WHERE resolved_at IS NULL AND retracted = 0;

CREATE TABLE verdicts (
    deployment TEXT NOT NULL PRIMARY KEY,
    service TEXT NOT NULL,
    failed INTEGER NOT NULL CHECK (failed IN (0, 1)),
    reason TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at INTEGER NOT NULL
) STRICT;
