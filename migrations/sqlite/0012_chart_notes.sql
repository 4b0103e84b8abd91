-- Notes on charts. scope is a team's entity reference, service:<id>, or empty for the organisation; day is a local day, 2026-11-20.

CREATE TABLE chart_notes (
    id TEXT NOT NULL PRIMARY KEY,
    scope TEXT NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('freeze', 'reorganisation', 'incident', 'other')),
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX chart_notes_by_day ON chart_notes (scope, day);
