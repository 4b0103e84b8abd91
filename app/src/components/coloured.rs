use leptos::prelude::*;
use slipway_api_types::create::{Colour, Span};

use super::copy::CopyButton;

const fn class(colour: Colour) -> Option<&'static str> {
    match colour {
        Colour::Plain => None,
        Colour::Comment => Some("colour--comment"),
        Colour::Text => Some("colour--text"),
        Colour::Number => Some("colour--number"),
        Colour::Word => Some("colour--word"),
        Colour::Name => Some("colour--name"),
    }
}

/// A file in colours, with a button to copy it.
#[component]
pub fn Coloured(
    spans: Vec<Span>,
    /// Its path, shown above.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    let text: String = spans.iter().map(|(_, text)| text.as_str()).collect();
    let spans =
        spans.into_iter().map(|(colour, text)| view! { <span class=class(colour)>{text}</span> }).collect_view();
    view! {
        <div class="code-block">
            <div class="code-block__name mono">{name.clone()}</div>
            <CopyButton text label="Copy"/>
            <pre tabindex="0" role="region" aria-label=name><code>{spans}</code></pre>
        </div>
    }
}
