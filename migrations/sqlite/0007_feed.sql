-- The feed behind live pages: ids and versions, never data.

CREATE TABLE feed (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    subject TEXT NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX feed_by_time ON feed (at);
