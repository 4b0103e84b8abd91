use leptos::prelude::*;

/// Names and values in two columns; the children are [`KeyValue`]s.
#[component]
pub fn KeyValueList(children: Children) -> impl IntoView {
    view! { <dl class="key-value">{children()}</dl> }
}

/// One name and its value.
#[component]
pub fn KeyValue(#[prop(into)] key: String, children: Children) -> impl IntoView {
    view! { <dt>{key}</dt><dd>{children()}</dd> }
}
