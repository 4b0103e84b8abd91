-- Who is told what Slipway does, and what is to be told.

CREATE TABLE subscriptions (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    sent INTEGER NOT NULL,
    sent_at INTEGER,
    given_up INTEGER NOT NULL,
    failed_at INTEGER,
    failed_why TEXT
) STRICT;

CREATE TABLE notices (
    id TEXT NOT NULL PRIMARY KEY,
    subscription TEXT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'given-up')),
    error TEXT
) STRICT;
CREATE INDEX notices_due ON notices (due_at, id) WHERE state = 'waiting';
CREATE INDEX notices_by_time ON notices (created_at);
