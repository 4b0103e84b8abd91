use leptos::prelude::*;
use slipway_api_types::insights::{DoraPanel, DoraTile, InsightsQuery, Metric, Today, Week};

use super::address;
use crate::components::{EmptyState, Figure, Tile, Tiles, Tone, Trend};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The address of insights; what nobody asks for is left out.
#[must_use]
pub fn insights_link(asked: &InsightsQuery) -> String {
    insights_path("/insights", asked)
}

/// An address that takes what insights take.
#[must_use]
pub fn insights_path(path: &str, asked: &InsightsQuery) -> String {
    let InsightsQuery { owner, service, days, from, to, zone, compare, explain, after, q, beyond } = asked;
    let days = if days == USUAL_DAYS { "" } else { days };
    let pairs = [
        ("owner", owner.as_str()),
        ("service", service),
        ("days", days),
        ("from", from),
        ("to", to),
        ("zone", zone),
        ("compare", compare),
        ("explain", explain),
        ("after", after),
        ("q", q),
        ("beyond", beyond),
    ];
    address(path, &pairs)
}

/// The period that nobody need ask for.
pub const USUAL_DAYS: &str = "90";

/// The five figures, each leading to its explanation.
#[component]
pub fn DoraTiles(
    panel: DoraPanel,
    /// What the insights are asked that explain them.
    asked: InsightsQuery,
) -> impl IntoView {
    if panel.tiles.is_empty() {
        let text = "Delivery figures appear after the first deployment to production.";
        return view! { <EmptyState text/> }.into_any();
    }
    let today = panel.today.as_ref().map(|today| view! { <p class="tiles__today">{today_words(today)}</p> });
    let tiles = panel.tiles.into_iter().map(|tile| view! { <Tile figure=figure(tile, &asked)/> }).collect_view();
    view! {
        <div class="stack stack--tight">
            <Tiles>{tiles}</Tiles>
            {today}
        </div>
    }
    .into_any()
}

fn figure(tile: DoraTile, asked: &InsightsQuery) -> Figure {
    // Where there is a value its note stands with the explanation; where there is none it says why.
    let note = if tile.value.is_none() { tile.note } else { String::new() };
    let basis: Vec<String> = [tile.sample, tile.interval, tile.band, tile.quality, note]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let explain = anchor(tile.metric);
    let asked = InsightsQuery { explain: explain.to_owned(), after: String::new(), ..asked.clone() };
    let tone = match (tile.trend.up, tile.trend.better) {
        (None, _) => Tone::Neutral,
        (Some(_), true) => Tone::Success,
        (Some(_), false) => Tone::Danger,
    };
    let trend = Trend { words: tile.trend.words, rising: tile.trend.up, tone };
    Figure {
        name: tile.title,
        // A number and its unit stay on one line.
        value: tile.value.map(|value| value.replace(' ', "\u{a0}")),
        instead: tile.instead,
        unit: tile.unit,
        basis: basis.join(" · "),
        trend: (!trend.words.is_empty()).then_some(trend),
        spark: tile.spark,
        href: insights_link(&asked) + "#explain",
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

/// A metric in an address, and the id of its chart.
#[must_use]
pub const fn anchor(metric: Metric) -> &'static str {
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
