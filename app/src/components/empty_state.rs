use leptos::prelude::*;

/// What would be here, in one sentence, and one button to make it so (as children).
#[component]
pub fn EmptyState(#[prop(into)] text: String, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <div class="empty-state">
            <p class="empty-state__text">{text}</p>
            {children.map(|children| children())}
        </div>
    }
}
