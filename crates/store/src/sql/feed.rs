//! The feed behind live pages.

use super::statements;

/// Columns in the order they are bound.
pub(crate) const PUBLISH: &str = "INSERT INTO feed (topic, subject, version, at) ";

statements! {
    AFTER: &str = "SELECT seq, topic, subject, version FROM feed WHERE seq > $1 ORDER BY seq LIMIT $2";
    HEAD: &str = "SELECT COALESCE(MAX(seq), 0) FROM feed";
    // The newest entry stays, so that the head never goes back.
    TRIM: &str = "DELETE FROM feed WHERE at < $1 AND seq < (SELECT MAX(seq) FROM feed)";
}
