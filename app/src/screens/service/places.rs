use leptos::prelude::*;
use slipway_api_types::services::PlacementView;

use crate::{
    components::{Card, Cell, Column, EmptyState, Glyph, Icon, Row, RowLink, Status, Table},
    screens::parts::{PlacementHealth, deployment_status, version_of},
};

/// The environments: a row each.
pub(super) fn view(placements: Vec<PlacementView>) -> AnyView {
    if placements.is_empty() {
        return view! { <Card title="Environments"><EmptyState text="It runs nowhere yet. Its golden path or its score.yaml says where it shall."/></Card> }
            .into_any();
    }
    let mut columns = ["Environment", "Health", "Version", "On its way"].map(Column::new).to_vec();
    columns.push(Column::numeric("Instances"));
    columns.extend(["Runtime", "Address"].map(Column::new));
    let rows = placements.into_iter().map(row).collect_view();
    view! { <Card title="Environments" flush=true><Table caption="Environments and what runs in them" columns>{rows}</Table></Card> }.into_any()
}

fn row(placement: PlacementView) -> impl IntoView {
    let PlacementView { environment, runtime, runtime_kind, health, url, ready, desired, current, active, .. } =
        placement;
    // The row leads to what is going on there: what is on its way, or what runs.
    let leads_to = active.as_ref().or(current.as_ref()).map(|row| row.href.clone());
    let head = match leads_to {
        Some(href) => view! { <RowLink href>{environment}</RowLink> }.into_any(),
        None => view! { <th scope="row"><span class="table__name">{environment}</span></th> }.into_any(),
    };
    let used = current.is_some() || active.is_some();
    let version = match current {
        Some(row) => {
            view! { <span>"v"{row.number.to_string()}" "<span class="mono muted">{version_of(&row)}</span></span> }
                .into_any()
        }
        None => view! { <span class="muted">"Nothing yet"</span> }.into_any(),
    };
    let active = active.map(|row| {
        view! { <span class="on-its-way">"v"{row.number.to_string()}<Status kind=deployment_status(row.state) seen_at=Some(row.state_since)/></span> }
    });
    let kind = runtime_kind.map_or("Not configured any more", |kind| kind.title());
    let address = url.map(|url| {
        let words = url.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/').to_owned();
        view! { <a class="external" href=url rel="external noopener" target="_blank"><span class="truncate">{words}</span><Icon glyph=Glyph::External/></a> }
    });
    view! {
        <Row>
            {head}
            <Cell label="Health"><PlacementHealth health used/></Cell>
            <Cell label="Version">{version}</Cell>
            <Cell label="On its way">{active}</Cell>
            <Cell label="Instances" numeric=true minor=true>{ready.to_string()}" of "{desired.to_string()}</Cell>
            <Cell label="Runtime" minor=true><span title=kind>{runtime}</span></Cell>
            <Cell label="Address">{address}</Cell>
        </Row>
    }
}
