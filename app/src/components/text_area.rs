use leptos::prelude::*;

use super::field::{Field, described_by};

/// Text as the inside of a `<textarea>`. The framework's server renderer leaves it unescaped (tachys 0.2,
/// html/element/elements.rs), so this is the only place with the element. The first line break
/// after the tag is dropped by every HTML parser (HTML standard, 13.2.6.4.7); one more keeps the user's own.
fn inside(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 1);
    if text.starts_with('\n') || text.starts_with("\r\n") {
        html.push('\n');
    }
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(letter),
        }
    }
    html
}

/// Several lines of text with their label. The only place with a `<textarea>`.
///
/// The text is set as escaped markup on both sides: the server writes it, hydration leaves what is in the page (and what
/// a person typed into it), and a page built in the browser parses the same escaped markup.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    /// Defaults to the name.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] help: MaybeProp<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional)] required: bool,
    #[prop(default = 4)] rows: u32,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional)] mono: bool,
    #[prop(optional)] max_length: Option<u32>,
    #[prop(optional)] on_input: Option<Callback<String>>,
    #[prop(optional)] on_leave: Option<Callback<String>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let describes = described_by(&id);
    view! {
        <Field id=id.clone() label help error required>
            <textarea
                class=if mono { "control text-area control--mono" } else { "control text-area" }
                id=id
                name=name
                rows=rows.to_string()
                placeholder=placeholder
                maxlength=max_length.map(|length| length.to_string())
                required=required
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
                inner_html=inside(&value)
            ></textarea>
        </Field>
    }
}
