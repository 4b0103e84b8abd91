use leptos::prelude::*;

use super::Part;
use crate::components::{Card, Cause, Lane, LogLevel, LogLine, LogView, Progress, Timeline, TimelineEntry, Tone};

#[component]
pub fn History(now: i64) -> impl IntoView {
    let cause = Cause {
        sentence: "v43 never became ready: GET /healthz answered 503 for 90 s.".to_owned(),
        mend: "The log says DATABASE_URL is not set. Add the secret reference, then deploy again.".to_owned(),
        action: Some(("Edit secrets".to_owned(), "/design".to_owned())),
    };
    view! {
        <Part title="What happened" words="One column of time, four lanes for who spoke. Silence is shown as silence. The cause of a failure stands on top, in a sentence, with its mend.">
            <Card title="Deployment 128" sub="payments-api v43 to staging">
                <Timeline entries=entries(now - 9 * 60_000) cause=Some(cause)/>
            </Card>
            <Progress label="Rendering files" done=23 total=37/>
            <Progress label="Waiting for the runtime" done=0/>
            <LogView title="payments-api, staging" lines=log(now - 5 * 60_000) live=true download=Some("/design".to_owned())/>
        </Part>
    }
}

fn entries(start: i64) -> Vec<TimelineEntry> {
    let entry = |after: i64, lane: Lane, tone: Tone, title: &str, detail: Option<&str>| TimelineEntry {
        at: start + after * 1_000,
        lane,
        tone,
        title: title.to_owned(),
        detail: detail.map(str::to_owned),
        href: None,
    };
    vec![
        entry(
            0,
            Lane::Commits,
            Tone::Neutral,
            "Retry declined cards once",
            Some("a41c9e2 by Ada Lovelace, merged as #412"),
        ),
        entry(96, Lane::Portal, Tone::Accent, "Deployment asked for", Some("Grace Hopper, planned, rolling")),
        entry(97, Lane::Portal, Tone::Neutral, "Approval not needed for staging", None),
        entry(
            103,
            Lane::Runtime,
            Tone::Info,
            "Task definition payments-api:43 registered",
            Some("sha256:9f2c41be7d05, 512 CPU, 1 GiB"),
        ),
        entry(118, Lane::Runtime, Tone::Info, "2 tasks started", None),
        entry(139, Lane::Probe, Tone::Warning, "GET /healthz answered 503", Some("3 times in 20 s")),
        entry(
            392,
            Lane::Runtime,
            Tone::Danger,
            "Deployment circuit breaker opened",
            Some("tasks failed to start twice"),
        ),
        entry(398, Lane::Portal, Tone::Warning, "Rolled back to v42", Some("by itself, as the environment asks")),
        entry(431, Lane::Probe, Tone::Success, "GET /healthz answered 200", Some("14 ms, all 2 tasks")),
    ]
}

fn log(start: i64) -> Vec<LogLine> {
    let lines: [(i64, LogLevel, &str); 9] = [
        (
            0,
            LogLevel::Plain,
            "\u{1b}[2mpayments-api\u{1b}[0m \u{1b}[32mINFO\u{1b}[0m starting version=43 revision=a41c9e2",
        ),
        (12, LogLevel::Plain, "\u{1b}[2mpayments-api\u{1b}[0m \u{1b}[32mINFO\u{1b}[0m listening address=0.0.0.0:8080"),
        (40, LogLevel::Plain, "\u{1b}[2mpayments-api\u{1b}[0m \u{1b}[36mDEBUG\u{1b}[0m pool size=16 idle=4"),
        (1_210, LogLevel::Warning, "payments-api \u{1b}[33mWARN\u{1b}[0m readiness: database not configured"),
        (
            1_260,
            LogLevel::Error,
            "payments-api \u{1b}[1;31mERROR\u{1b}[0m DATABASE_URL is not set; expected a reference to a secret",
        ),
        (6_260, LogLevel::Plain, "payments-api \u{1b}[32mINFO\u{1b}[0m GET /healthz status=503 duration=1.2ms"),
        (
            11_260,
            LogLevel::Plain,
            "payments-api \u{1b}[32mINFO\u{1b}[0m GET /healthz status=503 duration=0.9ms request=0192f5c1-7d0e-7b5a-9f0b-3d0f6a6a1d11 peer=10.0.14.201 user_agent=ELB-HealthChecker/2.0",
        ),
        (16_260, LogLevel::Plain, "payments-api \u{1b}[32mINFO\u{1b}[0m GET /healthz status=503 duration=0.9ms"),
        (16_900, LogLevel::Plain, "payments-api \u{1b}[32mINFO\u{1b}[0m SIGTERM: finishing 0 requests"),
    ];
    lines
        .into_iter()
        .zip(1..)
        .map(|((after, level, text), number)| LogLine { number, at: Some(start + after), level, text: text.to_owned() })
        .collect()
}
