use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wasm_bindgen::JsCast;

use super::{Overlays, document as root, places::PLACES};
use crate::components::{Checkbox, Dialog};

/// How long after `g` its letter may come, in milliseconds.
const CHORD: f64 = 1_200.0;

/// Keyboard shortcuts. Those of a single letter can be switched off (WCAG 2.1.4); the choice is kept in the cookie `keys`.
#[component]
pub fn Shortcuts(path: Signal<String>, overlays: Overlays) -> impl IntoView {
    let Overlays { palette: palette_open, shortcuts: help_open, letters } = overlays;
    // Within the page a new place is not a new document: what a browser would have done is done here.
    Effect::watch(
        move || path.get(),
        |_, _, _| {
            close_open();
            let main =
                document().get_element_by_id("main").and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok());
            if let Some(main) = main {
                // Refused only by an element that cannot have the focus; this one can.
                let _ = main.focus();
            }
        },
        false,
    );
    let chord_until = StoredValue::new(0.0_f64);
    let navigate = use_navigate();
    Effect::new(move || {
        letters.set(root::remembered("keys").as_deref() != Some("off"));
        let navigate = navigate.clone();
        let keys = window_event_listener(ev::keydown, move |event| {
            let key = event.key();
            if (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("k") {
                event.prevent_default();
                palette_open.update(|open| *open = !*open);
                return;
            }
            if key == "Escape" {
                hush();
            }
            let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
            if modified
                || !letters.get_untracked()
                || is_typing()
                || palette_open.get_untracked()
                || help_open.get_untracked()
            {
                return;
            }
            if event.time_stamp() < chord_until.get_value() {
                chord_until.set_value(0.0);
                if let Some(place) = PLACES.iter().find(|place| key.chars().eq([place.key])) {
                    event.prevent_default();
                    navigate(place.href, NavigateOptions::default());
                }
                return;
            }
            match key.as_str() {
                "g" => chord_until.set_value(event.time_stamp() + CHORD),
                "?" => help_open.set(true),
                "/" => {
                    event.prevent_default();
                    if !focus_search() {
                        palette_open.set(true);
                    }
                }
                _ => {}
            }
        });
        let pointer = window_event_listener(ev::pointermove, move |_| root::set_root("data-hush", None));
        on_cleanup(move || {
            keys.remove();
            pointer.remove();
        });
    });
}

/// The list of them, and the switch.
#[component]
pub fn ShortcutList() -> impl IntoView {
    let Overlays { shortcuts: help_open, letters, .. } = expect_context();
    let chords = PLACES
        .iter()
        .map(|place| view! { <dt><kbd>"g"</kbd><kbd>{place.key.to_string()}</kbd></dt><dd>{place.label}</dd> })
        .collect_view();
    let keep = Callback::new(move |on: bool| {
        letters.set(on);
        root::remember("keys", if on { "on" } else { "off" });
    });
    view! {
        <Dialog id="shortcuts" title="Keyboard shortcuts" open=help_open>
            <div class="stack">
                <dl class="shortcuts">
                    <dt><kbd>"Ctrl"</kbd><kbd>"K"</kbd></dt><dd>"Search pages, services and actions"</dd>
                    <dt><kbd>"/"</kbd></dt><dd>"Search on this page"</dd>
                    <dt><kbd>"?"</kbd></dt><dd>"This list"</dd>
                    {chords}
                </dl>
                <Checkbox name="keys" label="Shortcuts of a single letter" checked=letters help="Switch them off if you use speech input." on_change=keep/>
            </div>
        </Dialog>
    }
}

/// Keeps letters for whoever is typing.
fn is_typing() -> bool {
    document().active_element().is_some_and(|focus| {
        matches!(focus.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") || focus.has_attribute("contenteditable")
    })
}

/// Focuses the page's own search, if it has one.
fn focus_search() -> bool {
    let found = document().query_selector("[data-search]").ok().flatten();
    found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()).is_some_and(|found| found.focus().is_ok())
}

/// Closes what is open and holds back what hover shows, until the pointer moves (WCAG 1.4.13).
fn hush() {
    root::set_root("data-hush", Some(""));
    close_open();
}

/// Closes menus and pinned evidence.
fn close_open() {
    let Ok(open) = document().query_selector_all("details.status[open], details[name=menu][open]") else { return };
    for index in 0..open.length() {
        if let Some(details) = open.item(index).and_then(|node| node.dyn_into::<web_sys::Element>().ok()) {
            // Taking away an attribute that is there cannot fail.
            let _ = details.remove_attribute("open");
        }
    }
}
