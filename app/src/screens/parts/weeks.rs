use leptos::prelude::*;
use slipway_api_types::insights::{DoraPanel, Metric, Week};

use super::dora::{anchor, week_label};
use crate::components::{Chart, ChartKind, Series};

/// The weeks behind the tiles, a chart each, with what to know of it.
pub fn weeks_view(panel: &DoraPanel) -> AnyView {
    let weeks = &panel.weeks;
    let of = |name: &str, value: fn(&Week) -> Option<f64>| Series {
        name: name.to_owned(),
        values: weeks.iter().map(value).collect(),
    };
    let labels: Vec<String> = weeks.iter().map(week_label).collect();
    let chart =
        |metric: Option<Metric>, question: &'static str, unit: &'static str, kind: ChartKind, series: Vec<Series>| {
            let labels = labels.clone();
            let tile = metric.and_then(|metric| panel.tiles.iter().find(|tile| tile.metric == metric));
            let note = tile.map(|tile| tile.note.clone()).filter(|note| !note.is_empty());
            let note = note.map(|note| view! { <p class="chart-card__note">{note}</p> });
            view! {
                <div class="card chart-card" id=metric.map(anchor) tabindex="-1">
                    <div class="card__body"><Chart question unit labels series kind/>{note}</div>
                </div>
            }
        };
    view! {
        <section class="stack">
            <h2>"Week by week"</h2>
            <div class="grid grid--charts">
                {chart(Some(Metric::DeploymentFrequency), "How often do changes reach production?", "deployments a week", ChartKind::Bars,
                    vec![of("", |week| Some(f64::from(week.deployments)))])}
                {chart(Some(Metric::LeadTime), "How long does a change take to reach production?", "hours, median of the week", ChartKind::Line,
                    vec![of("", |week| week.lead_hours)])}
                {chart(Some(Metric::ChangeFailRate), "How many deployments failed?", "deployments a week", ChartKind::Bars,
                    vec![of("Could fail", |week| Some(f64::from(week.attempts))), of("Failed", |week| Some(f64::from(week.failed))),
                    of("Taken back before users saw it", |week| Some(f64::from(week.stopped)))])}
                {chart(Some(Metric::RecoveryTime), "How long until production was well again?", "hours, median of the week", ChartKind::Line,
                    vec![of("", |week| week.recovery_hours)])}
                {chart(Some(Metric::ReworkRate), "How much of it was unplanned?", "unplanned deployments a week", ChartKind::Bars,
                    vec![of("", |week| Some(f64::from(week.rework)))])}
                {chart(None, "How much was delivered?", "changes a week", ChartKind::Bars,
                    vec![of("", |week| Some(f64::from(week.changes)))])}
            </div>
        </section>
    }
    .into_any()
}
