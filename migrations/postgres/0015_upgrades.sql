-- Versions of templates, what repositories were made of, and upgrades.

-- Contents of templates' files, by their SHA-256: each once, however many versions have it.
CREATE TABLE template_blobs (
    hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    bytes BYTEA NOT NULL
);

-- files: a JSON array. seen_at: since when the template is this.
CREATE TABLE template_versions (
    template TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    file TEXT COLLATE "C" NOT NULL,
    files TEXT COLLATE "C" NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (template, version)
);
CREATE INDEX template_versions_by_time ON template_versions (template, seen_at, version);

-- What the default branch says; the file there is the truth.
CREATE TABLE template_locks (
    repository TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES repositories (id) ON DELETE CASCADE,
    template TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    locked_at BIGINT NOT NULL
);
CREATE INDEX template_locks_by_version ON template_locks (template, version);

-- conflicts: a JSON array.
CREATE TABLE upgrades (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    repository TEXT COLLATE "C" NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    service TEXT COLLATE "C" NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    template TEXT COLLATE "C" NOT NULL,
    from_version TEXT COLLATE "C",
    to_version TEXT COLLATE "C" NOT NULL,
    branch TEXT COLLATE "C" NOT NULL,
    head TEXT COLLATE "C" NOT NULL,
    conflicts TEXT COLLATE "C" NOT NULL,
    conflict_count BIGINT NOT NULL,
    files BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'merged', 'closed')),
    campaign TEXT COLLATE "C",
    opened_by TEXT COLLATE "C" NOT NULL,
    opened_at BIGINT NOT NULL,
    finished_at BIGINT,
    merged_as TEXT COLLATE "C",
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX upgrades_open ON upgrades (repository) WHERE state = 'open';
CREATE INDEX upgrades_by_repository ON upgrades (repository);
CREATE INDEX upgrades_by_service ON upgrades (service);

-- members: a JSON array; one worker at a time writes it.
CREATE TABLE upgrade_campaigns (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    template TEXT COLLATE "C" NOT NULL,
    to_version TEXT COLLATE "C" NOT NULL,
    members TEXT COLLATE "C" NOT NULL,
    merges BIGINT NOT NULL CHECK (merges IN (0, 1)),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('running', 'stopped', 'done')),
    reason TEXT COLLATE "C",
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    started_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX upgrade_campaigns_by_time ON upgrade_campaigns (created_at, id);
CREATE INDEX upgrade_campaigns_running ON upgrade_campaigns (created_at, id) WHERE state = 'running';
