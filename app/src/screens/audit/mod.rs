//! `/audit`: who did what, through which door.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::settings::{AuditPage, AuditRow};

use super::{
    parts::{Pager, address, load, page_data, query},
    settings::SettingsTabs,
};
use crate::{
    api::read_audit,
    components::{Badge, Cell, Column, EmptyState, PageHeader, RelativeTime, Row, Shape, Table},
};

#[component]
pub fn Audit() -> impl IntoView {
    let cursor = query("cursor");
    let data = page_data(move || read_audit(cursor.get()));
    view! { <Title text="Audit log"/>{load(data, Shape::Rows, move |page| content(page, &cursor.get_untracked()))} }
}

fn content(page: AuditPage, cursor: &str) -> AnyView {
    let shown = page.items.len();
    let rows = if shown == 0 {
        view! { <EmptyState text="Nothing was done yet."/> }.into_any()
    } else {
        let columns = ["Action", "Who", "On what", "Door", "When"].map(Column::new).to_vec();
        let rows = page.items.into_iter().map(row).collect_view();
        view! { <Table caption="Audit log, newest first" columns>{rows}</Table> }.into_any()
    };
    let next = page.next.map(|next| address("/audit", &[("cursor", &next)]));
    let first = (!cursor.is_empty()).then(|| "/audit".to_owned());
    view! {
        <PageHeader title="Audit log" sub="Every change, by whom and through which door. It can only grow."/>
        <SettingsTabs here="/audit"/>
        {rows}
        <Pager shown next first/>
    }
    .into_any()
}

fn row(line: AuditRow) -> impl IntoView {
    let detail = (!line.detail.is_empty()).then(|| {
        view! { <details class="audit-detail"><summary>"Details"</summary><code>{line.detail}</code></details> }
    });
    view! {
        <Row>
            <th scope="row"><span class="table__name">{line.action}{detail}</span></th>
            <Cell label="Who">{line.actor}</Cell>
            <Cell label="On what"><span class="mono audit-target">{line.target}</span></Cell>
            <Cell label="Door" minor=true><Badge outline=true>{line.door}</Badge></Cell>
            <Cell label="When"><RelativeTime at=line.at/></Cell>
        </Row>
    }
}
