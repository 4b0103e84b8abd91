-- Digests of past weeks, as they were said then: one for each team and ISO week (2026-W46).

CREATE TABLE digests (
    owner TEXT COLLATE "C" NOT NULL,
    week TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (owner, week)
);
CREATE INDEX digests_by_week ON digests (week);
