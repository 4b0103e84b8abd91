use leptos::prelude::*;

use super::button::ButtonLink;

/// The way to more rows: a link with the cursor in it, so it works without a script and keeps its place in the address.
#[component]
pub fn Pagination(
    /// How many rows are shown.
    shown: usize,
    /// How many there are, if that is known.
    #[prop(optional_no_strip)]
    total: Option<u64>,
    /// Address of the next page; none at the end.
    #[prop(optional_no_strip)]
    more: Option<String>,
) -> impl IntoView {
    let mut words = shown.to_string();
    if let Some(total) = total {
        words.push_str(" of ");
        words.push_str(&total.to_string());
    }
    words.push_str(" shown");
    view! {
        <nav class="pagination" aria-label="More rows">
            <span>{words}</span>
            {more.map(|href| view! { <ButtonLink href>"Load more"</ButtonLink> })}
        </nav>
    }
}
