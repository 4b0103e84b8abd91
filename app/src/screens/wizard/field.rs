use leptos::prelude::*;
use slipway_api_types::AppError;
use slipway_forms::{Field, FieldType, SHOWN, Widget};
use std::sync::Arc;

use super::{answers::Answers, check::check, heads, parameters::PREFIX, several};
use crate::components::{Checkbox, Choice, Combobox, Glyph, Icon, RadioCard, RadioCards, Select, TextArea, TextInput};

/// What pickers offer: references and titles.
pub(super) struct Offered {
    pub owners: Vec<(String, String)>,
    /// By the key of what is asked for.
    pub others: Vec<(String, Vec<(String, String)>)>,
}

/// What a field needs to know beside its schema.
pub(super) struct FieldContext {
    pub answers: Answers,
    pub offered: Arc<Offered>,
    /// What the server said of the page.
    pub said: Signal<Option<AppError>>,
    /// Rises with each answer of the server.
    pub sent: Signal<usize>,
}

/// One control of a field, ready to be shown.
pub(super) struct Control {
    pub field: Field,
    /// Of the element, for labels and links from errors.
    pub id: String,
    /// As it is sent.
    pub name: String,
    /// What stands in it at first.
    pub text: String,
    pub error: Signal<Option<String>>,
    pub on_input: Callback<String>,
    pub on_leave: Callback<String>,
    pub on_choose: Callback<String>,
    pub answers: Answers,
}

/// The name under which an input's text is sent.
pub(super) fn sent_as(name: &str) -> String {
    ["values[", name, "]"].concat()
}

/// Says that a field was on the page, for inputs that are only sent when they are chosen.
pub(super) fn was_shown(field: &Field) -> impl IntoView + use<> {
    view! { <input type="hidden" name=sent_as(&[&field.name, "/", SHOWN].concat()) value="1"/> }
}

/// A parameter as its widget says. Checked when it is left, and as one types from then on; the server's word counts until then.
pub(super) fn view(field: Field, context: FieldContext) -> AnyView {
    let style = ["--depth:", &field.depth.to_string()].concat();
    let depth = field.depth;
    let inside = controlled(field, context);
    if depth == 0 { inside } else { view! { <div class="wizard__inside" style=style>{inside}</div> }.into_any() }
}

/// A parameter by itself, with what stands in it at first.
pub(in crate::screens) fn alone(
    field: Field,
    text: String,
    said: Signal<Option<AppError>>,
    sent: Signal<usize>,
) -> AnyView {
    let answers = Answers::alone([(field.name.clone(), text)].into());
    let offered = Arc::new(Offered { owners: Vec::new(), others: Vec::new() });
    view(field, FieldContext { answers, offered, said, sent })
}

fn controlled(field: Field, context: FieldContext) -> AnyView {
    let FieldContext { answers, offered, said, sent } = context;
    // What was found here, and after which answer of the server: a later answer replaces it.
    let found = RwSignal::new(None::<(usize, Option<String>)>);
    let error = {
        let of = field.name.clone();
        Signal::derive(move || match found.get() {
            Some((after, found)) if after == sent.get() => found,
            _ => said.with(|said| said.as_ref()?.for_field(&of).map(str::to_owned)),
        })
    };
    let checked = StoredValue::new(field.clone());
    let look =
        move |text: &str| found.set(Some((sent.get_untracked(), checked.with_value(|field| check(field, text)))));
    let keep = move |text: String| checked.with_value(|field| answers.set(&field.name, text));
    let control = Control {
        id: String::from(PREFIX) + &field.name,
        name: sent_as(&field.name),
        text: answers.texts_of(&field).remove(&field.name).unwrap_or_default(),
        error,
        on_leave: Callback::new(move |text: String| look(&text)),
        on_input: Callback::new(move |text: String| {
            if error.get_untracked().is_some() || found.get_untracked().is_some() {
                look(&text);
            }
            keep(text);
        }),
        on_choose: Callback::new(move |text: String| {
            look(&text);
            keep(text);
        }),
        answers,
        field,
    };
    match control.field.widget {
        Widget::Group => heads::group(&control.field),
        Widget::List => heads::list(&control),
        Widget::Item => heads::item(&control),
        Widget::Add => heads::add(&control),
        Widget::Secret => heads::secret(&control.field),
        Widget::Fixed => heads::fixed(&control.field, &control.text),
        Widget::Hidden => ().into_any(),
        Widget::Checkboxes => several::checkboxes(control, &offered),
        Widget::RepoUrlPicker => several::repository(control),
        Widget::OwnerPicker => picker(control, &offered.owners, !offered.owners.is_empty()),
        Widget::EntityPicker => {
            let key = control.field.offers.key();
            let found = offered.others.iter().find(|(of, _)| *of == key).map(|(_, found)| found.clone());
            let (found, closed) = (found.unwrap_or_default(), control.field.offers.closed);
            // A long list is typed into, so that what does not fit into it can be chosen too.
            picker(control, &found, closed && !found.is_empty() && found.len() < LONG)
        }
        _ => plain(control),
    }
}

/// How many entities are still chosen from a list.
const LONG: usize = 200;

/// Choices with one for "nothing" in front, where that may be.
fn with_nothing(mut choices: Vec<Choice>, required: bool, text: &str) -> Vec<Choice> {
    if !required || text.is_empty() {
        choices.insert(0, Choice::new("", if required { "Choose one" } else { "None" }));
    }
    choices
}

/// One of those that are offered, or, unless it is `closed`, whatever is typed.
fn picker(control: Control, offered: &[(String, String)], closed: bool) -> AnyView {
    let Control { field, id, name, text: value, error, on_input, on_leave, on_choose, .. } = control;
    let (label, help, placeholder, required) = (field.title, field.help, field.placeholder, field.rules.required);
    let choices: Vec<Choice> = offered.iter().map(|(reference, title)| Choice::new(reference, title)).collect();
    if closed {
        let choices = with_nothing(choices, required, &value);
        view! { <Select name id label choices value help error required on_change=on_choose/> }.into_any()
    } else {
        view! { <Combobox name id label choices=Signal::stored(choices) value help error required placeholder on_input on_leave/> }
            .into_any()
    }
}

/// What is typed or chosen in one input.
fn plain(control: Control) -> AnyView {
    let Control { field, id, name, text, error, on_input, on_leave, on_choose, answers } = control;
    let required = field.rules.required;
    let (label, help, placeholder) = (field.title.clone(), field.help.clone(), field.placeholder.clone());
    match field.widget {
        Widget::Textarea => {
            view! { <TextArea name id label value=text help error required placeholder on_input on_leave/> }.into_any()
        }
        Widget::Checkbox => {
            let shown = was_shown(&field);
            let on_change = Callback::new(move |on: bool| answers.set(&field.name, on.to_string()));
            view! { <div class="field" id=id tabindex="-1">{shown}<Checkbox name label value="true" checked=text == "true" help on_change/></div> }
                .into_any()
        }
        Widget::Select => {
            let choices =
                field.choices.iter().map(|choice| Choice::new(field.show(Some(&choice.value)), &choice.title));
            let choices = with_nothing(choices.collect(), required, &text);
            view! { <Select name id label choices value=text help error required on_change=on_choose/> }.into_any()
        }
        Widget::Radio => radio(&field, name, id, text, error, on_choose),
        _ => {
            let kind = if matches!(field.kind, FieldType::Number | FieldType::Integer) { "number" } else { "text" };
            let mono = matches!(field.widget, Widget::EntityName | Widget::Tags);
            let value = if field.widget == Widget::Tags { text.replace('\n', ", ") } else { text };
            view! { <TextInput name id label value help error required kind placeholder mono autocomplete="off" on_input on_leave/> }
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
            {was_shown(field)}
            <RadioCards name legend cards value=text on_change/>
            {help}
            {said(error)}
        </div>
    }
    .into_any()
}

/// What is wrong, under a control that is several.
pub(super) fn said(error: Signal<Option<String>>) -> impl IntoView {
    view! {
        <span class="field__error" aria-live="polite">
            {move || error.get().map(|error| view! { <Icon glyph=Glyph::Alert/><span>{error}</span> })}
        </span>
    }
}
