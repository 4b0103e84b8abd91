//! Notes on charts.

use crate::{
    cell::{self, Reading},
    engine::both,
    sql::notes as sql,
};
use async_trait::async_trait;
use slipway_domain::{ids::NoteId, time::Timestamp};
use slipway_ports::store::{
    Result,
    notes::{ChartNote, ChartNotes},
};

#[derive(sqlx::FromRow)]
struct NoteRow {
    id: String,
    scope: String,
    day: String,
    kind: String,
    text: String,
    author: String,
    created_at: i64,
}

impl NoteRow {
    fn read(self) -> Result<ChartNote> {
        let row = Reading { table: "chart_notes", key: &self.id };
        Ok(ChartNote {
            id: row.parse("id", &self.id)?,
            kind: row.parse("kind", &self.kind)?,
            scope: self.scope,
            day: self.day,
            text: self.text,
            author: self.author,
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}

both! {
    #[async_trait]
    impl ChartNotes for EngineTx {
        async fn add_note(&mut self, note: &ChartNote) -> Result<()> {
            let add = sqlx::query(sql::ADD_NOTE)
                .bind(note.id.to_string())
                .bind(cell::text(&note.scope))
                .bind(&note.day)
                .bind(note.kind.as_str())
                .bind(cell::text(&note.text))
                .bind(cell::text(&note.author))
                .bind(note.created_at.as_millis());
            self.add("a note of this id", add).await
        }

        async fn note(&mut self, id: NoteId) -> Result<Option<ChartNote>> {
            self.one(sqlx::query_as(sql::NOTE).bind(id.to_string())).await?.map(NoteRow::read).transpose()
        }

        async fn notes_of(&mut self, scopes: &[String], from: &str, to: &str) -> Result<Vec<ChartNote>> {
            let find = sqlx::query_as(Self::pick(&sql::NOTES_OF)).bind(cell::json(scopes)).bind(from).bind(to);
            self.all(find).await?.into_iter().map(NoteRow::read).collect()
        }

        async fn delete_note(&mut self, id: NoteId) -> Result<()> {
            self.execute("a note", sqlx::query(sql::DELETE_NOTE).bind(id.to_string())).await?;
            Ok(())
        }
    }
}
