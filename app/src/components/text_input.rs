use leptos::prelude::*;

use super::field::{Field, described_by};

/// A line of text with its label. The value is where it starts; what a person typed before the script arrived stays.
#[component]
pub fn TextInput(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    /// Defaults to the name.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] help: MaybeProp<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional)] required: bool,
    /// `type` of the input: "text", "password", "email", "number", "url", "search", "date".
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional, into)] placeholder: Option<String>,
    /// Fixed text in front of what is typed, such as "git.example.com/".
    #[prop(optional, into)]
    prefix: Option<String>,
    /// For ids, names of images and the like.
    #[prop(optional)]
    mono: bool,
    #[prop(optional, into)] autocomplete: Option<String>,
    /// A regular expression in the browser's own dialect, checked there when there is no script.
    #[prop(optional, into)]
    pattern: Option<String>,
    #[prop(optional)] min_length: Option<u32>,
    #[prop(optional)] max_length: Option<u32>,
    #[prop(optional)] on_input: Option<Callback<String>>,
    /// Leaving the field: the moment of its first check.
    #[prop(optional)]
    on_leave: Option<Callback<String>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let describes = described_by(&id);
    view! {
        <Field id=id.clone() label help error required>
            <span class="text-input">
                {prefix.map(|prefix| view! { <span class="text-input__prefix mono">{prefix}</span> })}
                <input
                    class=if mono { "control control--mono" } else { "control" }
                    id=id
                    name=name
                    type=kind
                    value=value
                    placeholder=placeholder
                    autocomplete=autocomplete
                    pattern=pattern
                    minlength=min_length.map(|length| length.to_string())
                    maxlength=max_length.map(|length| length.to_string())
                    required=required
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
            </span>
        </Field>
    }
}
