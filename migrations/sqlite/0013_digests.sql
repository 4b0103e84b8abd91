-- Digests of past weeks, as they were said then: one for each team and ISO week (2026-W46).

CREATE TABLE digests (
    owner TEXT NOT NULL,
    week TEXT NOT NULL,
    body TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (owner, week)
) STRICT;
CREATE INDEX digests_by_week ON digests (week);
