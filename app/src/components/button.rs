use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// How much a button asks for. One `Primary` a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    Primary,
    #[default]
    Secondary,
    Ghost,
    Danger,
    /// Looks like a link, acts like a button.
    Link,
}

impl Variant {
    const fn class(self, small: bool) -> &'static str {
        match (self, small) {
            (Self::Primary, false) => "button button--primary",
            (Self::Secondary, false) => "button",
            (Self::Ghost, false) => "button button--ghost",
            (Self::Danger, false) => "button button--danger",
            (Self::Primary, true) => "button button--small button--primary",
            (Self::Secondary, true) => "button button--small",
            (Self::Ghost, true) => "button button--small button--ghost",
            (Self::Danger, true) => "button button--small button--danger",
            (Self::Link, _) => "button button--link",
        }
    }
}

/// A button: a verb with its object ("Roll back to v41"). Give it `on:click`, or let it submit its form.
#[component]
pub fn Button(
    #[prop(optional)] variant: Variant,
    #[prop(optional)] small: bool,
    #[prop(optional)] glyph: Option<Glyph>,
    /// Submits the form it stands in.
    #[prop(optional)]
    submit: bool,
    /// Under way: shows a spinner and swallows further presses, keeping the focus where it is.
    #[prop(optional, into)]
    busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Sent with the form when this button submits it.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=variant.class(small)
            name=name
            value=value
            disabled=move || disabled.get()
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || busy.get().then_some("true")
            on:click=move |event| {
                if busy.get_untracked() {
                    event.prevent_default();
                    event.stop_immediate_propagation();
                }
            }
        >
            <Show when=move || busy.get()>
                <span class="button__spinner" aria-hidden="true"></span>
            </Show>
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            {children()}
        </button>
    }
}

/// A link that looks like a button: going somewhere, not changing anything.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(optional)] variant: Variant,
    #[prop(optional)] small: bool,
    #[prop(optional)] glyph: Option<Glyph>,
    children: Children,
) -> impl IntoView {
    view! {
        <a class=variant.class(small) href=href>
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            {children()}
        </a>
    }
}

/// A button that is only an icon; `label` is what a screen reader says and the tooltip shows.
#[component]
pub fn IconButton(
    glyph: Glyph,
    #[prop(into)] label: String,
    #[prop(optional)] small: bool,
    #[prop(optional)] submit: bool,
) -> impl IntoView {
    let class = if small {
        "button button--ghost button--icon-only button--small"
    } else {
        "button button--ghost button--icon-only"
    };
    view! {
        <button type=if submit { "submit" } else { "button" } class=class aria-label=label.clone() title=label>
            <Icon glyph/>
        </button>
    }
}
