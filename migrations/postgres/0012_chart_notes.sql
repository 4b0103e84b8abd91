-- Notes on charts. scope is a team's entity reference, service:<id>, or empty for the organisation; day is a local day, 2026-11-20.

CREATE TABLE chart_notes (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    scope TEXT COLLATE "C" NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('freeze', 'reorganisation', 'incident', 'other')),
    text TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX chart_notes_by_day ON chart_notes (scope, day);
