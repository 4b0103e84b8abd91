use leptos::prelude::*;
use slipway_api_types::insights::{DoraPanel, Metric, NoteView, Week};

use super::dora::{anchor, week_label};
use crate::components::{Chart, ChartKind, Limits, Mark, Series};

/// The weeks behind the tiles, a chart each, with what to know of it. `beside` stands beside the heading.
pub fn weeks_view(panel: &DoraPanel, notes: &[NoteView], beside: Option<AnyView>) -> AnyView {
    let weeks = &panel.weeks;
    let of = |name: &str, value: fn(&Week) -> Option<f64>| Series {
        name: name.to_owned(),
        values: weeks.iter().map(value).collect(),
    };
    let labels: Vec<String> = weeks.iter().map(week_label).collect();
    let marks: Vec<Mark> = notes.iter().filter_map(|note| mark(note, weeks)).collect();
    let chart =
        |metric: Option<Metric>, question: &'static str, unit: &'static str, kind: ChartKind, series: Vec<Series>| {
            let (labels, marks) = (labels.clone(), marks.clone());
            let tile = metric.and_then(|metric| panel.tiles.iter().find(|tile| tile.metric == metric));
            let limits = tile.map(|tile| tile.limits.iter().map(|l| l.map(limits_of)).collect()).unwrap_or_default();
            let words = tile.map(|tile| [tile.trend.words.as_str(), tile.note.as_str()]);
            let words =
                words.map(|words| words.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; "));
            let note =
                words.filter(|note| !note.is_empty()).map(|note| view! { <p class="chart-card__note">{note}</p> });
            view! {
                <div class="card chart-card" id=metric.map(anchor) tabindex="-1">
                    <div class="card__body"><Chart question unit labels series kind limits marks/>{note}</div>
                </div>
            }
        };
    view! {
        <section class="stack">
            <h2 id="weeks">"Week by week"{beside}</h2>
            <div class="grid grid--charts">
                {chart(Some(Metric::DeploymentFrequency), "How often do changes reach production?", "deployments a week", ChartKind::Bars,
                    vec![of("", |week| Some(f64::from(week.deployments)))])}
                {chart(Some(Metric::LeadTime), "How long does a change take to reach production?", "hours, median of the week", ChartKind::Line,
                    vec![of("", |week| week.lead_hours)])}
                {chart(Some(Metric::ChangeFailRate), "How large a part of the deployments failed?", "per cent of the week's deployments", ChartKind::Line,
                    vec![of("", |week| percent(week.failed, week.attempts))])}
                {chart(Some(Metric::RecoveryTime), "How long until production was well again?", "hours, median of the week", ChartKind::Line,
                    vec![of("", |week| week.recovery_hours)])}
                {chart(Some(Metric::ReworkRate), "How much of it was unplanned?", "per cent of the week's deployments", ChartKind::Line,
                    vec![of("", |week| percent(week.rework, week.active))])}
                {chart(None, "How many deployments failed?", "deployments a week", ChartKind::Bars,
                    vec![of("Could fail", |week| Some(f64::from(week.attempts))), of("Failed", |week| Some(f64::from(week.failed))),
                    of("Taken back before users saw it", |week| Some(f64::from(week.stopped)))])}
                {chart(None, "How much was delivered?", "changes a week", ChartKind::Bars,
                    vec![of("", |week| Some(f64::from(week.changes)))])}
            </div>
        </section>
    }
    .into_any()
}

/// Where a note stands: on the week of its day. Days are written so that they sort.
fn mark(note: &NoteView, weeks: &[Week]) -> Option<Mark> {
    let column = weeks.iter().rposition(|week| week.start <= note.day)?;
    let words = [&note.day, ": ", note.kind.title(), ", ", &note.text].concat();
    Some(Mark { column, words })
}

fn limits_of([lower, upper]: [f64; 2]) -> Limits {
    Limits { lower, upper }
}

/// A share in per cent; a week without deployments has none.
fn percent(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole) * 100.0)
}
