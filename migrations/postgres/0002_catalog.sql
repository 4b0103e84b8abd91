-- Entities, their relations and where they come from.

CREATE TABLE locations (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('path', 'git', 'built-in')),
    target TEXT COLLATE "C" NOT NULL UNIQUE,
    read_at BIGINT,
    error TEXT COLLATE "C"
);

-- kind_key and sort_name are lower-cased; words is the search text as lower-cased words with one space between them.
CREATE TABLE entities (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference TEXT COLLATE "C" NOT NULL UNIQUE,
    kind TEXT COLLATE "C" NOT NULL,
    kind_key TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    sort_name TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C",
    entity_type TEXT COLLATE "C",
    lifecycle TEXT COLLATE "C",
    location TEXT COLLATE "C" NOT NULL REFERENCES locations (id) ON DELETE CASCADE,
    file TEXT COLLATE "C" NOT NULL,
    error TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    words TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL
);
CREATE INDEX entities_by_name ON entities (sort_name, reference);
-- The written kind stands at the end so that counting by kind reads only the index.
CREATE INDEX entities_by_kind ON entities (kind_key, sort_name, reference, kind);
CREATE INDEX entities_by_owner ON entities (owner, sort_name, reference);
CREATE INDEX entities_by_lifecycle ON entities (lifecycle, sort_name, reference);
CREATE INDEX entities_by_type ON entities (entity_type, sort_name, reference);
CREATE INDEX entities_by_kind_and_type ON entities (kind_key, entity_type, sort_name, reference);
CREATE INDEX entities_by_location ON entities (location);

-- The words are split already: no text search parser cuts them again. The list of pending entries, which every search reads
-- from end to end, is kept short (KiB).
CREATE INDEX entities_by_words ON entities
    USING gin (array_to_tsvector(string_to_array(words, ' '))) WITH (gin_pending_list_limit = 256);

-- origin is the entity that a relation follows from; the same relation may follow from both its ends.
CREATE TABLE relations (
    origin TEXT COLLATE "C" NOT NULL REFERENCES entities (reference) ON DELETE CASCADE,
    source TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (origin, source, kind, target)
);
CREATE INDEX relations_by_source ON relations (source, kind, target);
