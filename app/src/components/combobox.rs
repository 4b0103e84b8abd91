use leptos::prelude::*;

use super::{
    field::{Field, described_by},
    select::Choice,
};

/// A text input with suggestions that narrow as one types: the browser's own list, so it works before any script.
/// What is typed need not be in the list; check it like any other text.
#[component]
pub fn Combobox(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    /// May change with what is typed, when the suggestions come from the server.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// Defaults to the name.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] help: MaybeProp<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional)] on_input: Option<Callback<String>>,
    /// Leaving the field: the moment of its first check.
    #[prop(optional)]
    on_leave: Option<Callback<String>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let list_id = [&id, "-list"].concat();
    let describes = described_by(&id);
    let options = move || {
        choices
            .get()
            .into_iter()
            .map(|choice| view! { <option value=choice.value>{choice.label}</option> })
            .collect_view()
    };
    view! {
        <Field id=id.clone() label help error required>
            <input
                class="control"
                id=id
                name=name
                value=value
                list=list_id.clone()
                placeholder=placeholder
                required=required
                autocomplete="off"
                spellcheck="false"
                aria-describedby=describes
                aria-invalid=move || error.with(|error| error.is_some().then_some("true"))
                on:input=move |event| {
                    if let Some(on_input) = on_input {
                        on_input.run(event_target_value(&event));
                    }
                }
                on:blur=move |event| {
                    if let Some(on_leave) = on_leave {
                        on_leave.run(event_target_value(&event));
                    }
                }
            />
            <datalist id=list_id>{options}</datalist>
        </Field>
    }
}
