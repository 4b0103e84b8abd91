use leptos::prelude::*;

use super::{
    icon::{Glyph, Icon},
    tone::Tone,
};

/// A short word about a thing: a role, an intent, a kind. For health use `Status`, which carries evidence.
#[component]
pub fn Badge(
    #[prop(optional)] tone: Tone,
    #[prop(optional)] glyph: Option<Glyph>,
    /// Only a border, for the least important.
    #[prop(optional)]
    outline: bool,
    children: Children,
) -> impl IntoView {
    let class = match (tone, outline) {
        (_, true) => "badge badge--outline",
        (Tone::Neutral, _) => "badge",
        (Tone::Accent, _) => "badge badge--accent",
        (Tone::Success, _) => "badge badge--success",
        (Tone::Warning, _) => "badge badge--warning",
        (Tone::Danger, _) => "badge badge--danger",
        (Tone::Info, _) => "badge badge--info",
        (Tone::Unknown, _) => "badge badge--unknown",
    };
    view! { <span class=class>{glyph.map(|glyph| view! { <Icon glyph/> })}{children()}</span> }
}
