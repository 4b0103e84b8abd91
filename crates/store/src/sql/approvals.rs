//! Steps of scaffold runs that wait for a person's word.

use super::statements;

macro_rules! approval {
    () => {
        "id, run, title, user_id, step, message, role, team, other_person, asked_at, expires_at, approved, decided_by, reason, decided_at"
    };
}

statements! {
    ADD_APPROVAL: &str = "INSERT INTO approvals
        (id, run, title, user_id, step, message, role, team, other_person, asked_at, expires_at, reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
    APPROVAL: &str = concat!("SELECT ", approval!(), " FROM approvals WHERE id = $1");
    APPROVALS_OF: &str = concat!("SELECT ", approval!(), " FROM approvals WHERE run = $1 ORDER BY asked_at, id");
    OPEN_APPROVALS: &str = concat!(
        "SELECT ", approval!(), " FROM approvals WHERE approved IS NULL AND (expires_at IS NULL OR expires_at > $1)
        ORDER BY asked_at, id LIMIT $2"
    );
    DECIDE_APPROVAL: &str = "UPDATE approvals SET approved = $2, decided_by = $3, reason = $4, decided_at = $5
        WHERE id = $1 AND approved IS NULL";
    DELETE_APPROVAL: &str = "DELETE FROM approvals WHERE id = $1";
    REOPEN_APPROVALS: &str = "DELETE FROM approvals WHERE run = $1 AND (approved IS NULL OR approved = 0)";
}
