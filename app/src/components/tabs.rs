use leptos::prelude::*;

/// One part of a page, with an address of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    pub label: String,
    pub href: String,
    pub current: bool,
    pub count: Option<u64>,
}

/// Links to the parts of a page.
#[component]
pub fn Tabs(
    /// Names the group: "Parts of payments-api".
    #[prop(into)]
    label: String,
    tabs: Vec<Tab>,
) -> impl IntoView {
    let links = tabs
        .into_iter()
        .map(|tab| {
            view! {
                <a class="tabs__tab" href=tab.href aria-current=tab.current.then_some("page")>
                    {tab.label}
                    {tab.count.map(|count| view! { <span class="tabs__count">{count.to_string()}</span> })}
                </a>
            }
        })
        .collect_view();
    view! { <nav class="tabs" aria-label=label>{links}</nav> }
}
