use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// One filter. Its link sets it, or takes it away when it is on: filters live in the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    pub label: String,
    pub href: String,
    pub on: bool,
    /// How many there would be.
    pub count: Option<u64>,
}

/// A row of filters.
#[component]
pub fn FilterChips(
    /// What is filtered by: "Runtime".
    #[prop(into)]
    label: String,
    chips: Vec<Chip>,
) -> impl IntoView {
    let links = chips
        .into_iter()
        .map(|chip| {
            view! {
                <a class="filter-chip" href=chip.href aria-current=chip.on.then_some("true")>
                    {chip.label}
                    {chip.count.map(|count| view! { <span class="filter-chip__count">{count.to_string()}</span> })}
                    {chip.on.then(|| view! { <Icon glyph=Glyph::Close/><span class="visually-hidden">"(on, press to remove)"</span> })}
                </a>
            }
        })
        .collect_view();
    let name = label.clone();
    view! {
        <div class="filter-chips" role="group" aria-label=name>
            <span class="filter-chips__label" aria-hidden="true">{label}</span>
            {links}
        </div>
    }
}
