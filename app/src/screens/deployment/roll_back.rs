use leptos::prelude::*;

use super::Doing;
use crate::{
    api::RollBack,
    components::{Button, Card, Dialog, TextInput, Variant},
    screens::parts::{FormTrouble, error_of, field_error},
};

/// Asks why: in a dialog, or in the page itself when there is no script.
pub(super) fn view(id: String, words: String, doing: Doing) -> AnyView {
    let title = words.clone();
    let form = form(id, words, doing.roll_back);
    if doing.inline {
        view! { <div class="reading"><Card title>{form}</Card></div> }.into_any()
    } else {
        view! { <Dialog id="roll-back" title open=doing.open>{form}</Dialog> }.into_any()
    }
}

fn form(id: String, words: String, action: ServerAction<RollBack>) -> impl IntoView {
    let error = error_of(action);
    view! {
        <ActionForm action attr:class="form" attr:novalidate=true>
            <FormTrouble error/>
            <p>"Its artifact and settings go out again as a new deployment."</p>
            <input type="hidden" name="id" value=id/>
            <TextInput name="reason" label="Reason" required=true max_length=200 help="Stands in the history and in the audit log." error=field_error(error, "reason")/>
            <div class="form-actions"><Button variant=Variant::Primary submit=true busy=action.pending()>{words}</Button></div>
        </ActionForm>
    }
}
