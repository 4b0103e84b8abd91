use leptos::prelude::*;

/// The first letters of at most two words: "Ada Lovelace" → "AL", "payments" → "P".
#[must_use]
pub fn initials(name: &str) -> String {
    name.split([' ', '-', '_', '.'])
        .filter_map(|word| word.chars().next())
        .take(2)
        .flat_map(char::to_uppercase)
        .collect()
}

/// Initials in a circle (a person) or a square (a team); the name stands beside it.
#[component]
pub fn Avatar(#[prop(into)] name: String, #[prop(optional)] team: bool) -> impl IntoView {
    let class = if team { "avatar avatar--team" } else { "avatar" };
    view! { <span class=class aria-hidden="true">{initials(&name)}</span> }
}

/// Who owns a thing, as a link to them.
#[component]
pub fn OwnerLink(
    #[prop(into)] name: String,
    #[prop(into)] href: String,
    /// A team rather than a person.
    #[prop(optional)]
    team: bool,
) -> impl IntoView {
    view! {
        <a class="owner" href=href>
            <Avatar name=name.clone() team/>
            <span class="truncate">{name}</span>
        </a>
    }
}
