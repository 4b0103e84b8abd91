-- Versions of templates, what repositories were made of, and upgrades.

-- Contents of templates' files, by their SHA-256: each once, however many versions have it.
CREATE TABLE template_blobs (
    hash TEXT NOT NULL PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- files: a JSON array. seen_at: since when the template is this.
CREATE TABLE template_versions (
    template TEXT NOT NULL,
    version TEXT NOT NULL,
    file TEXT NOT NULL,
    files TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (template, version)
) STRICT;
CREATE INDEX template_versions_by_time ON template_versions (template, seen_at, version);

-- What the default branch says; the file there is the truth.
CREATE TABLE template_locks (
    repository TEXT NOT NULL PRIMARY KEY REFERENCES repositories (id) ON DELETE CASCADE,
    template TEXT NOT NULL,
    version TEXT NOT NULL,
    locked_at INTEGER NOT NULL
) STRICT;
CREATE INDEX template_locks_by_version ON template_locks (template, version);

-- conflicts: a JSON array.
CREATE TABLE upgrades (
    id TEXT NOT NULL PRIMARY KEY,
    repository TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    template TEXT NOT NULL,
    from_version TEXT,
    to_version TEXT NOT NULL,
    branch TEXT NOT NULL,
    head TEXT NOT NULL,
    conflicts TEXT NOT NULL,
    conflict_count INTEGER NOT NULL,
    files INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'merged', 'closed')),
    campaign TEXT,
    opened_by TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    finished_at INTEGER,
    merged_as TEXT,
    version INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX upgrades_open ON upgrades (repository) WHERE state = 'open';
CREATE INDEX upgrades_by_repository ON upgrades (repository);
CREATE INDEX upgrades_by_service ON upgrades (service);

-- members: a JSON array; one worker at a time writes it.
CREATE TABLE upgrade_campaigns (
    id TEXT NOT NULL PRIMARY KEY,
    template TEXT NOT NULL,
    to_version TEXT NOT NULL,
    members TEXT NOT NULL,
    merges INTEGER NOT NULL CHECK (merges IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('running', 'stopped', 'done')),
    reason TEXT,
    user_id TEXT NOT NULL REFERENCES users (id),
    started_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX upgrade_campaigns_by_time ON upgrade_campaigns (created_at, id);
CREATE INDEX upgrade_campaigns_running ON upgrade_campaigns (created_at, id) WHERE state = 'running';
