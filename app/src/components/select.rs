use leptos::prelude::*;

use super::{
    field::{Field, described_by},
    icon::{Glyph, Icon},
};

/// One of a closed list: what is sent and what is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// A native select with its label.
#[component]
pub fn Select(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    choices: Vec<Choice>,
    /// Defaults to the name.
    #[prop(optional, into)]
    id: Option<String>,
    /// The value chosen at first.
    #[prop(optional, into)]
    value: String,
    #[prop(optional, into)] help: MaybeProp<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional)] required: bool,
    #[prop(optional)] on_change: Option<Callback<String>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let describes = described_by(&id);
    let options = choices
        .into_iter()
        .map(|choice| {
            let selected = choice.value == value;
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect_view();
    view! {
        <Field id=id.clone() label help error required>
            <span class="select">
                <select
                    class="control"
                    id=id
                    name=name
                    required=required
                    aria-describedby=describes
                    aria-invalid=move || error.with(|error| error.is_some().then_some("true"))
                    on:change=move |event| {
                        if let Some(on_change) = on_change {
                            on_change.run(event_target_value(&event));
                        }
                    }
                >
                    {options}
                </select>
                <Icon glyph=Glyph::ChevronDown/>
            </span>
        </Field>
    }
}
