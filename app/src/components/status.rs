use leptos::prelude::*;

use super::{
    icon::{Glyph, Icon},
    relative_time::RelativeTime,
};

/// Where a thing stands. Unknown is a state of its own and never looks like healthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusKind {
    Healthy,
    Degraded,
    Failing,
    Unknown,
    Pending,
    RollingOut,
    Verifying,
    Succeeded,
    Failed,
    RollingBack,
    RolledBack,
    Superseded,
    Cancelled,
    Queued,
    Running,
    Undoing,
    Undone,
}

impl StatusKind {
    /// The word a person reads.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Healthy => "Healthy",
            Self::Degraded => "Degraded",
            Self::Failing => "Failing",
            Self::Unknown => "Unknown",
            Self::Pending => "Pending",
            Self::RollingOut => "Rolling out",
            Self::Verifying => "Verifying",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::RolledBack => "Rolled back",
            Self::RollingBack => "Rolling back",
            Self::Superseded => "Superseded",
            Self::Cancelled => "Cancelled",
            Self::Queued => "Queued",
            Self::Running => "Running",
            Self::Undoing => "Undoing",
            Self::Undone => "Undone",
        }
    }

    const fn glyph(self) -> Glyph {
        match self {
            Self::Healthy | Self::Succeeded => Glyph::CheckCircle,
            Self::Degraded => Glyph::Alert,
            Self::Failing | Self::Failed => Glyph::CrossCircle,
            Self::Unknown => Glyph::Question,
            Self::Pending | Self::Queued => Glyph::Clock,
            Self::RollingOut | Self::Running => Glyph::Turning,
            Self::Verifying => Glyph::Pulse,
            Self::RolledBack | Self::RollingBack | Self::Undoing | Self::Undone => Glyph::Undo,
            Self::Cancelled => Glyph::Ban,
            Self::Superseded => Glyph::ArrowRight,
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Healthy | Self::Succeeded => "status status--success",
            Self::Degraded | Self::RolledBack => "status status--warning",
            Self::Failing | Self::Failed => "status status--danger",
            Self::RollingOut | Self::Verifying | Self::RollingBack | Self::Running | Self::Undoing => {
                "status status--info"
            }
            Self::Unknown => "status status--unknown",
            Self::Pending | Self::Cancelled | Self::Superseded | Self::Queued | Self::Undone => {
                "status status--neutral"
            }
        }
    }
}

/// Icon, word and age, with what it rests on behind it: "Healthy · 12 s ago". The evidence opens by click before any
/// script has arrived; Escape closes it (`frame::Shortcuts`).
#[component]
pub fn Status(
    kind: StatusKind,
    /// When this was last seen to be so, epoch milliseconds.
    #[prop(optional_no_strip)]
    seen_at: Option<i64>,
    /// What the state rests on, one sentence each. None: nothing to open.
    #[prop(optional, into)]
    evidence: Vec<String>,
) -> impl IntoView {
    let line = move || {
        view! {
            <Icon glyph=kind.glyph() class="status__icon" turning=matches!(kind, StatusKind::RollingOut | StatusKind::Running)/>
            <span class="status__word">{kind.word()}</span>
            {seen_at.map(|at| view! { <span class="status__age"><RelativeTime at/></span> })}
        }
    };
    if evidence.is_empty() {
        return view! { <span class=kind.class()><span class="status__line">{line()}</span></span> }.into_any();
    }
    view! {
        <details class=kind.class()>
            <summary class="status__line">{line()}</summary>
            <ul class="status__evidence">
                {evidence.into_iter().map(|fact| view! { <li>{fact}</li> }).collect_view()}
            </ul>
        </details>
    }
    .into_any()
}
