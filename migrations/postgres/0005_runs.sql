-- Drafts, scaffold runs, their steps, logs and workspaces.

CREATE TABLE drafts (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    template TEXT COLLATE "C" NOT NULL,
    form TEXT COLLATE "C" NOT NULL,
    runtime TEXT COLLATE "C",
    updated_at BIGINT NOT NULL
);
CREATE INDEX drafts_by_user ON drafts (user_id, updated_at, id);

-- log_seq is the number of the run's latest log line.
CREATE TABLE runs (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    template TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    parameters TEXT COLLATE "C" NOT NULL,
    steps TEXT COLLATE "C" NOT NULL,
    output TEXT COLLATE "C" NOT NULL,
    runtime TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'undoing', 'undone')),
    error TEXT COLLATE "C",
    result TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    requested_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    version BIGINT NOT NULL,
    log_seq BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX runs_by_time ON runs (created_at, id);
CREATE INDEX runs_by_user ON runs (user_id);
CREATE INDEX runs_active ON runs (created_at, id) WHERE state IN ('queued', 'running', 'undoing');

CREATE TABLE run_steps (
    run TEXT COLLATE "C" NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'running', 'succeeded', 'skipped', 'failed', 'undone')),
    attempts BIGINT NOT NULL,
    output TEXT COLLATE "C" NOT NULL,
    undo TEXT COLLATE "C" NOT NULL,
    error TEXT COLLATE "C",
    started_at BIGINT,
    finished_at BIGINT,
    PRIMARY KEY (run, position)
);

CREATE TABLE run_log (
    run TEXT COLLATE "C" NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    step TEXT COLLATE "C",
    message TEXT COLLATE "C" NOT NULL,
    warning BIGINT NOT NULL CHECK (warning IN (0, 1)),
    PRIMARY KEY (run, seq)
);

CREATE TABLE workspace_files (
    run TEXT COLLATE "C" NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    path TEXT COLLATE "C" NOT NULL,
    bytes BYTEA NOT NULL,
    executable BIGINT NOT NULL CHECK (executable IN (0, 1)),
    PRIMARY KEY (run, path)
);
