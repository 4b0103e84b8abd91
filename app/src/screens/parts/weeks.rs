use leptos::prelude::*;
use slipway_api_types::insights::Week;

use super::week_label;
use crate::components::{Chart, ChartKind, Series};

/// The weeks behind the tiles, a chart each.
pub fn weeks_view(weeks: &[Week]) -> AnyView {
    let of = |name: &str, value: fn(&Week) -> Option<f64>| Series {
        name: name.to_owned(),
        values: weeks.iter().map(value).collect(),
    };
    let labels: Vec<String> = weeks.iter().map(week_label).collect();
    let chart = |id: &'static str, question: &'static str, unit: &'static str, kind: ChartKind, series: Vec<Series>| {
        let labels = labels.clone();
        view! { <div class="card chart-card" id=id tabindex="-1"><div class="card__body"><Chart question unit labels series kind/></div></div> }
    };
    view! {
        <section class="stack">
            <h2>"Week by week"</h2>
            <div class="grid grid--charts">
                {chart("deployment-frequency", "How often do changes reach production?", "deployments a week", ChartKind::Bars,
                    vec![of("", |week| Some(f64::from(week.deployments)))])}
                {chart("lead-time", "How long does a change take to reach production?", "hours, median of the week", ChartKind::Line,
                    vec![of("", |week| week.lead_hours)])}
                {chart("change-fail-rate", "How many deployments failed?", "deployments a week", ChartKind::Bars,
                    vec![of("Could fail", |week| Some(f64::from(week.attempts))), of("Failed", |week| Some(f64::from(week.failed)))])}
                {chart("recovery-time", "How long until production was well again?", "hours, median of the week", ChartKind::Line,
                    vec![of("", |week| week.recovery_hours)])}
                {chart("rework-rate", "How much of it was unplanned?", "unplanned deployments a week", ChartKind::Bars,
                    vec![of("", |week| Some(f64::from(week.rework)))])}
                {chart("changes", "How much was delivered?", "changes a week", ChartKind::Bars,
                    vec![of("", |week| Some(f64::from(week.changes)))])}
            </div>
        </section>
    }
    .into_any()
}
