-- What metrics make of each deployment that has a page here: made with the days of its service, and as these a cache of what the log says.

-- body: kind and reason, a JSON document.
CREATE TABLE rollup_judgements (
    deployment TEXT NOT NULL PRIMARY KEY,
    service TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX rollup_judgements_by_service ON rollup_judgements (service, deployment);

-- In which order services have their turn: the version of the event log when they were marked, 0 where somebody waits for it.
ALTER TABLE rollup_dirty ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
