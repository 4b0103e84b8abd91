use leptos::prelude::*;
use leptos_router::components::Form;

use super::anew;
use crate::components::{Button, Glyph, Icon};

/// Finds within a page: a form that asks the same address for fewer rows. `/` goes to it.
#[component]
pub fn SearchBox(
    action: &'static str,
    /// What is searched: "Search services".
    #[prop(into)]
    label: String,
    value: String,
    /// Other filters that stay.
    keep: Vec<(&'static str, String)>,
) -> impl IntoView {
    let keep = keep
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    let input = anew(
        value.clone(),
        view! { <input class="control" type="search" name="q" value=value aria-label=label.clone() placeholder=label autocomplete="off" data-search=""/> }
            .into_any(),
    );
    view! {
        <Form method="GET" action=action attr:class="search-box" attr:role="search">
            {keep}
            <span class="search-box__field">
                <Icon glyph=Glyph::Search/>
                {input}
            </span>
            <Button submit=true>"Search"</Button>
        </Form>
    }
}
