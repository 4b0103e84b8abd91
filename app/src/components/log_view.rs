use leptos::{html, prelude::*};

use super::{
    ansi,
    button::IconButton,
    copy::CopyButton,
    icon::{Glyph, Icon},
    time,
};

/// How loud a line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    #[default]
    Plain,
    Warning,
    Error,
}

/// A line of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogLine {
    /// Its place in the whole log; unique and rising.
    pub number: u64,
    /// Epoch milliseconds.
    pub at: Option<i64>,
    pub level: LogLevel,
    /// As it came, colours of a terminal included.
    pub text: String,
}

/// A log: rendered by the server, followed as it grows until one scrolls up. At most `cap` lines stand in the page.
#[component]
pub fn LogView(
    #[prop(into)] title: String,
    #[prop(into)] lines: Signal<Vec<LogLine>>,
    /// More lines may come: scroll to the newest.
    #[prop(optional)]
    live: bool,
    #[prop(default = 2_000)] cap: usize,
    /// Address of the whole log as a file.
    #[prop(optional_no_strip)]
    download: Option<String>,
) -> impl IntoView {
    let wrap = RwSignal::new(false);
    let follow = RwSignal::new(live);
    let pane = NodeRef::<html::Div>::new();
    Effect::new(move || {
        lines.track();
        if follow.get()
            && let Some(pane) = pane.get()
        {
            pane.set_scroll_top(pane.scroll_height());
        }
    });
    let on_scroll = move |_| {
        if let Some(pane) = pane.get_untracked() {
            let below = pane.scroll_height() - pane.scroll_top() - pane.client_height();
            let at_end = below < 24;
            if live && follow.get_untracked() != at_end {
                follow.set(at_end);
            }
        }
    };
    let earlier = Memo::new(move |_| lines.read().len().saturating_sub(cap));
    let shown = move || lines.with(|lines| lines[lines.len().saturating_sub(cap)..].to_vec());
    let whole = Signal::derive(move || lines.with(|lines| lines.iter().map(plain).collect::<Vec<_>>().join("\n")));
    let region = title.clone();
    view! {
        <section class="log-view" data-wrap=move || wrap.get().then_some("")>
            <div class="log-view__bar">
                <span class="log-view__title">{title}</span>
                <span>{move || lines.read().len().to_string() + " lines"}</span>
                <div class="log-view__tools">
                    {live.then(|| view! {
                        <button
                            type="button"
                            class="button button--ghost button--small needs-script"
                            aria-pressed=move || if follow.get() { "true" } else { "false" }
                            on:click=move |_| follow.set(true)
                        >
                            <Icon glyph=Glyph::ArrowDown/>
                            {move || if follow.get() { "Following" } else { "Follow" }}
                        </button>
                    })}
                    <span class="needs-script">
                        <IconButton
                            glyph=Glyph::Wrap
                            label="Wrap lines"
                            small=true
                            attr:aria-pressed=move || if wrap.get() { "true" } else { "false" }
                            on:click=move |_| wrap.update(|wrap| *wrap = !*wrap)
                        />
                    </span>
                    <CopyButton text=whole label="Copy log"/>
                    {download.map(|href| view! {
                        <a class="button button--ghost button--icon-only button--small" href=href download rel="external" aria-label="Download log" title="Download log">
                            <Icon glyph=Glyph::Download/>
                        </a>
                    })}
                </div>
            </div>
            <div class="log-view__lines" node_ref=pane tabindex="0" role="log" aria-live="off" aria-label=region on:scroll=on_scroll>
                <Show when=move || earlier.get() != 0>
                    <p class="log-view__earlier">{move || earlier.get().to_string() + " earlier lines are in the download."}</p>
                </Show>
                <For each=shown key=|line| line.number children=line_view/>
            </div>
        </section>
    }
}

fn plain(line: &LogLine) -> String {
    ansi::runs(&line.text).into_iter().map(|run| run.text).collect()
}

fn line_view(line: LogLine) -> impl IntoView {
    let class = match line.level {
        LogLevel::Plain => "log-view__line",
        LogLevel::Warning => "log-view__line log-view__line--warning",
        LogLevel::Error => "log-view__line log-view__line--danger",
    };
    let runs = ansi::runs(&line.text)
        .into_iter()
        .map(|run| {
            if run.class.is_empty() {
                run.text.into_any()
            } else {
                view! { <span class=run.class>{run.text}</span> }.into_any()
            }
        })
        .collect_view();
    view! {
        <div class=class>
            {line.at.map(|at| view! { <span class="log-view__time" title=time::absolute(at)>{time::clock(at)}</span> })}
            <span class="log-view__text">{runs}</span>
        </div>
    }
}
