-- Leases with fencing tokens. A free lease has no owner.

CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT,
    token INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;
CREATE INDEX leases_by_expiry ON leases (until);

-- One counter for the tokens of all leases: forgetting a lease can never make its tokens start again.
CREATE TABLE lease_tokens (
    token INTEGER PRIMARY KEY AUTOINCREMENT,
    taken_at INTEGER NOT NULL
) STRICT;
