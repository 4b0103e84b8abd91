//! Notes on charts: what else happened when a number moved. Leads of the scope's team and administrators write them; everybody reads.

use crate::{
    Caller, Result, Slipway,
    errors::store,
    fleet::{find, some},
    views::owner_link,
};
use jiff::civil::Date;
use serde_json::json;
use slipway_api_types::{AppError, insights::NoteView};
use slipway_domain::{
    access::Permission,
    ids::{NoteId, ServiceId},
    note::NoteKind,
};
use slipway_ports::{Tx, store::notes::ChartNote};

/// The longest note, characters.
const LONGEST: usize = 200;
/// What stands before a service's id in the name of its scope.
const SERVICE: &str = "service:";

/// Whose charts a note stands on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NoteScope {
    /// The owning team's entity reference; none for the organisation.
    pub team: Option<String>,
    pub service: Option<(ServiceId, String)>,
}

impl NoteScope {
    fn name(&self) -> String {
        match &self.service {
            Some((id, _)) => format!("{SERVICE}{id}"),
            None => self.team.clone().unwrap_or_default(),
        }
    }

    /// Itself and what it is a part of: a freeze of the organisation concerns every service.
    fn with_those_around(&self) -> Vec<String> {
        let mut names = vec![String::new()];
        names.extend(self.team.clone());
        names.extend(self.service.as_ref().map(|_| self.name()));
        names
    }

    pub(super) fn may_write(&self, caller: &Caller) -> bool {
        caller.may(Permission::Manage, self.team.as_deref())
    }
}

/// Adds a note to the charts of a service (by name), a team (by entity reference) or, with neither, the organisation.
pub async fn add(
    slipway: &Slipway,
    caller: &Caller,
    (owner, service): (&str, &str),
    day: &str,
    kind: &str,
    text: &str,
) -> Result<()> {
    let mut tx = slipway.write().await?;
    let scope = match some(service) {
        Some(name) => {
            let service = find(&mut *tx, &name).await?;
            NoteScope { team: Some(service.owner), service: Some((service.id, service.name)) }
        }
        None => NoteScope { team: some(owner), service: None },
    };
    caller.require(Permission::Manage, scope.team.as_deref())?;
    let day: Date = day
        .trim()
        .parse()
        .map_err(|_| AppError::invalid("day", format!("`{}` is not a day; write it as 2026-11-20.", day.trim())))?;
    let kind: NoteKind = kind.trim().parse().map_err(|message: String| AppError::invalid("kind", message))?;
    let text = some(text).ok_or_else(|| AppError::invalid("text", "Say in a few words what happened."))?;
    if text.chars().count() > LONGEST {
        return Err(AppError::invalid("text", format!("Use at most {LONGEST} characters.")));
    }
    let now = slipway.clock.now();
    let note = ChartNote {
        id: NoteId::from_uuid(slipway.entropy.uuid()),
        scope: scope.name(),
        day: day.to_string(),
        kind,
        text,
        author: caller.display_name.clone(),
        created_at: now,
    };
    tx.add_note(&note).await.map_err(store)?;
    let detail = json!({"scope": note.scope, "day": note.day, "kind": kind.as_str(), "text": note.text});
    let line = caller.audit(&*slipway.entropy, now, "note.add", note.id.to_string(), scope.team.as_deref(), detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("note", &note.id.to_string(), 1, now).await.map_err(store)?;
    tx.commit().await.map_err(store)
}

/// Deletes a note.
pub async fn delete(slipway: &Slipway, caller: &Caller, id: &str) -> Result<RemovedNote> {
    let missing = || AppError::not_found(format!("note with the id `{id}`"));
    let mut tx = slipway.write().await?;
    let id: NoteId = id.parse().map_err(|_| missing())?;
    let note = tx.note(id).await.map_err(store)?.ok_or_else(missing)?;
    let team = team_of(&mut *tx, &note.scope).await?;
    caller.require(Permission::Manage, team.as_deref())?;
    tx.delete_note(id).await.map_err(store)?;
    let now = slipway.clock.now();
    let detail = json!({"scope": note.scope, "day": note.day, "kind": note.kind.as_str(), "text": note.text});
    let line = caller.audit(&*slipway.entropy, now, "note.delete", id.to_string(), team.as_deref(), detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("note", &id.to_string(), 2, now).await.map_err(store)?;
    let removed = removed(&mut *tx, note).await?;
    tx.commit().await.map_err(store)?;
    Ok(removed)
}

/// A note that is gone, in the words that [`add`] takes to write it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedNote {
    /// The team's entity reference, or empty.
    pub owner: String,
    /// The service's name, or empty.
    pub service: String,
    /// `2026-11-21`.
    pub day: String,
    /// The kind's word.
    pub kind: String,
    /// What it said.
    pub text: String,
}

async fn removed(tx: &mut dyn Tx, note: ChartNote) -> Result<RemovedNote> {
    let service = note.scope.strip_prefix(SERVICE).and_then(|id| id.parse::<ServiceId>().ok());
    let (owner, service) = match service {
        Some(id) => (String::new(), tx.service(id).await.map_err(store)?.map(|service| service.name)),
        None => (note.scope, None),
    };
    let service = service.unwrap_or_default();
    Ok(RemovedNote { owner, service, day: note.day, kind: note.kind.as_str().to_owned(), text: note.text })
}

/// Whose leads decide about a note; those of the organisation, where its service is gone.
async fn team_of(tx: &mut dyn Tx, scope: &str) -> Result<Option<String>> {
    match scope.strip_prefix(SERVICE) {
        Some(id) => match id.parse() {
            Ok(id) => Ok(tx.service(id).await.map_err(store)?.map(|service| service.owner)),
            Err(_) => Ok(None),
        },
        None => Ok(some(scope)),
    }
}

/// The notes of a scope and of what it is a part of, on days from `from` up to and without `to`.
pub(super) async fn of(
    tx: &mut dyn Tx,
    caller: &Caller,
    scope: &NoteScope,
    (from, to): (&str, &str),
    owners: &[(String, String)],
) -> Result<Vec<NoteView>> {
    let notes = tx.notes_of(&scope.with_those_around(), from, to).await.map_err(store)?;
    let view = |note: ChartNote| {
        let (title, team) = match (&scope.service, note.scope.as_str()) {
            (_, "") => ("The organisation".to_owned(), None),
            (Some((_, name)), other) if other.starts_with(SERVICE) => (name.clone(), scope.team.as_deref()),
            (_, team) => (owner_link(team, owners).title, Some(team)),
        };
        NoteView {
            id: note.id.to_string(),
            day: note.day,
            kind: note.kind,
            text: note.text,
            author: note.author,
            scope: title,
            may_delete: caller.may(Permission::Manage, team),
        }
    };
    Ok(notes.into_iter().map(view).collect())
}
