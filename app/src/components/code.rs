use leptos::prelude::*;

use super::copy::CopyButton;

/// A name, id or command within a sentence.
#[component]
pub fn Code(children: Children) -> impl IntoView {
    view! { <code class="code">{children()}</code> }
}

/// Several lines of text in a fixed pitch, with a button to copy them.
#[component]
pub fn CodeBlock(
    #[prop(into)] text: String,
    /// Path or language, shown above.
    #[prop(optional, into)]
    name: Option<String>,
) -> impl IntoView {
    let label = name.clone().unwrap_or_else(|| "Code".to_owned());
    view! {
        <div class="code-block">
            {name.map(|name| view! { <div class="code-block__name mono">{name}</div> })}
            <CopyButton text=text.clone() label="Copy"/>
            <pre tabindex="0" role="region" aria-label=label><code>{text}</code></pre>
        </div>
    }
}
