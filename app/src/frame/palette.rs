use std::time::Duration;

use leptos::{ev::KeyboardEvent, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use slipway_api_types::{search::SearchHit, wire::read};

use super::{Overlays, places::PLACES};
use crate::{
    api::find,
    components::{Glyph, Icon, dialog},
    screens::search::glyph_of,
};

/// Somewhere to go or something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PaletteEntry {
    label: String,
    /// What kind of thing it is: "Service of payments", "Action".
    hint: String,
    href: String,
    glyph: Glyph,
}

/// Typing faster than this asks once.
const PAUSE: Duration = Duration::from_millis(120);

/// The command palette: type, arrow keys, Enter. Follows the combobox pattern of the ARIA authoring practices.
#[component]
pub fn Palette() -> impl IntoView {
    let open = expect_context::<Overlays>().palette;
    let element = NodeRef::<html::Dialog>::new();
    dialog::follow(element, open);
    let query = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<PaletteEntry>::new());
    let chosen = RwSignal::new(0_usize);
    let entries = Memo::new(move |_| {
        let mut entries = pages(&query.read());
        entries.extend(found.get());
        entries
    });
    let navigate = use_navigate();
    let go = Callback::new(move |index: usize| {
        if let Some(entry) = entries.read_untracked().get(index) {
            open.set(false);
            navigate(&entry.href, NavigateOptions::default());
        }
    });
    let on_input = move |event| {
        let typed = event_target_value(&event);
        query.set(typed.clone());
        chosen.set(0);
        set_timeout(move || ask(typed, query, found), PAUSE);
    };
    let on_key = move |event: KeyboardEvent| {
        let last = entries.read_untracked().len().saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|at| *at = if *at >= last { 0 } else { *at + 1 }),
            "ArrowUp" => chosen.update(|at| *at = if *at == 0 { last } else { *at - 1 }),
            "Enter" => go.run(chosen.get_untracked()),
            _ => return,
        }
        event.prevent_default();
        scroll_to(chosen.get_untracked());
    };
    // It opens empty: what was looked for last time is rarely what is looked for now.
    let on_close = move |_| {
        open.set(false);
        query.set(String::new());
        found.set(Vec::new());
        chosen.set(0);
    };
    view! {
        <dialog node_ref=element class="dialog palette" aria-label="Search and go to" on:close=on_close>
            <div class="palette__box">
                <Icon glyph=Glyph::Search/>
                <input
                    class="palette__input"
                    type="text"
                    role="combobox"
                    aria-label="Search pages, services and actions"
                    aria-expanded="true"
                    aria-controls="palette-list"
                    aria-autocomplete="list"
                    aria-activedescendant=move || (!entries.read().is_empty()).then(|| item_id(chosen.get()))
                    placeholder="Search pages, services and actions"
                    autocomplete="off"
                    spellcheck="false"
                    autofocus
                    prop:value=query
                    on:input=on_input
                    on:keydown=on_key
                />
            </div>
            <ul class="palette__list" id="palette-list" role="listbox" aria-label="Found">
                {move || entries.get().into_iter().enumerate().map(|(index, entry)| item(index, entry, chosen, go)).collect_view()}
            </ul>
            <Show when=move || entries.read().is_empty()>
                <p class="palette__none" role="status">"Nothing has that name."</p>
            </Show>
            <div class="palette__foot" aria-hidden="true">
                <span><kbd>"↑"</kbd>" "<kbd>"↓"</kbd>" choose"</span>
                <span><kbd>"Enter"</kbd>" open"</span>
                <span><kbd>"Esc"</kbd>" close"</span>
            </div>
        </dialog>
    }
}

fn ask(typed: String, query: RwSignal<String>, found: RwSignal<Vec<PaletteEntry>>) {
    // Somebody typed on meanwhile: the later question will be asked.
    if query.try_get_untracked().as_deref() != Some(typed.as_str()) {
        return;
    }
    leptos::task::spawn_local(async move {
        let answer = things(typed.clone()).await;
        if query.try_get_untracked() == Some(typed) {
            found.set(answer);
        }
    });
}

/// Things that match. Where nothing can be asked, the fixed pages are what there is.
async fn things(typed: String) -> Vec<PaletteEntry> {
    let hits: Vec<SearchHit> = find(typed).await.and_then(|hits| read(&hits.into_text())).unwrap_or_default();
    let entry = |hit: SearchHit| PaletteEntry {
        glyph: glyph_of(&hit.group),
        label: hit.title,
        hint: hit.subtitle,
        href: hit.href,
    };
    hits.into_iter().map(entry).collect()
}

/// The fixed pages whose name holds what was typed.
fn pages(typed: &str) -> Vec<PaletteEntry> {
    let typed = typed.trim().to_lowercase();
    PLACES
        .iter()
        .filter(|place| place.label.to_lowercase().contains(&typed))
        .map(|place| PaletteEntry {
            label: place.label.to_owned(),
            hint: "Page".to_owned(),
            href: place.href.to_owned(),
            glyph: place.glyph,
        })
        .collect()
}

fn item_id(index: usize) -> String {
    String::from("palette-item-") + &index.to_string()
}

fn item(index: usize, entry: PaletteEntry, chosen: RwSignal<usize>, go: Callback<usize>) -> impl IntoView {
    view! {
        <li
            class="palette__item"
            id=item_id(index)
            role="option"
            aria-selected=move || if chosen.get() == index { "true" } else { "false" }
            on:click=move |_| go.run(index)
        >
            <Icon glyph=entry.glyph/>
            <span class="truncate">{entry.label}</span>
            <span class="palette__hint">{entry.hint}</span>
        </li>
    }
}

fn scroll_to(index: usize) {
    if let Some(item) = document().get_element_by_id(&item_id(index)) {
        item.scroll_into_view_with_bool(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_found_by_part_of_their_name() {
        let found = |typed| pages(typed).into_iter().map(|entry| entry.label).collect::<Vec<_>>();
        assert_eq!(found(" DEP "), ["Deployments"]);
        assert_eq!(found("").len(), PLACES.len());
        assert_eq!(found("payments"), [""; 0]);
    }
}
