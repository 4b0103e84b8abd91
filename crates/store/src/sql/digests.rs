//! Digests of past weeks.

use super::statements;

statements! {
    ADD_DIGEST: &str = "INSERT INTO digests (owner, week, body, made_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (owner, week) DO NOTHING";
    DIGEST: &str = "SELECT owner, week, body, made_at FROM digests WHERE owner = $1 AND week = $2";
    DIGEST_WEEKS: &str = "SELECT week FROM digests WHERE owner = $1 ORDER BY week DESC LIMIT $2";
    DIGEST_OWNERS: &str = "SELECT owner FROM digests WHERE week = $1 LIMIT 10000";
}
