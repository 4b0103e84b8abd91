//! Notes on charts.

use super::{make, read, refused, write};
use slipway_domain::note::NoteKind;
use slipway_ports::{Store, StoreError, store::notes::ChartNote};
use std::sync::Arc;

fn note(n: u128, scope: &str, day: &str) -> ChartNote {
    ChartNote {
        id: make::note_id(n),
        scope: scope.to_owned(),
        day: day.to_owned(),
        kind: NoteKind::Freeze,
        text: make::DIFFICULT.to_owned(),
        author: "Ada".to_owned(),
        created_at: make::at(7),
    }
}

/// Found by id, by scope and by day; the last day asked for is left out.
pub async fn notes(store: Arc<dyn Store>) {
    let team = "group:default/payments";
    let all = [note(2, "", "2026-11-02"), note(1, team, "2026-11-03"), note(3, team, "2026-12-01")];
    write!(store, tx => {
        for note in all.iter().rev() {
            tx.add_note(note).await.unwrap();
        }
        refused!(tx.add_note(&all[0]).await, StoreError::Conflict(_));
    });
    read!(store, tx => {
        assert_eq!(tx.note(all[1].id).await.unwrap().as_ref(), Some(&all[1]));
        let both = [String::new(), team.to_owned()];
        assert_eq!(tx.notes_of(&both, "2026-11-01", "2026-12-01").await.unwrap(), all[..2]);
        assert_eq!(tx.notes_of(&both[1..], "2026-11-03", "2026-12-02").await.unwrap(), all[1..]);
        assert_eq!(tx.notes_of(&[], "2026-01-01", "2027-01-01").await.unwrap(), []);
    });
    write!(store, tx => {
        tx.delete_note(all[1].id).await.unwrap();
        tx.delete_note(all[1].id).await.unwrap();
        assert_eq!(tx.note(all[1].id).await.unwrap(), None);
    });
}
