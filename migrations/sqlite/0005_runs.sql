-- Drafts, scaffold runs, their steps, logs and workspaces.

CREATE TABLE drafts (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    template TEXT NOT NULL,
    form TEXT NOT NULL,
    runtime TEXT,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_by_user ON drafts (user_id, updated_at, id);

-- log_seq is the number of the run's latest log line.
CREATE TABLE runs (
    id TEXT NOT NULL PRIMARY KEY,
    template TEXT NOT NULL,
    title TEXT NOT NULL,
    parameters TEXT NOT NULL,
    steps TEXT NOT NULL,
    output TEXT NOT NULL,
    runtime TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'undoing', 'undone')),
    error TEXT,
    result TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    requested_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    version INTEGER NOT NULL,
    log_seq INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX runs_by_time ON runs (created_at, id);
CREATE INDEX runs_by_user ON runs (user_id);
CREATE INDEX runs_active ON runs (created_at, id) WHERE state IN ('queued', 'running', 'undoing');

CREATE TABLE run_steps (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    action TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'succeeded', 'skipped', 'failed', 'undone')),
    attempts INTEGER NOT NULL,
    output TEXT NOT NULL,
    undo TEXT NOT NULL,
    error TEXT,
    started_at INTEGER,
    finished_at INTEGER,
    PRIMARY KEY (run, position)
) STRICT;

CREATE TABLE run_log (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    step TEXT,
    message TEXT NOT NULL,
    warning INTEGER NOT NULL CHECK (warning IN (0, 1)),
    PRIMARY KEY (run, seq)
) STRICT;

CREATE TABLE workspace_files (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    bytes BLOB NOT NULL,
    executable INTEGER NOT NULL CHECK (executable IN (0, 1)),
    PRIMARY KEY (run, path)
) STRICT;
