use leptos::prelude::*;

/// Sent as `name=value` when ticked and not at all when not: read it as an `Option<String>`.
#[component]
pub fn Checkbox(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(default = "on".to_owned(), into)] value: String,
    #[prop(optional)] checked: bool,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional)] on_change: Option<Callback<bool>>,
) -> impl IntoView {
    view! {
        <label class="checkbox">
            <input
                class="checkbox__input"
                type="checkbox"
                name=name
                value=value
                checked=checked
                on:change=move |event| {
                    if let Some(on_change) = on_change {
                        on_change.run(event_target_checked(&event));
                    }
                }
            />
            <span class="checkbox__label">
                {label}
                {help.map(|help| view! { <span class="checkbox__help">{help}</span> })}
            </span>
        </label>
    }
}
