-- Steps of scaffold runs that wait for a person's word.

-- title and user_id repeat the run's, so that a list needs one table.
-- team is empty where the whole organisation's role is meant; approved is null until somebody decided.
CREATE TABLE approvals (
    id TEXT NOT NULL PRIMARY KEY,
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    step TEXT NOT NULL,
    message TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('developer', 'team-lead', 'administrator')),
    team TEXT NOT NULL,
    other_person BIGINT NOT NULL CHECK (other_person IN (0, 1)),
    asked_at BIGINT NOT NULL,
    expires_at BIGINT,
    approved BIGINT CHECK (approved IN (0, 1)),
    decided_by TEXT,
    reason TEXT NOT NULL,
    decided_at BIGINT
);
CREATE INDEX approvals_by_run ON approvals (run, asked_at, id);
CREATE INDEX approvals_by_user ON approvals (user_id);
CREATE INDEX approvals_open ON approvals (asked_at, id) WHERE approved IS NULL;
