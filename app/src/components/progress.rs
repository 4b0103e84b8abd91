use leptos::prelude::*;

/// How far long work has come; without a total, that it goes on.
#[component]
pub fn Progress(
    /// What is under way: "Rendering files".
    #[prop(into)]
    label: String,
    #[prop(into)] done: Signal<u32>,
    #[prop(optional, into)] total: MaybeProp<u32>,
) -> impl IntoView {
    let name = label.clone();
    let words = move || {
        let done = done.get().to_string();
        total.get().map(|total| [&done, " of ", &total.to_string()].concat())
    };
    view! {
        <div class="progress">
            <span class="progress__words"><span>{label}</span><span>{words}</span></span>
            <progress
                class="progress__bar"
                aria-label=name
                value=move || total.get().map(|_| done.get().to_string())
                max=move || total.get().map(|total| total.to_string())
            ></progress>
        </div>
    }
}
