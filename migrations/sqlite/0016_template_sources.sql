-- Templates of repositories and folders; records of a run that are taken back one by one; links
-- among its files; what a campaign answers.

-- repository: the hosted one that the target names. entry: the file that reading begins with; null: catalog-info.yaml.
-- checked_at: when it was read last, with or without an error. asked_at: when it was last asked to be read again.
-- digest: of what was read last; null when nothing could be.
ALTER TABLE locations ADD COLUMN repository TEXT REFERENCES repositories (id) ON DELETE SET NULL;
ALTER TABLE locations ADD COLUMN entry TEXT;
ALTER TABLE locations ADD COLUMN checked_at INTEGER;
ALTER TABLE locations ADD COLUMN asked_at INTEGER;
ALTER TABLE locations ADD COLUMN digest TEXT;
CREATE INDEX locations_by_repository ON locations (repository);
-- A target that the portal wrote itself: https://host/git/<owner>/<name>.git
UPDATE locations SET repository = (
    SELECT id FROM repositories
    WHERE name = SUBSTR(locations.target, INSTR(locations.target, '/git/') + 5, LENGTH(locations.target) - INSTR(locations.target, '/git/') - 8)
) WHERE kind = 'git' AND target LIKE '%/git/%.git';

-- template_version: hash of the template's files as they were when the run began.
ALTER TABLE runs ADD COLUMN template_version TEXT;
-- undo_only: position of the step whose record alone is being taken back; null: all of them.
ALTER TABLE runs ADD COLUMN undo_only INTEGER;

ALTER TABLE workspace_files ADD COLUMN link INTEGER NOT NULL DEFAULT 0 CHECK (link IN (0, 1));

-- answers: a JSON object of what was typed, by field.
ALTER TABLE upgrade_campaigns ADD COLUMN answers TEXT NOT NULL DEFAULT '{}';
