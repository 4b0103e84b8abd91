use leptos::prelude::*;
use slipway_api_types::insights::{InsightsQuery, NoteView};
use slipway_domain::note::NoteKind;

use crate::{
    api::{AddNote, DeleteNote},
    components::{
        Badge, Button, Card, Choice, Field, Glyph, IconButton, Select, TextInput, Tone, Variant, described_by,
    },
    screens::parts::{FormTrouble, error_of, field_error},
};

/// What can be done with notes. Lives as long as the screen.
#[derive(Clone, Copy)]
pub(super) struct Writing {
    pub add: ServerAction<AddNote>,
    pub delete: ServerAction<DeleteNote>,
}

/// The notes on the charts, by day, and the form for another.
pub(super) fn view(notes: Vec<NoteView>, may_note: bool, asked: &InsightsQuery, writing: Writing) -> Option<AnyView> {
    if notes.is_empty() && !may_note {
        return None;
    }
    let list = if notes.is_empty() {
        view! { <p class="muted">"Nothing is noted on these days. A note says what else happened when a number moved."</p> }.into_any()
    } else {
        let notes = notes.into_iter().map(|note| row(note, writing)).collect_view();
        view! { <ul class="notes">{notes}</ul> }.into_any()
    };
    let form = may_note.then(|| form(asked, writing.add));
    let view = view! {
        <Card title="Notes on the charts">
            <FormTrouble error=error_of(writing.delete)/>
            {list}
            {form}
        </Card>
    };
    Some(view.into_any())
}

fn row(note: NoteView, writing: Writing) -> impl IntoView {
    let tone = match note.kind {
        NoteKind::Freeze => Tone::Info,
        NoteKind::Reorganisation => Tone::Accent,
        NoteKind::Incident => Tone::Danger,
        NoteKind::Other => Tone::Neutral,
    };
    let label = ["Delete the note of ", &note.day].concat();
    let delete = note.may_delete.then(|| {
        view! {
            <ActionForm action=writing.delete>
                <input type="hidden" name="id" value=note.id/>
                <IconButton glyph=Glyph::Close label small=true submit=true/>
            </ActionForm>
        }
    });
    let by = [&note.scope, ", by ", &note.author].concat();
    view! {
        <li class="notes__note">
            <span class="notes__day">{note.day}</span>
            <Badge tone>{note.kind.title()}</Badge>
            <span class="notes__text">{note.text}<span class="table__sub">{by}</span></span>
            {delete}
        </li>
    }
}

fn form(asked: &InsightsQuery, action: ServerAction<AddNote>) -> impl IntoView + use<> {
    let error = error_of(action);
    let kinds = NoteKind::ALL.map(|kind| Choice::new(kind.as_str(), kind.title())).to_vec();
    let (owner, service) = (asked.owner.clone(), asked.service.clone());
    let wrong_day = field_error(error, "day");
    view! {
        // What was refused is not folded away.
        <details class="notes__new" open=move || error.with(Option::is_some)>
            <summary>"Add a note"</summary>
            <ActionForm action attr:class="form notes__form" attr:novalidate=true>
                <FormTrouble error/>
                <input type="hidden" name="owner" value=owner/>
                <input type="hidden" name="service" value=service/>
                <Field id="day" label="Day" required=true error=wrong_day>
                    <input class="control" type="date" id="day" name="day" required=true aria-describedby=described_by("day")/>
                </Field>
                <Select name="kind" label="Kind" choices=kinds error=field_error(error, "kind")/>
                <TextInput name="text" label="What happened" required=true max_length=200 error=field_error(error, "text")/>
                <div class="form-actions"><Button variant=Variant::Primary submit=true busy=action.pending()>"Add note"</Button></div>
            </ActionForm>
        </details>
    }
}
