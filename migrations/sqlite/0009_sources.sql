-- Sources of delivery events, and what they sent.

-- A secret is never kept: it is derived from the instance's key and (id, generation), or is where `secret` says.
CREATE TABLE sources (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    options TEXT NOT NULL,
    service TEXT,
    owner TEXT,
    secret TEXT,
    generation INTEGER NOT NULL,
    rotated_at INTEGER,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    heard INTEGER NOT NULL,
    heard_at INTEGER,
    refused INTEGER NOT NULL,
    refused_at INTEGER,
    refused_why TEXT
) STRICT;

-- headers and body are what is needed to read a delivery again. events: how many were new to the log.
CREATE TABLE source_deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    tried_at INTEGER,
    event TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('stored', 'taken', 'unmatched', 'ignored', 'refused')),
    note TEXT,
    events INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (source, key)
) STRICT;
CREATE INDEX source_deliveries_by_source ON source_deliveries (source, received_at, id);
CREATE INDEX source_deliveries_by_time ON source_deliveries (received_at);
CREATE INDEX source_deliveries_due ON source_deliveries (received_at, id) WHERE status IN ('stored', 'unmatched');
