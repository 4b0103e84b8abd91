use leptos::prelude::*;
use slipway_api_types::create::RunRow;

use super::states::run_status;
use crate::components::{Cell, Column, RelativeTime, Row, RowLink, Status, Table};

/// Scaffold runs, a row each.
#[component]
pub fn RunTable(rows: Vec<RunRow>) -> impl IntoView {
    let columns = ["Made", "State", "Template", "By", "Started"].map(Column::new).to_vec();
    let rows = rows
        .into_iter()
        .map(|row| {
            view! {
                <Row>
                    <RowLink href=row.href>{row.title}</RowLink>
                    <Cell label="State"><Status kind=run_status(row.state) seen_at=row.finished_at/></Cell>
                    <Cell label="Template" minor=true>{row.template}</Cell>
                    <Cell label="By" minor=true>{row.requested_by}</Cell>
                    <Cell label="Started"><RelativeTime at=row.created_at/></Cell>
                </Row>
            }
        })
        .collect_view();
    view! { <Table caption="Runs of golden paths" columns>{rows}</Table> }
}
