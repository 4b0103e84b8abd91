use std::time::Duration;

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// Copies a text; says so for a moment. Not shown before the script arrives, because it could do nothing.
#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    /// "Copy digest".
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let done = RwSignal::new(false);
    let copy = move |_| {
        // The promise fails only where the browser forbids it; then nothing claims to be copied.
        let written = window().navigator().clipboard().write_text(&text.get_untracked());
        leptos::task::spawn_local(async move {
            if js_sys::futures::JsFuture::from(written).await.is_ok() {
                done.set(true);
                set_timeout(
                    move || {
                        done.try_set(false);
                    },
                    Duration::from_millis(1_600),
                );
            }
        });
    };
    let words = label.clone();
    view! {
        <button
            type="button"
            class="button button--ghost button--icon-only button--small copy needs-script"
            aria-label=label
            title=move || if done.get() { "Copied".to_owned() } else { words.clone() }
            data-done=move || done.get().then_some("")
            on:click=copy
        >
            {move || if done.get() { view! { <Icon glyph=Glyph::Check/> } } else { view! { <Icon glyph=Glyph::Copy/> } }}
        </button>
    }
}
