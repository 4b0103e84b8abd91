use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use slipway_api_types::{
    AppError,
    create::{Preview, PreviewFile},
    wire,
};
use std::time::Duration;

use super::answers::Answers;
use crate::{
    api::read_preview,
    components::{Coloured, Glyph, Icon, Notice, Tone},
};

/// How long one pauses while typing before the preview follows.
const PAUSE: Duration = Duration::from_millis(150);

/// Which page of which draft is looked at.
#[derive(Clone)]
pub(super) struct Asking {
    pub namespace: String,
    pub name: String,
    pub draft: String,
    pub page: usize,
}

/// What a run would make with what stands in the form: its plan, its files, and the chosen one. Follows what is typed; needs the
/// script, without which the review shows the same.
pub(super) fn view(asking: Asking, answers: Answers) -> AnyView {
    let seen = RwSignal::new(None::<Preview>);
    let trouble = RwSignal::new(None::<AppError>);
    let file = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    // Only the answer to the last question counts.
    let asked = StoredValue::new(0_u64);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let asking = StoredValue::new(asking);
    Effect::new(move || {
        let (texts, file) = (answers.texts(), file.get());
        asked.update_value(|asked| *asked += 1);
        let number = asked.get_value();
        busy.set(true);
        // Read now: the page may be gone when the pause is over.
        let Asking { namespace, name, draft, page } = asking.get_value();
        let ask = move || {
            spawn_local(async move {
                let answer = read_preview(namespace, name, draft, page, texts, file).await;
                let answer = answer.and_then(|text| wire::read(&text.into_text()));
                if asked.try_get_value() != Some(number) {
                    return;
                }
                busy.set(false);
                match answer {
                    Ok(page) => {
                        seen.set(Some(page));
                        trouble.set(None);
                    }
                    Err(error) => trouble.set(Some(error)),
                }
            });
        };
        if let Some(before) = waiting.get_value() {
            before.clear();
        }
        // The first look needs no pause.
        let pause = if number == 1 { Duration::ZERO } else { PAUSE };
        waiting.set_value(set_timeout_with_handle(ask, pause).ok());
    });
    on_cleanup(move || {
        if let Some(Some(waiting)) = waiting.try_get_value() {
            waiting.clear();
        }
    });
    let why = move || {
        let said = trouble.get().map(|error| error.message);
        let said = said.or_else(|| seen.with(|seen| seen.as_ref()?.trouble.clone()));
        said.map(|why| view! { <Notice tone=Tone::Warning title="It cannot be rendered yet"><p>{why}</p></Notice> })
    };
    let steps = Memo::new(move |_| seen.with(|seen| seen.as_ref().map(|seen| seen.steps.clone()).unwrap_or_default()));
    let files = Memo::new(move |_| seen.with(|seen| seen.as_ref().map(|seen| seen.files.clone()).unwrap_or_default()));
    let open = Memo::new(move |_| seen.with(|seen| seen.as_ref().and_then(|seen| seen.open.clone())));
    let shown = Memo::new(move |_| open.with(|open| open.as_ref().map(|open| open.path.clone()).unwrap_or_default()));
    view! {
        <aside class="preview needs-script" aria-label="Preview" aria-busy=move || busy.get().to_string()>
            <h2 class="preview__title">"Preview"</h2>
            <p class="wizard__words">"What a run would make with what stands in the form. Nothing is made yet."</p>
            {why}
            {move || super::review::plan(steps.get())}
            <nav class="preview__files" aria-label="Files">
                {move || tree(&files.get(), shown, file)}
            </nav>
            {move || open.get().map(content)}
        </aside>
    }
    .into_any()
}

/// Files below their folders; pressing one shows it.
fn tree(files: &[(String, u64)], shown: Memo<String>, chosen: RwSignal<String>) -> AnyView {
    let mut rows = Vec::new();
    let mut folders: Vec<&str> = Vec::new();
    for (path, _) in files {
        let mut parts: Vec<&str> = path.split('/').collect();
        let name = parts.pop().unwrap_or_default().to_owned();
        let same = folders.iter().zip(&parts).take_while(|(before, now)| before == now).count();
        for (depth, folder) in parts.iter().enumerate().skip(same) {
            let style = indent(depth);
            rows.push(
                view! { <li class="preview__folder" style=style><Icon glyph=Glyph::Folder/>{(*folder).to_owned()}</li> }.into_any(),
            );
        }
        let (style, path, of) = (indent(parts.len()), path.clone(), path.clone());
        let current = move || (shown.get() == of).then_some("true");
        rows.push(
            view! {
                <li style=style>
                    <button type="button" class="preview__file mono" aria-current=current on:click=move |_| chosen.set(path.clone())>
                        <Icon glyph=Glyph::File/>
                        {name}
                    </button>
                </li>
            }
            .into_any(),
        );
        folders = parts;
    }
    view! { <ul>{rows}</ul> }.into_any()
}

fn indent(depth: usize) -> String {
    ["--depth:", &depth.to_string()].concat()
}

fn content(file: PreviewFile) -> AnyView {
    match file.spans {
        Some(spans) => view! { <Coloured spans name=file.path/> }.into_any(),
        None => {
            let words =
                [&file.path, ": ", &file.size.to_string(), " B. It is large or no text, so it is not shown."].concat();
            view! { <p class="muted">{words}</p> }.into_any()
        }
    }
}
