//! Leases with fencing tokens.

use super::statements;

statements! {
    LOOK: &str = "SELECT owner, token, until FROM leases WHERE name = $1";
    // Makes the row or leaves it as it is; either way it is locked until the commit and comes back as it stands now.
    LOCK: &str = "INSERT INTO leases (name, owner, token, until) VALUES ($1, NULL, 0, 0)
        ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING owner, token, until";
    NEXT_TOKEN: &str = "INSERT INTO lease_tokens (taken_at) VALUES ($1) RETURNING token";
    TAKE: &str = "UPDATE leases SET owner = $2, token = $3, until = $4 WHERE name = $1";
    HOLD: &str = "UPDATE leases SET until = $3 WHERE name = $1 AND token = $2 AND owner IS NOT NULL";
    RELEASE: &str = "UPDATE leases SET owner = NULL, until = 0 WHERE name = $1 AND token = $2";
    DELETE_EXPIRED: &str = "DELETE FROM leases WHERE until < $1";
    // The numbers are given out once each; the rows are of no use afterwards.
    TRIM_TOKENS: &str = "DELETE FROM lease_tokens WHERE taken_at < $1";
}
