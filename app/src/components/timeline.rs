use leptos::prelude::*;

use super::{
    button::ButtonLink,
    icon::{Glyph, Icon},
    time,
    tone::Tone,
};

/// Who spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    Portal,
    Runtime,
    Probe,
    Commits,
}

impl Lane {
    const ALL: [Self; 4] = [Self::Portal, Self::Runtime, Self::Probe, Self::Commits];

    const fn name(self) -> &'static str {
        match self {
            Self::Portal => "Portal",
            Self::Runtime => "Runtime",
            Self::Probe => "Probe",
            Self::Commits => "Commits",
        }
    }

    const fn glyph(self) -> Glyph {
        match self {
            Self::Portal => Glyph::Person,
            Self::Runtime => Glyph::Server,
            Self::Probe => Glyph::Pulse,
            Self::Commits => Glyph::Commit,
        }
    }

    const fn place(self) -> &'static str {
        match self {
            Self::Portal => "--at: 0",
            Self::Runtime => "--at: 1",
            Self::Probe => "--at: 2",
            Self::Commits => "--at: 3",
        }
    }
}

/// Something that was said or seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEntry {
    /// Epoch milliseconds.
    pub at: i64,
    pub lane: Lane,
    pub tone: Tone,
    pub title: String,
    pub detail: Option<String>,
    pub href: Option<String>,
}

/// Why it went wrong, in a sentence, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub sentence: String,
    pub mend: String,
    /// Words and address of the mend, when the portal can do it.
    pub action: Option<(String, String)>,
}

/// What was done and seen, oldest first, in one column of time; silence longer than `gap_ms` is shown as silence.
#[component]
pub fn Timeline(
    /// Oldest first.
    entries: Vec<TimelineEntry>,
    #[prop(optional_no_strip)] cause: Option<Cause>,
    #[prop(default = 120_000)] gap_ms: i64,
) -> impl IntoView {
    let legend =
        Lane::ALL.into_iter().map(|lane| view! { <li><Icon glyph=lane.glyph()/>{lane.name()}</li> }).collect_view();
    let start = entries.first().map_or(0, |entry| entry.at);
    let mut before = start;
    let items = entries
        .into_iter()
        .map(|entry| {
            let silence = entry.at - before;
            before = entry.at;
            view! { {(silence > gap_ms).then(|| gap(silence))}{entry_view(entry, start)} }
        })
        .collect_view();
    view! {
        <div class="timeline">
            {cause.map(cause_view)}
            <ul class="timeline__legend" aria-hidden="true">{legend}</ul>
            <ol>{items}</ol>
        </div>
    }
}

fn cause_view(cause: Cause) -> impl IntoView {
    view! {
        <div class="notice notice--danger timeline__cause">
            <Icon glyph=Glyph::Alert/>
            <div class="notice__body"><p class="notice__title">{cause.sentence}</p>{cause.mend}</div>
            {cause.action.map(|(words, href)| view! { <div class="notice__actions"><ButtonLink href>{words}</ButtonLink></div> })}
        </div>
    }
}

fn gap(silence: i64) -> impl IntoView {
    let words = time::span(silence) + " without news";
    view! {
        <li class="timeline__entry timeline__gap">
            <span class="timeline__time"></span>
            <span class="timeline__lanes"></span>
            <span class="timeline__text">{words}</span>
        </li>
    }
}

fn entry_view(entry: TimelineEntry, start: i64) -> impl IntoView {
    let class = match entry.tone {
        Tone::Neutral | Tone::Unknown => "timeline__entry",
        Tone::Success => "timeline__entry timeline__entry--success",
        Tone::Warning => "timeline__entry timeline__entry--warning",
        Tone::Danger => "timeline__entry timeline__entry--danger",
        Tone::Info => "timeline__entry timeline__entry--info",
        Tone::Accent => "timeline__entry timeline__entry--accent",
    };
    let lane = entry.lane;
    let since = if entry.at > start {
        [lane.name(), " · +", &time::span(entry.at - start)].concat()
    } else {
        lane.name().to_owned()
    };
    let title = match entry.href {
        Some(href) => view! { <a href=href>{entry.title}</a> }.into_any(),
        None => entry.title.into_any(),
    };
    view! {
        <li class=class>
            <time class="timeline__time" datetime=time::rfc3339(entry.at) title=time::absolute(entry.at)>{time::clock(entry.at)}</time>
            <span class="timeline__lanes">
                <span class="timeline__dot" style=lane.place() aria-hidden="true"><Icon glyph=lane.glyph()/></span>
            </span>
            <div class="timeline__text">
                <p class="timeline__title">{title}<span class="timeline__lane-name">{since}</span></p>
                {entry.detail.map(|detail| view! { <p class="timeline__detail">{detail}</p> })}
            </div>
        </li>
    }
}
