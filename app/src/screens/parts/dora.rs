use leptos::prelude::*;
use slipway_api_types::insights::{DoraPanel, DoraTile, Metric, Today, Week};

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
    let today = today_words(&panel.today);
    let tiles = panel.tiles.into_iter().map(|tile| view! { <Tile figure=figure(tile, &explained)/> }).collect_view();
    view! {
        <div class="stack stack--tight">
            <Tiles>{tiles}</Tiles>
            <p class="tiles__today">{today}</p>
        </div>
    }
    .into_any()
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

/// What the running day has brought; it enters the figures when it is over.
fn today_words(today: &Today) -> String {
    let count = |n: u64, one: &str, many: &str| [n.to_string().as_str(), " ", if n == 1 { one } else { many }].concat();
    if (today.attempts, today.deployments, today.rework, today.stopped) == (0, 0, 0, 0) {
        return "Up to yesterday. Today nothing was deployed to production yet.".to_owned();
    }
    let mut parts = vec![
        count(today.deployments, "deployment", "deployments"),
        count(today.failed, "failed", "failed"),
        count(today.changes, "change delivered", "changes delivered"),
    ];
    if today.rework > 0 {
        parts.push(count(today.rework, "unplanned", "unplanned"));
    }
    if today.stopped > 0 {
        parts.push(count(u64::from(today.stopped), "roll-out taken back", "roll-outs taken back"));
    }
    ["Up to yesterday. Today so far: ", &parts.join(", "), "."].concat()
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
