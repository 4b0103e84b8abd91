use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use slipway_api_types::{
    AppError,
    wire::{read, write},
};
use std::{fmt, str::FromStr};

use super::theme::Theme;
use crate::components::Flash;

/// Who looks at the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    pub display_name: String,
    pub initials: String,
    /// In words: "Team lead of payments".
    pub roles: Vec<String>,
}

/// What the server knows about this request and every page needs. The server puts it in context;
/// the browser reads it out of the page it hydrates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageFacts {
    pub viewer: Option<Viewer>,
    pub theme: Theme,
    /// The present, epoch milliseconds.
    pub now: i64,
    /// The rail shows only icons (cookie `rail=narrow`).
    pub rail_narrow: bool,
    /// What a redirect wants said.
    pub flash: Option<Flash>,
}

impl PageFacts {
    /// The facts of this request, on both sides. Call it once, at the app's root.
    #[must_use]
    pub fn shared() -> Self {
        SharedValue::new_str(|| use_context::<Self>().unwrap_or_default()).into_inner()
    }
}

impl fmt::Display for PageFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write(self).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for PageFacts {
    type Err = AppError;

    fn from_str(text: &str) -> Result<Self, AppError> {
        read(text)
    }
}

/// How many things wait for the viewer: shown beside Home and in the title of the tab. In context from the app's root.
#[derive(Clone, Copy)]
pub struct Waiting(pub RwSignal<u32>);
