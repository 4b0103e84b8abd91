use leptos::prelude::*;
use slipway_api_types::create::WizardPage;
use std::sync::Arc;

use super::{
    answers::Answers,
    field::{self, FieldContext, Offered},
    preview::{self, Asking},
    typed::Typed,
};
use crate::{
    api::SendPage,
    components::{Button, ButtonLink, Glyph, Variant},
    screens::parts::{FormTrouble, Words, error_of, focus},
};

/// What stands in front of a parameter's name in the id of its control.
pub(in crate::screens) const PREFIX: &str = "parameter-";

/// One page of parameters, and beside it what they make.
pub(super) fn view(
    page: WizardPage,
    index: usize,
    namespace: String,
    name: String,
    back: Option<String>,
    send: ServerAction<SendPage>,
) -> AnyView {
    let Some(form) = page.page.clone() else { return ().into_any() };
    let key = [&namespace, "/", &name, "/", &index.to_string()].concat();
    let answers = Answers::new(form.clone(), page.values, use_context::<Typed>(), key);
    let said = error_of(send);
    // Not tracked: a page is made once, and follows what is typed from within.
    let focused = untrack(|| answers.fields()).into_iter().find(|(_, field)| field.autofocus);
    let wanted = focused.map(|(_, field)| String::from(PREFIX) + &field.name);
    Effect::new(move || {
        if let (Some(id), true) = (&wanted, said.get_untracked().is_none()) {
            focus(id);
        }
    });
    let offered = Arc::new(Offered { owners: page.owners, others: page.suggestions });
    let fields = Memo::new(move |_| answers.fields());
    let one = move |(_, field): (String, slipway_forms::Field)| {
        field::view(field, FieldContext { answers, offered: offered.clone(), said, sent: send.version().into() })
    };
    let description = (!form.description.is_empty())
        .then(|| view! { <div class="wizard__words"><Words text=form.description.clone()/></div> });
    let asking = Asking { namespace: namespace.clone(), name: name.clone(), draft: page.draft.clone(), page: index };
    view! {
        <div class="wizard__beside">
            <section class="wizard__step" aria-label=form.title.clone()>
                <h2>{form.title.clone()}</h2>
                {description}
                <ActionForm action=send attr:novalidate=true attr:class="wizard__form">
                    // The first button of a form is what the Enter key presses; without this that could be one of a list's.
                    <button class="visually-hidden" type="submit" tabindex="-1" aria-hidden="true" on:click=move |_| answers.forget()>"Continue"</button>
                    <FormTrouble error=said prefix=PREFIX/>
                    <input type="hidden" name="namespace" value=namespace/>
                    <input type="hidden" name="name" value=name/>
                    <input type="hidden" name="draft" value=page.draft/>
                    <input type="hidden" name="page" value=index.to_string()/>
                    <For each=move || fields.get() key=|(key, _)| key.clone() children=one/>
                    <div class="form-actions">
                        <Button variant=Variant::Primary submit=true busy=send.pending() on:click=move |_| answers.forget()>{page.onward}</Button>
                        {back.map(|href| view! { <ButtonLink href variant=Variant::Ghost glyph=Glyph::Undo>{page.back}</ButtonLink> })}
                    </div>
                </ActionForm>
            </section>
            {preview::view(asking, answers)}
        </div>
    }
    .into_any()
}
