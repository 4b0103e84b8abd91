use leptos::prelude::*;

use super::{
    icon::{Glyph, Icon},
    tone::Tone,
};

/// A sentence above what it is about: a freeze window, a closed runtime, approvals that wait.
#[component]
pub fn Notice(
    #[prop(optional)] tone: Tone,
    #[prop(optional, into)] title: Option<String>,
    #[prop(optional, into)] actions: Option<ViewFnOnce>,
    children: Children,
) -> impl IntoView {
    let (class, glyph) = match tone {
        Tone::Neutral => ("notice", Glyph::Pulse),
        Tone::Accent => ("notice notice--accent", Glyph::Pulse),
        Tone::Success => ("notice notice--success", Glyph::CheckCircle),
        Tone::Warning => ("notice notice--warning", Glyph::Alert),
        Tone::Danger => ("notice notice--danger", Glyph::CrossCircle),
        Tone::Info => ("notice notice--info", Glyph::Clock),
        Tone::Unknown => ("notice notice--unknown", Glyph::Question),
    };
    view! {
        <div class=class>
            <Icon glyph/>
            <div class="notice__body">
                {title.map(|title| view! { <p class="notice__title">{title}</p> })}
                {children()}
            </div>
            {actions.map(|actions| view! { <div class="notice__actions">{actions.run()}</div> })}
        </div>
    }
}
