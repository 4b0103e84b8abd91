use leptos::prelude::*;
use slipway_api_types::upgrades::{DiffLine, FileChange, FileDiff, LineKind};

use crate::components::{Badge, EmptyState, Glyph, Tone};

/// Files that are open at first, and lines of a file that is.
const OPEN_FILES: usize = 20;
const OPEN_LINES: usize = 400;

/// What differs, a file after the other; those with conflicts are always open.
pub(super) fn view(files: Vec<FileDiff>) -> AnyView {
    if files.is_empty() {
        return view! { <EmptyState text="No file changes but the one that says which version this is."/> }.into_any();
    }
    let files = files.into_iter().enumerate().map(|(place, diff)| file(place, diff)).collect_view();
    view! { <div class="diff">{files}</div> }.into_any()
}

fn file(place: usize, file: FileDiff) -> AnyView {
    let open = file.conflict || (place < OPEN_FILES && file.lines.len() <= OPEN_LINES);
    let change = match file.change {
        FileChange::Added => Some("New"),
        FileChange::Deleted => Some("Deleted"),
        FileChange::Changed => None,
    };
    let change = change.map(|word| view! { <Badge outline=true>{word}</Badge> });
    let conflict = file.conflict.then(|| view! { <Badge tone=Tone::Danger glyph=Glyph::Alert>"Conflict"</Badge> });
    let (added, removed) = (["+", &file.added.to_string()].concat(), ["−", &file.removed.to_string()].concat());
    let note = file.note.map(|note| view! { <p class="diff__note muted">{note}</p> });
    let label = ["Changes of ", &file.path].concat();
    let lines = (!file.lines.is_empty()).then(|| {
        view! { <pre class="diff__lines" tabindex="0" role="region" aria-label=label><code>{parts(file.lines)}</code></pre> }
    });
    view! {
        <details class="diff__file" open=open>
            <summary>
                <span class="diff__path mono">{file.path}</span>
                {change}{conflict}
                <span class="diff__count"><span class="diff__came">{added}</span>" "<span class="diff__went">{removed}</span></span>
            </summary>
            {note}
            {lines}
        </details>
    }
    .into_any()
}

/// Lines of one kind stand in one element: a page may have thousands. The sign is text, so that colour is not all that tells.
fn parts(lines: Vec<DiffLine>) -> AnyView {
    let mut parts: Vec<(LineKind, String)> = Vec::new();
    for line in lines {
        let sign = match line.kind {
            LineKind::Same => "  ",
            LineKind::Added => "+ ",
            LineKind::Removed => "- ",
            LineKind::Conflict => "! ",
            LineKind::Gap => "⋯",
        };
        if parts.last().is_none_or(|(kind, _)| *kind != line.kind) {
            parts.push((line.kind, String::new()));
        }
        if let Some((_, text)) = parts.last_mut() {
            text.push_str(sign);
            text.push_str(&line.text);
            text.push('\n');
        }
    }
    let part = |(kind, text): (LineKind, String)| {
        let class = match kind {
            LineKind::Same => "diff__part",
            LineKind::Added => "diff__part diff__part--added",
            LineKind::Removed => "diff__part diff__part--removed",
            LineKind::Conflict => "diff__part diff__part--conflict",
            LineKind::Gap => "diff__part diff__part--gap",
        };
        view! { <span class=class>{text}</span> }
    };
    parts.into_iter().map(part).collect_view().into_any()
}
