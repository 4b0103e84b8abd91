-- The append-only event log that delivery metrics are computed from. It outlives the services it speaks of.

CREATE TABLE delivery_events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    service TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('commit', 'change', 'deployment', 'incident', 'verdict')),
    at INTEGER NOT NULL,
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    payload TEXT NOT NULL,
    UNIQUE (source, key)
) STRICT;
CREATE INDEX delivery_events_by_service ON delivery_events (service, at, seq);

-- One row: how many events were ever appended, counted in the order of commits.
CREATE TABLE delivery_log (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL
) STRICT;
INSERT INTO delivery_log (id, version) VALUES (1, 0);
