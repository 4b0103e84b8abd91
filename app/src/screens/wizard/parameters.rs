use leptos::prelude::*;
use slipway_api_types::create::WizardPage;

use super::{
    field::{self, FieldContext},
    typed::Typed,
};
use crate::{
    api::SendPage,
    components::{Button, ButtonLink, Glyph, Variant},
    screens::parts::{FormTrouble, error_of, focus},
};

/// What stands in front of a parameter's name in the id of its control.
pub(in crate::screens) const PREFIX: &str = "parameter-";

/// One page of parameters.
pub(super) fn view(
    page: WizardPage,
    index: usize,
    namespace: String,
    name: String,
    back: Option<String>,
    send: ServerAction<SendPage>,
) -> AnyView {
    let Some(form) = page.page.clone() else { return ().into_any() };
    let typed = use_context::<Typed>();
    let key = move |namespace: &str, name: &str, field: &str| [namespace, "/", name, "/", field].concat();
    let keys: Vec<String> = form.fields.iter().map(|field| key(&namespace, &name, &field.name)).collect();
    let said = error_of(send);
    let wanted = form.fields.iter().find(|field| field.autofocus).map(|field| String::from(PREFIX) + &field.name);
    Effect::new(move || {
        if let (Some(id), true) = (&wanted, said.get_untracked().is_none()) {
            focus(id);
        }
    });
    let fields = form
        .fields
        .iter()
        .map(|field| {
            let key = key(&namespace, &name, &field.name);
            let kept = typed.and_then(|typed| typed.kept(&key));
            let text = kept.unwrap_or_else(|| field.show(page.values.get(&field.name)));
            let suggestions = page.suggestions.iter().find(|(of, _)| *of == field.name).map(|(_, list)| list.clone());
            let context = FieldContext {
                text,
                suggestions: suggestions.unwrap_or_default(),
                said,
                sent: send.version().into(),
                keep: Callback::new(move |text| {
                    if let Some(typed) = typed {
                        typed.keep(key.clone(), text);
                    }
                }),
            };
            field::view(field.clone(), context)
        })
        .collect_view();
    // What is sent stands in the draft, right or wrong.
    let forget = move |_| {
        if let Some(typed) = typed {
            keys.iter().for_each(|key| typed.forget(key));
        }
    };
    let description =
        (!form.description.is_empty()).then(|| view! { <p class="wizard__words">{form.description.clone()}</p> });
    view! {
        <section class="wizard__step" aria-label=form.title.clone()>
            <h2>{form.title.clone()}</h2>
            {description}
            <ActionForm action=send attr:novalidate=true attr:class="wizard__form">
                <FormTrouble error=said prefix=PREFIX/>
                <input type="hidden" name="namespace" value=namespace/>
                <input type="hidden" name="name" value=name/>
                <input type="hidden" name="draft" value=page.draft/>
                <input type="hidden" name="page" value=index.to_string()/>
                {fields}
                <div class="form-actions">
                    <Button variant=Variant::Primary submit=true busy=send.pending() on:click=forget>"Continue"</Button>
                    {back.map(|href| view! { <ButtonLink href variant=Variant::Ghost glyph=Glyph::Undo>"Back"</ButtonLink> })}
                </div>
            </ActionForm>
        </section>
    }
    .into_any()
}
