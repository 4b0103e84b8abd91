use leptos::prelude::*;
use slipway_api_types::upgrades::{CampaignRow, TemplateFleet};

use crate::{
    components::{Button, Card, Cell, Choice, Column, RelativeTime, Row, RowLink, Select, Table},
    screens::campaign::campaign_badge,
};

/// The latest campaigns.
pub(super) fn campaigns(rows: Vec<CampaignRow>) -> AnyView {
    let columns = vec![Column::new("Waves to"), Column::new("State"), Column::numeric("Through"), Column::new("Begun")];
    let rows = rows
        .into_iter()
        .map(|row| {
            let share = [&row.through.to_string(), " of ", &row.services.to_string()].concat();
            view! {
                <Row>
                    <RowLink href=row.link.href>{row.link.title}</RowLink>
                    <Cell label="State">{campaign_badge(row.state)}</Cell>
                    <Cell label="Through" numeric=true>{share}</Cell>
                    <Cell label="Begun"><RelativeTime at=row.created_at/></Cell>
                </Row>
            }
        })
        .collect_view();
    view! { <Card title="In waves" flush=true><Table caption="Campaigns" columns dense=true>{rows}</Table></Card> }
        .into_any()
}

/// Where a campaign over what is behind begins: the next page says what it is over and what the new version asks.
pub(super) fn form(templates: &[TemplateFleet], owners: &[(String, String)]) -> AnyView {
    let behind = templates.iter().filter(|template| template.current < template.services);
    let paths: Vec<Choice> = behind
        .map(|template| {
            let count = (template.services - template.current).to_string();
            Choice::new(template.template.clone(), [&template.link.title, ": ", &count, " behind"].concat())
        })
        .collect();
    if paths.is_empty() {
        return ().into_any();
    }
    let mut teams: Vec<Choice> = owners.iter().map(|(owner, title)| Choice::new(owner, title)).collect();
    teams.insert(0, Choice::new("", "Every team that you lead"));
    view! {
        <details class="more">
            <summary>"Upgrade many services in waves"</summary>
            <div class="reading">
                <form class="form" method="get" action="/upgrades/waves">
                    <Select id="template" name="template" label="Golden path" choices=paths required=true/>
                    <Select id="owner" name="owner" label="Team" choices=teams/>
                    <div class="form-actions"><Button submit=true>"Plan the waves"</Button></div>
                </form>
            </div>
        </details>
    }
    .into_any()
}
