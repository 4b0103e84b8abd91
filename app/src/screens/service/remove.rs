use leptos::prelude::*;

use crate::{
    api::RemoveService,
    components::{Button, Card, Dialog, DialogLink, TextInput, Variant},
    screens::parts::{FormTrouble, address, error_of, field_error},
};

/// How a service is removed from its page: in a dialog, or in the page itself when there is no script.
#[derive(Clone, Copy)]
pub(super) struct Removal {
    pub action: ServerAction<RemoveService>,
    pub open: RwSignal<bool>,
    pub inline: bool,
}

/// What cannot be undone stands last, and is confirmed by typing the name.
pub(super) fn view(name: &str, removal: Removal) -> AnyView {
    if removal.inline {
        let form = form(name.to_owned(), removal.action);
        return view! { <Card title="Remove this service">{form}</Card> }.into_any();
    }
    let href = address(&["/services/", name].concat(), &[("do", "remove")]);
    let form = form(name.to_owned(), removal.action);
    let words = ["Remove ", name].concat();
    let title = words.clone();
    view! {
        <div class="last-things">
            <DialogLink href open=removal.open class="button button--danger">{words}</DialogLink>
        </div>
        <Dialog id="remove-service" title open=removal.open>{form}</Dialog>
    }
    .into_any()
}

fn form(name: String, action: ServerAction<RemoveService>) -> impl IntoView {
    let error = error_of(action);
    let label = ["Type ", &name, " to confirm"].concat();
    let words = ["Remove ", &name].concat();
    view! {
        <ActionForm action attr:class="form">
            <FormTrouble error/>
            <p>"Everything that runs of it stops in all environments, and its history here ends. The repository and the catalogue entry stay. This cannot be undone and takes up to two minutes."</p>
            <input type="hidden" name="name" value=name/>
            <TextInput name="typed" label required=true autocomplete="off" error=field_error(error, "typed")/>
            <div class="form-actions"><Button variant=Variant::Danger submit=true busy=action.pending()>{words}</Button></div>
        </ActionForm>
    }
}
