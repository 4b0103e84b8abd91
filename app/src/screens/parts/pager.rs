use leptos::prelude::*;

use crate::components::ButtonLink;

/// The way on and back to the start, as links: the place in the list is part of the address.
#[component]
pub fn Pager(
    shown: usize,
    /// How many there are, if that is known.
    #[prop(optional_no_strip)]
    total: Option<i64>,
    /// Address of the next part; none at the end.
    next: Option<String>,
    /// Address of the first part; none when this is it.
    first: Option<String>,
) -> impl IntoView {
    if shown == 0 && first.is_none() {
        return ().into_any();
    }
    let words = match total {
        Some(total) => [&shown.to_string(), " of ", &total.to_string(), " shown"].concat(),
        None => shown.to_string() + " shown",
    };
    view! {
        <nav class="pagination" aria-label="More rows">
            <span>{words}</span>
            {first.map(|href| view! { <ButtonLink href>"Back to the start"</ButtonLink> })}
            {next.map(|href| view! { <ButtonLink href>"Next rows"</ButtonLink> })}
        </nav>
    }
    .into_any()
}
