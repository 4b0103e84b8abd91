use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::components::{Glyph, Icon};

/// Light, dark, or what the system says. Kept in the cookie `theme`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    Light,
    Dark,
    #[default]
    System,
}

impl Theme {
    /// The cookie's and the form's value; anything strange is `System`.
    #[must_use]
    pub fn from_value(value: &str) -> Self {
        match value {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }

    /// `data-theme` of the root element.
    #[must_use]
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
            Self::System => None,
        }
    }
}

/// Three buttons in a plain form to `/theme` (fields `theme`, `return_to`); with a script they act at once.
#[component]
pub fn ThemeSwitch(
    /// Where the form comes back to.
    #[prop(into)]
    path: Signal<String>,
) -> impl IntoView {
    let theme = use_context::<RwSignal<Theme>>().unwrap_or_else(|| RwSignal::new(Theme::System));
    let choice = move |choice: Theme, glyph: Glyph, word: &'static str| {
        view! {
            <button
                type="submit"
                class="theme-switch__choice"
                name="theme"
                value=choice.value()
                aria-pressed=move || if theme.get() == choice { "true" } else { "false" }
                on:click=move |event| {
                    event.prevent_default();
                    theme.set(choice);
                    apply(choice);
                }
            >
                <Icon glyph/>
                {word}
            </button>
        }
    };
    view! {
        <form class="theme-switch" method="post" action="/theme" role="group" aria-label="Theme">
            <input type="hidden" name="return_to" value=move || path.get()/>
            {choice(Theme::Light, Glyph::Sun, "Light")}
            {choice(Theme::Dark, Glyph::Moon, "Dark")}
            {choice(Theme::System, Glyph::Screen, "System")}
        </form>
    }
}

fn apply(theme: Theme) {
    super::document::set_root("data-theme", theme.attribute());
    super::document::remember("theme", theme.value());
}
