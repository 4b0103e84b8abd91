-- The append-only event log that delivery metrics are computed from. It outlives the services it speaks of.

CREATE TABLE delivery_events (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('commit', 'change', 'deployment', 'incident', 'verdict')),
    at BIGINT NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    payload TEXT COLLATE "C" NOT NULL,
    UNIQUE (source, key)
);
CREATE INDEX delivery_events_by_service ON delivery_events (service, at, seq);

-- One row: how many events were ever appended, counted in the order of commits.
CREATE TABLE delivery_log (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL
);
INSERT INTO delivery_log (id, version) VALUES (1, 0);
