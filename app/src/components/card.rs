use leptos::prelude::*;

/// A bordered group with a heading.
#[component]
pub fn Card(
    #[prop(into)] title: String,
    /// A quieter line beside the title.
    #[prop(optional, into)]
    sub: MaybeProp<String>,
    /// No padding around the content: for tables and lists.
    #[prop(optional)]
    flush: bool,
    /// Stands at the right of the head.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class=if flush { "card card--flush" } else { "card" }>
            <header class="card__head">
                <h2 class="card__title">{title}</h2>
                <span class="card__sub">{move || sub.get()}</span>
                {actions.map(|actions| view! { <div class="card__actions">{actions.run()}</div> })}
            </header>
            <div class="card__body">{children()}</div>
        </section>
    }
}
