//! Subscriptions and notices.

use super::statements;

macro_rules! subscription {
    () => {
        "id, name, url, created_by, created_at, revoked_at, sent, sent_at, given_up, failed_at, failed_why"
    };
}
macro_rules! notice {
    () => {
        "id, subscription, event, body, created_at, due_at, attempts, state, error"
    };
}

statements! {
    ADD_SUBSCRIPTION: &str = concat!("INSERT INTO subscriptions (", subscription!(), ")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING");
    SUBSCRIPTION: &str = concat!("SELECT ", subscription!(), " FROM subscriptions WHERE id = $1");
    SUBSCRIPTIONS: &str = concat!("SELECT ", subscription!(), " FROM subscriptions ORDER BY name LIMIT 200");
    REVOKE: &str = "UPDATE subscriptions SET revoked_at = $2 WHERE id = $1";
    DROP_WAITING: &str = "DELETE FROM notices WHERE subscription = $1 AND state = 'waiting'";
    NOTE_SENT: &str = "UPDATE subscriptions SET sent = sent + 1, sent_at = $2 WHERE id = $1";
    NOTE_FAILED: &str = "UPDATE subscriptions SET given_up = given_up + $2, failed_at = $3, failed_why = $4 WHERE id = $1";
    ADD_NOTICE: &str = concat!("INSERT INTO notices (", notice!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    NOTICE: &str = concat!("SELECT ", notice!(), " FROM notices WHERE id = $1");
    DUE: &str = "SELECT id FROM notices WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at, id LIMIT $2";
    SET_NOTICE: &str = "UPDATE notices SET due_at = $2, attempts = $3, state = $4, error = $5 WHERE id = $1";
    TRIM: &str = "DELETE FROM notices WHERE created_at < $1 AND state <> 'waiting'";
}
