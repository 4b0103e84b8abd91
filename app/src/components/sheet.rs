use leptos::prelude::*;
use slipway_api_types::insights::Sheet;

use super::icon::{Glyph, Icon};

/// The numbers of a chart as a table, and as a file.
#[component]
pub fn SheetTable(
    sheet: Sheet,
    /// Where it is downloaded.
    csv: String,
) -> impl IntoView {
    let label = sheet.caption.clone();
    let heads = sheet.heads.into_iter().map(|head| view! { <th scope="col">{head}</th> }).collect_view();
    let rows = sheet
        .rows
        .into_iter()
        .map(|row| {
            let mut cells = row.into_iter();
            let first = cells.next();
            let rest = cells.map(|cell| view! { <td>{cell}</td> }).collect_view();
            view! { <tr><th scope="row">{first}</th>{rest}</tr> }
        })
        .collect_view();
    view! {
        <details class="chart__table">
            <summary><Icon glyph=Glyph::ChevronRight/>"Show as table"</summary>
            <div class="chart__scroll" tabindex="0" role="region" aria-label=label>
                <table>
                    <caption class="visually-hidden">{sheet.caption}</caption>
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
        <CsvLink href=csv/>
    }
}

/// Leads to a table as a file.
#[component]
pub fn CsvLink(href: String) -> impl IntoView {
    // The browser downloads it: it is no page that the router could show.
    view! { <a class="csv-link" href=href rel="external" download=""><Icon glyph=Glyph::Download/>"CSV"</a> }
}
