-- Sources of delivery events, and what they sent.

-- A secret is never kept: it is derived from the instance's key and (id, generation), or is where `secret` says.
CREATE TABLE sources (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    kind TEXT COLLATE "C" NOT NULL,
    options TEXT COLLATE "C" NOT NULL,
    service TEXT COLLATE "C",
    owner TEXT COLLATE "C",
    secret TEXT COLLATE "C",
    generation BIGINT NOT NULL,
    rotated_at BIGINT,
    created_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    heard BIGINT NOT NULL,
    heard_at BIGINT,
    refused BIGINT NOT NULL,
    refused_at BIGINT,
    refused_why TEXT COLLATE "C"
);

-- headers and body are what is needed to read a delivery again. events: how many were new to the log.
CREATE TABLE source_deliveries (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    source TEXT COLLATE "C" NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    key TEXT COLLATE "C" NOT NULL,
    received_at BIGINT NOT NULL,
    tried_at BIGINT,
    event TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('stored', 'taken', 'unmatched', 'ignored', 'refused')),
    note TEXT COLLATE "C",
    events BIGINT NOT NULL,
    headers TEXT COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    UNIQUE (source, key)
);
CREATE INDEX source_deliveries_by_source ON source_deliveries (source, received_at, id);
CREATE INDEX source_deliveries_by_time ON source_deliveries (received_at);
CREATE INDEX source_deliveries_due ON source_deliveries (received_at, id) WHERE status IN ('stored', 'unmatched');
