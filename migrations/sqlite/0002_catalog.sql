-- Entities, their relations and where they come from.

CREATE TABLE locations (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('path', 'git', 'built-in')),
    target TEXT NOT NULL UNIQUE,
    read_at INTEGER,
    error TEXT
) STRICT;

-- kind_key and sort_name are lower-cased; words is the search text as lower-cased words with one space between them.
CREATE TABLE entities (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    reference TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    kind_key TEXT NOT NULL,
    name TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    owner TEXT,
    entity_type TEXT,
    lifecycle TEXT,
    location TEXT NOT NULL REFERENCES locations (id) ON DELETE CASCADE,
    file TEXT NOT NULL,
    error TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    words TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX entities_by_name ON entities (sort_name, reference);
-- The written kind stands at the end so that counting by kind reads only the index.
CREATE INDEX entities_by_kind ON entities (kind_key, sort_name, reference, kind);
CREATE INDEX entities_by_owner ON entities (owner, sort_name, reference);
CREATE INDEX entities_by_lifecycle ON entities (lifecycle, sort_name, reference);
CREATE INDEX entities_by_type ON entities (entity_type, sort_name, reference);
CREATE INDEX entities_by_kind_and_type ON entities (kind_key, entity_type, sort_name, reference);
CREATE INDEX entities_by_location ON entities (location);

-- The words are split already: the ascii tokenizer only cuts at the spaces between them. Lists are ordered by name,
-- never by rank, so neither positions nor sizes are kept.
CREATE VIRTUAL TABLE entity_search USING fts5 (
    words, content = 'entities', content_rowid = 'id', tokenize = 'ascii', detail = 'none', columnsize = 0, prefix = '1 2 3'
);
CREATE TRIGGER entities_search_insert AFTER INSERT ON entities BEGIN
    INSERT INTO entity_search (rowid, words) VALUES (new.id, new.words);
END;
CREATE TRIGGER entities_search_delete AFTER DELETE ON entities BEGIN
    INSERT INTO entity_search (entity_search, rowid, words) VALUES ('delete', old.id, old.words);
END;
CREATE TRIGGER entities_search_update AFTER UPDATE OF words ON entities WHEN old.words <> new.words BEGIN
    INSERT INTO entity_search (entity_search, rowid, words) VALUES ('delete', old.id, old.words);
    INSERT INTO entity_search (rowid, words) VALUES (new.id, new.words);
END;

-- origin is the entity that a relation follows from; the same relation may follow from both its ends.
CREATE TABLE relations (
    origin TEXT NOT NULL REFERENCES entities (reference) ON DELETE CASCADE,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY (origin, source, kind, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX relations_by_source ON relations (source, kind, target);

-- What the planner shall believe until it has counted for itself: rows, then rows a value of the first column, of the first two…
-- Without this it takes every index for equally good.
ANALYZE;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('entities', 'entities_by_name', '10000 1 1'),
    ('entities', 'entities_by_kind', '10000 2000 1 1 1'),
    ('entities', 'entities_by_owner', '10000 100 1 1'),
    ('entities', 'entities_by_lifecycle', '10000 4000 1 1'),
    ('entities', 'entities_by_type', '10000 3000 1 1'),
    ('entities', 'entities_by_kind_and_type', '10000 2000 700 1 1'),
    ('entities', 'entities_by_location', '10000 500');
ANALYZE sqlite_schema;
