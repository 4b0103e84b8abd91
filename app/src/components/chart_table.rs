use leptos::prelude::*;

use super::{
    chart::Series,
    icon::{Glyph, Icon},
    plot,
};

/// The numbers of a chart, for whoever would rather read than look.
#[component]
pub fn ChartTable(unit: String, labels: Vec<String>, series: Vec<Series>) -> impl IntoView {
    let caption = unit.clone();
    let heads = series
        .iter()
        .map(|series| {
            let name = if series.name.is_empty() { unit.clone() } else { series.name.clone() };
            view! { <th scope="col">{name}</th> }
        })
        .collect_view();
    let rows = labels
        .into_iter()
        .enumerate()
        .map(|(at, label)| {
            let cells = series
                .iter()
                .map(|series| {
                    let value =
                        series.values.get(at).copied().flatten().map_or_else(|| "no data".to_owned(), plot::short);
                    view! { <td>{value}</td> }
                })
                .collect_view();
            view! { <tr><th scope="row">{label}</th>{cells}</tr> }
        })
        .collect_view();
    view! {
        <details class="chart__table">
            <summary><Icon glyph=Glyph::ChevronRight/>"Show as table"</summary>
            <div class="chart__scroll" tabindex="0" role="region" aria-label="Table of the chart">
                <table>
                    <caption class="visually-hidden">{caption}</caption>
                    <thead><tr><th scope="col">"When"</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}
