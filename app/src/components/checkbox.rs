use leptos::{html, prelude::*};

/// Sent as `name=value` when ticked and not at all when not: read it as an `Option<String>`.
#[component]
pub fn Checkbox(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(default = "on".to_owned(), into)] value: String,
    /// How it starts. When the signal changes later, the box follows; before that, what a person ticked stays.
    #[prop(optional, into)]
    checked: Signal<bool>,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional)] on_change: Option<Callback<bool>>,
) -> impl IntoView {
    let element = NodeRef::<html::Input>::new();
    Effect::watch(
        move || checked.get(),
        move |on, _, _| {
            if let Some(input) = element.get_untracked() {
                input.set_checked(*on);
            }
        },
        false,
    );
    view! {
        <label class="checkbox">
            <input
                class="checkbox__input"
                type="checkbox"
                name=name
                value=value
                node_ref=element
                checked=checked.get_untracked()
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
