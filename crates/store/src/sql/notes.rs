//! Notes on charts.

use super::{PerEngine, listed, statements};

macro_rules! note {
    () => {
        "id, scope, day, kind, text, author, created_at"
    };
}

statements! {
    ADD_NOTE: &str = "INSERT INTO chart_notes (id, scope, day, kind, text, author, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    NOTE: &str = concat!("SELECT ", note!(), " FROM chart_notes WHERE id = $1");
    NOTES_OF: PerEngine = listed!(
        concat!("SELECT ", note!(), " FROM chart_notes WHERE scope "),
        " AND day >= $2 AND day < $3 ORDER BY day, created_at, id LIMIT 200"
    );
    DELETE_NOTE: &str = "DELETE FROM chart_notes WHERE id = $1";
}
