use leptos::prelude::*;
use slipway_api_types::insights::{DoraPanel, DoraTile, Metric, Week};

use crate::components::{EmptyState, Figure, Tile, Tiles};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The five figures, each leading to its explanation.
#[component]
pub fn DoraTiles(
    panel: DoraPanel,
    /// The page that explains them, without a fragment.
    #[prop(into)]
    explained: String,
) -> impl IntoView {
    if panel.tiles.is_empty() {
        let text = "Delivery figures appear after the first deployment to production.";
        return view! { <EmptyState text/> }.into_any();
    }
    let tiles = panel.tiles.into_iter().map(|tile| view! { <Tile figure=figure(tile, &explained)/> }).collect_view();
    view! { <Tiles>{tiles}</Tiles> }.into_any()
}

fn figure(tile: DoraTile, explained: &str) -> Figure {
    // Where there is a value its note stands with the explanation; where there is none it says why.
    let note = if tile.value.is_none() { tile.note } else { String::new() };
    let basis: Vec<String> =
        [tile.sample, tile.interval, tile.band, note].into_iter().filter(|part| !part.is_empty()).collect();
    Figure {
        name: tile.title,
        // A number and its unit stay on one line.
        value: tile.value.map(|value| value.replace(' ', "\u{a0}")),
        unit: tile.unit,
        basis: basis.join(" · "),
        trend: None,
        spark: tile.spark,
        href: [explained, "#", anchor(tile.metric)].concat(),
    }
}

/// Id of the chart that explains a metric.
pub(super) const fn anchor(metric: Metric) -> &'static str {
    match metric {
        Metric::DeploymentFrequency => "deployment-frequency",
        Metric::LeadTime => "lead-time",
        Metric::ChangeFailRate => "change-fail-rate",
        Metric::RecoveryTime => "recovery-time",
        Metric::ReworkRate => "rework-rate",
    }
}

/// "16 Nov" for `2026-11-16`; a week that is not over says so.
#[must_use]
pub(super) fn week_label(week: &Week) -> String {
    let mut parts = week.start.splitn(3, '-').skip(1);
    let month = parts.next().and_then(|month| month.parse::<usize>().ok());
    let month = month.and_then(|month| MONTHS.get(month.wrapping_sub(1)));
    let (Some(month), Some(day)) = (month, parts.next()) else { return week.start.clone() };
    let label = [day.trim_start_matches('0'), " ", month].concat();
    if week.complete { label } else { label + " (so far)" }
}
