use leptos::prelude::*;
use slipway_api_types::services::{PlacementView, ServiceRow};

use super::PlacementHealth;
use crate::components::{Cell, Column, OwnerLink, Row, RowLink, Table};

/// Services against environments: how each is where, and in which version.
#[component]
pub fn ServiceTable(rows: Vec<ServiceRow>, environments: Vec<String>) -> impl IntoView {
    let mut columns = vec![Column::new("Service")];
    columns.extend(environments.iter().map(Column::new));
    columns.push(Column::new("Owner"));
    let rows = rows.into_iter().map(|row| row_view(row, &environments)).collect_view();
    view! { <Table caption="Services and what runs where" columns>{rows}</Table> }
}

fn row_view(row: ServiceRow, environments: &[String]) -> impl IntoView + use<> {
    let ServiceRow { name, href, owner, placements } = row;
    let cells = environments
        .iter()
        .map(|environment| {
            let placement = placements.iter().find(|placement| placement.environment == *environment).cloned();
            view! { <Cell label=environment.clone()>{placement_view(placement)}</Cell> }
        })
        .collect_view();
    view! {
        <Row>
            <RowLink href>{name}</RowLink>
            {cells}
            <Cell label="Owner" minor=true><OwnerLink name=owner.title href=owner.href team=true/></Cell>
        </Row>
    }
}

fn placement_view(placement: Option<PlacementView>) -> AnyView {
    let Some(placement) = placement else {
        return view! { <span class="muted"><span aria-hidden="true">"–"</span><span class="visually-hidden">"Not placed"</span></span> }.into_any();
    };
    let used = placement.current.is_some() || placement.active.is_some();
    let version = placement.current.map(|row| String::from("v") + &row.number.to_string());
    let coming = placement.active.map(|row| {
        let words = [row.state.title(), " v", &row.number.to_string()].concat();
        view! { <a class="placement__coming" href=row.href>{words}</a> }
    });
    view! {
        <span class="placement">
            <PlacementHealth health=placement.health used/>
            <span class="placement__version">{version}{coming}</span>
        </span>
    }
    .into_any()
}
