use std::time::Duration;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    button::{Button, IconButton, Variant},
    icon::{Glyph, Icon},
    tone::Tone,
};

/// How long a toast stays. With an Undo it stays longer: reading and deciding takes time.
const STAYS: Duration = Duration::from_secs(6);
const STAYS_WITH_UNDO: Duration = Duration::from_secs(20);

/// What the server wants said after a redirect, such as "Rolled back payments-api to v41".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    pub text: String,
    /// The form that undoes it.
    pub undo: Option<UndoForm>,
}

/// A form without anything to fill in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoForm {
    /// The server function's address.
    pub action: String,
    /// Its fields: name, value.
    pub fields: Vec<(String, String)>,
}

#[derive(Clone)]
enum Undo {
    Call(Callback<()>),
    Post(UndoForm),
}

#[derive(Clone)]
struct Toast {
    key: u32,
    tone: Tone,
    text: String,
    undo: Option<Undo>,
}

/// Says what has happened, at the corner, and offers to undo it.
#[derive(Clone, Copy)]
pub struct Toaster {
    toasts: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

impl Toaster {
    /// Puts a toaster in context; a flash from the server is shown at once and stays until closed.
    pub fn provide(flash: Option<Flash>) -> Self {
        let first = flash.map(|flash| Toast {
            key: 0,
            tone: Tone::Success,
            text: flash.text,
            undo: flash.undo.map(Undo::Post),
        });
        let toaster = Self { toasts: RwSignal::new(first.into_iter().collect()), next: StoredValue::new(1) };
        provide_context(toaster);
        toaster
    }

    /// Says a sentence for a few seconds.
    pub fn say(self, tone: Tone, text: impl Into<String>) {
        self.add(tone, text.into(), None);
    }

    /// Says what the server wants said.
    pub fn show(self, flash: Flash) {
        self.add(Tone::Success, flash.text, flash.undo.map(Undo::Post));
    }

    /// Says what was done and offers to undo it.
    pub fn undoable(self, text: impl Into<String>, undo: Callback<()>) {
        self.add(Tone::Success, text.into(), Some(Undo::Call(undo)));
    }

    fn add(self, tone: Tone, text: String, undo: Option<Undo>) {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        let stays = if undo.is_some() { STAYS_WITH_UNDO } else { STAYS };
        self.toasts.update(|toasts| toasts.push(Toast { key, tone, text, undo }));
        if tone != Tone::Danger {
            set_timeout(move || self.close(key), stays);
        }
    }

    fn close(self, key: u32) {
        // The page may have gone before the time was up.
        self.toasts.try_update(|toasts| toasts.retain(|toast| toast.key != key));
    }
}

/// The corner where toasts appear. Stands once, in the frame.
#[component]
pub fn Toasts() -> impl IntoView {
    let Some(toaster) = use_context::<Toaster>() else { return ().into_any() };
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toaster.toasts.get() key=|toast| toast.key children=move |toast| toast_view(toaster, toast)/>
        </div>
    }
    .into_any()
}

fn toast_view(toaster: Toaster, toast: Toast) -> impl IntoView {
    let key = toast.key;
    let (class, glyph) = match toast.tone {
        Tone::Success => ("toast toast--success", Glyph::CheckCircle),
        Tone::Warning => ("toast toast--warning", Glyph::Alert),
        Tone::Danger => ("toast toast--danger", Glyph::CrossCircle),
        Tone::Info | Tone::Accent | Tone::Neutral | Tone::Unknown => ("toast toast--info", Glyph::Pulse),
    };
    let undo = toast.undo.map(|undo| match undo {
        Undo::Call(call) => view! {
            <Button
                small=true
                variant=Variant::Ghost
                on:click=move |_| {
                    toaster.close(key);
                    call.run(());
                }
            >
                "Undo"
            </Button>
        }
        .into_any(),
        Undo::Post(UndoForm { action, fields }) => view! {
            <form method="post" action=action>
                {fields
                    .into_iter()
                    .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
                    .collect_view()}
                <Button small=true variant=Variant::Ghost submit=true>"Undo"</Button>
            </form>
        }
        .into_any(),
    });
    view! {
        <div class=class>
            <Icon glyph/>
            <span class="toast__text">{toast.text}</span>
            {undo}
            <span class="needs-script">
                <IconButton glyph=Glyph::Close label="Dismiss" small=true on:click=move |_| toaster.close(key)/>
            </span>
        </div>
    }
}
