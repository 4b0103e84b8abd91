use leptos::prelude::*;
use slipway_api_types::create::{RuntimeChoice, WizardPage};

use crate::{
    api::ChooseRuntime,
    components::{Button, ButtonLink, EmptyState, Glyph, RadioCard, RadioCards, Variant},
    screens::parts::{FormTrouble, error_of},
};

/// Where it runs, with advice.
pub(super) fn view(page: WizardPage, back: Option<String>, choose: ServerAction<ChooseRuntime>) -> AnyView {
    let suggested = page.runtimes.iter().find(|runtime| runtime.suggested).map(|runtime| runtime.name.clone());
    let value = page.runtime.or(suggested).unwrap_or_default();
    let none = page.runtimes.is_empty();
    let cards: Vec<RadioCard> = page.runtimes.into_iter().map(card).collect();
    let choice = if none {
        view! { <EmptyState text="No runtime is configured. An administrator adds one to the server's configuration."/> }.into_any()
    } else {
        view! { <RadioCards name="runtime" legend="Runtime" cards value/> }.into_any()
    };
    view! {
        <section class="wizard__step" aria-label="Where it runs">
            <h2>"Where it runs"</h2>
            <p class="wizard__words">"The same image runs on each of them. The choice holds for every environment and can be changed later."</p>
            <ActionForm action=choose attr:class="wizard__form">
                <FormTrouble error=error_of(choose)/>
                <input type="hidden" name="draft" value=page.draft/>
                {choice}
                <div class="form-actions">
                    <Button variant=Variant::Primary submit=true busy=choose.pending() disabled=none>{page.onward}</Button>
                    {back.map(|href| view! { <ButtonLink href variant=Variant::Ghost glyph=Glyph::Undo>{page.back}</ButtonLink> })}
                </div>
            </ActionForm>
        </section>
    }
    .into_any()
}

fn card(runtime: RuntimeChoice) -> RadioCard {
    RadioCard {
        value: runtime.name.clone(),
        title: runtime.title,
        text: runtime.advice,
        points: vec![[runtime.kind.title(), ", configured as ", &runtime.name].concat()],
        note: runtime.caution,
        badge: runtime.suggested.then(|| "Suggested".to_owned()),
        disabled: false,
    }
}
