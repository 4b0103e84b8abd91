use leptos::prelude::*;
use slipway_api_types::AppError;
use slipway_forms::{Field, FieldType, Widget};

use super::{check::check, parameters::PREFIX};
use crate::components::{Checkbox, Choice, Combobox, Glyph, Icon, RadioCard, RadioCards, Select, TextArea, TextInput};

/// What a field needs to know beside its schema.
pub(in crate::screens) struct FieldContext {
    /// What stands in it at first.
    pub text: String,
    /// Entity references and titles.
    pub suggestions: Vec<(String, String)>,
    /// What the server said of the page.
    pub said: Signal<Option<AppError>>,
    /// Rises with each answer of the server.
    pub sent: Signal<usize>,
    /// Remembers what is typed.
    pub keep: Callback<String>,
}

/// A parameter as its widget says. Checked when it is left, and as one types from then on; the server's word counts until then.
pub(in crate::screens) fn view(field: Field, context: FieldContext) -> AnyView {
    let FieldContext { text, suggestions, said, sent, keep } = context;
    let id = String::from(PREFIX) + &field.name;
    let name = ["values[", &field.name, "]"].concat();
    let required = field.rules.required;
    let (label, help, placeholder) = (field.title.clone(), field.help.clone(), field.placeholder.clone());
    // What was found here, and after which answer of the server: a later answer replaces it.
    let found = RwSignal::new(None::<(usize, Option<String>)>);
    let error = {
        let of = field.name.clone();
        Signal::derive(move || match found.get() {
            Some((after, found)) if after == sent.get() => found,
            _ => said.with(|said| said.as_ref()?.for_field(&of).map(str::to_owned)),
        })
    };
    let look = {
        let field = field.clone();
        move |text: &str| found.set(Some((sent.get_untracked(), check(&field, text))))
    };
    let on_leave = {
        let look = look.clone();
        Callback::new(move |text: String| look(&text))
    };
    let on_input = {
        let look = look.clone();
        Callback::new(move |text: String| {
            if error.get_untracked().is_some() || found.get_untracked().is_some() {
                look(&text);
            }
            keep.run(text);
        })
    };
    let on_choose = Callback::new(move |text: String| {
        look(&text);
        keep.run(text);
    });
    let choices = |field: &Field| {
        let mut choices: Vec<Choice> = field
            .choices
            .iter()
            .map(|choice| Choice::new(field.show(Some(&choice.value)), choice.title.clone()))
            .collect();
        if !required || text.is_empty() {
            choices.insert(0, Choice::new("", if required { "Choose one" } else { "None" }));
        }
        choices
    };
    match field.widget {
        Widget::Hidden => view! { <input type="hidden" name=name value=text/> }.into_any(),
        Widget::Textarea => {
            view! { <TextArea name id label value=text help error required placeholder on_input on_leave/> }.into_any()
        }
        Widget::Checkbox => {
            let on_change = Callback::new(move |on: bool| keep.run(on.to_string()));
            view! { <div class="field"><Checkbox name label value="true" checked=text == "true" help on_change/></div> }
                .into_any()
        }
        Widget::Select => {
            let choices = choices(&field);
            view! { <Select name id label choices value=text help error required on_change=on_choose/> }.into_any()
        }
        Widget::Radio => radio(&field, name, id, text, error, on_choose),
        Widget::OwnerPicker if !suggestions.is_empty() => {
            let mut choices: Vec<Choice> =
                suggestions.into_iter().map(|(reference, title)| Choice::new(reference, title)).collect();
            if !required || text.is_empty() {
                choices.insert(0, Choice::new("", if required { "Choose one" } else { "None" }));
            }
            view! { <Select name id label choices value=text help error required on_change=on_choose/> }.into_any()
        }
        Widget::EntityPicker | Widget::OwnerPicker => {
            let choices: Vec<Choice> =
                suggestions.into_iter().map(|(reference, title)| Choice::new(reference, title)).collect();
            view! { <Combobox name id label choices=Signal::stored(choices) value=text help error required placeholder on_input on_leave/> }
                .into_any()
        }
        Widget::Text | Widget::Number | Widget::EntityName | Widget::RepoUrlPicker => {
            let kind = if matches!(field.kind, FieldType::Number | FieldType::Integer) { "number" } else { "text" };
            let mono = matches!(field.widget, Widget::EntityName | Widget::RepoUrlPicker);
            view! { <TextInput name id label value=text help error required kind placeholder mono autocomplete="off" on_input on_leave/> }
                .into_any()
        }
    }
}

fn radio(
    field: &Field,
    name: String,
    id: String,
    text: String,
    error: Signal<Option<String>>,
    on_change: Callback<String>,
) -> AnyView {
    let cards = field
        .choices
        .iter()
        .map(|choice| RadioCard {
            value: field.show(Some(&choice.value)),
            title: choice.title.clone(),
            ..RadioCard::default()
        })
        .collect();
    let legend = field.title.clone();
    let help = (!field.help.is_empty()).then(|| view! { <p class="field__help">{field.help.clone()}</p> });
    view! {
        <div class="field" id=id tabindex="-1">
            <RadioCards name legend cards value=text on_change/>
            {help}
            <span class="field__error" aria-live="polite">
                {move || error.get().map(|error| view! { <Icon glyph=Glyph::Alert/><span>{error}</span> })}
            </span>
        </div>
    }
    .into_any()
}
