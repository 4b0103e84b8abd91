//! Writes the design system's page as one HTML file, its style inside, to look at without a server:
//! `cargo run -p slipway-app --features ssr --example gallery -- gallery.html [light|dark|system]`

use std::{env, fs, io, path::Path, process::ExitCode};

use leptos::prelude::*;
use leptos_router::location::RequestUrl;
use slipway_app::{
    App, Theme,
    frame::{PageFacts, Viewer},
};

/// 21 Nov 2026, 12:00 UTC: a fixed present, so that two runs write the same file.
const NOW: i64 = 1_795_262_400_000;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let Some(target) = arguments.next() else {
        eprintln!("usage: gallery <file.html> [light|dark|system]");
        return ExitCode::FAILURE;
    };
    let theme = Theme::from_value(&arguments.next().unwrap_or_default());
    let written = bundle(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../style/main.css"))
        .and_then(|style| fs::write(&target, page(theme, &style)));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{target} could not be written: {error}");
            ExitCode::FAILURE
        }
    }
}

fn page(theme: Theme, style: &str) -> String {
    let owner = Owner::new();
    let body = owner.with(|| {
        provide_context(RequestUrl::new("/design"));
        provide_context(PageFacts {
            viewer: Some(Viewer {
                display_name: "Grace Hopper".into(),
                initials: "GH".into(),
                roles: vec!["Team lead of payments".into()],
            }),
            theme,
            now: NOW,
            ..PageFacts::default()
        });
        view! { <App/> }.to_html()
    });
    let theme = theme.attribute().map_or_else(String::new, |theme| format!(" data-theme=\"{theme}\""));
    format!(
        "<!DOCTYPE html><html lang=\"en\" data-ready{theme}><head><meta charset=\"utf-8\"><title>Design · Slipway</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style>{style}</style></head><body>{body}</body></html>"
    )
}

/// The sheet with its imports in their places.
fn bundle(sheet: &Path) -> io::Result<String> {
    let folder = sheet.parent().unwrap_or(Path::new("."));
    let mut whole = String::new();
    for line in fs::read_to_string(sheet)?.lines() {
        match line.strip_prefix("@import \"").and_then(|line| line.strip_suffix("\";")) {
            Some(part) => whole.push_str(&fs::read_to_string(folder.join(part))?),
            None => whole.push_str(line),
        }
        whole.push('\n');
    }
    Ok(whole)
}
