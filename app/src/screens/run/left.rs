//! What a failed run left behind: each thing with a way to be rid of it.

use leptos::prelude::*;
use slipway_api_types::create::LeftBehind;

use crate::{
    api::{DismissLeft, RemoveLeft},
    components::{Button, Card, Glyph, Notice, TextInput, Tone},
    screens::parts::{FormTrouble, error_of},
};

/// What one can do about it.
#[derive(Clone, Copy)]
pub(super) struct Ways {
    pub remove: ServerAction<RemoveLeft>,
    pub dismiss: ServerAction<DismissLeft>,
}

pub(super) fn view(run: &str, left: Vec<LeftBehind>, ways: Ways) -> AnyView {
    // Which of the forms it was, the page does not know; the sentence is the same for all.
    let error = error_of(ways.dismiss);
    let said = move || {
        let error = error.get()?;
        let sentence = error.for_field("reason").map_or_else(|| error.message.clone(), str::to_owned);
        Some(view! { <Notice tone=Tone::Danger><p>{sentence}</p></Notice> })
    };
    let run = run.to_owned();
    let one = move |thing| row(run.clone(), thing, ways);
    view! {
        <Card title="Left behind" sub="Undoing the run takes all of it back, from the top">
            <FormTrouble error=error_of(ways.remove)/>
            <div aria-live="polite">{said}</div>
            // What was opened and typed for one thing is not another's, when that takes its place.
            <ul class="left"><For each=move || left.clone() key=|thing| (thing.position, thing.error.clone()) children=one/></ul>
        </Card>
    }
    .into_any()
}

fn row(run: String, thing: LeftBehind, ways: Ways) -> AnyView {
    let position = thing.position.to_string();
    let field = ["left-", &position, "-reason"].concat();
    let word = if thing.error.is_some() { "Try to remove it again" } else { "Remove it" };
    let error = thing.error.map(|error| view! { <p class="left__error">{error}</p> });
    let (same_run, same_position) = (run.clone(), position.clone());
    view! {
        <li class="left__thing">
            <div class="left__what"><strong>{thing.what}</strong>" "<span class="muted">{thing.step}</span>{error}</div>
            <ActionForm action=ways.remove>
                <input type="hidden" name="id" value=run/>
                <input type="hidden" name="position" value=position/>
                <Button small=true submit=true busy=ways.remove.pending() glyph=Glyph::Undo>{word}</Button>
            </ActionForm>
            <details class="more left__by-hand">
                <summary>"I removed it by hand"</summary>
                <ActionForm action=ways.dismiss attr:class="form" attr:novalidate=true>
                    <input type="hidden" name="id" value=same_run/>
                    <input type="hidden" name="position" value=same_position/>
                    <TextInput id=field name="reason" label="How, and why by hand" help="The run's log and the audit log keep it" max_length=500 required=true/>
                    <div class="form-actions"><Button small=true submit=true busy=ways.dismiss.pending()>"It is gone"</Button></div>
                </ActionForm>
            </details>
        </li>
    }
    .into_any()
}
