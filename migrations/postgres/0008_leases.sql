-- Leases with fencing tokens. A free lease has no owner.

CREATE TABLE leases (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner TEXT COLLATE "C",
    token BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX leases_by_expiry ON leases (until);

-- One counter for the tokens of all leases: forgetting a lease can never make its tokens start again.
CREATE TABLE lease_tokens (
    token BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    taken_at BIGINT NOT NULL
);
