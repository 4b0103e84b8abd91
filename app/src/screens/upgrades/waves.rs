use leptos::prelude::*;
use slipway_api_types::upgrades::{CampaignRow, TemplateFleet};

use crate::{
    api::StartCampaign,
    components::{Button, Card, Cell, Checkbox, Choice, Column, RelativeTime, Row, RowLink, Select, Table, TextInput},
    screens::{
        campaign::campaign_badge,
        parts::{FormTrouble, error_of, field_error},
    },
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

/// Begins a campaign over what is behind.
pub(super) fn form(
    templates: &[TemplateFleet],
    owners: &[(String, String)],
    start: ServerAction<StartCampaign>,
) -> AnyView {
    let error = error_of(start);
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
                <ActionForm action=start attr:class="form" attr:novalidate=true>
                    <FormTrouble error/>
                    <Select id="template" name="order[template]" label="Golden path" choices=paths required=true error=field_error(error, "template")/>
                    <Select id="owner" name="order[owner]" label="Team" choices=teams error=field_error(error, "owner")/>
                    <TextInput id="waves" name="order[waves]" label="Waves" value="1, 25%, rest" autocomplete="off" help="Services in each wave, or shares of all. The next begins when everything of the one before is merged, built and deployed; the first failure stops them." error=field_error(error, "waves")/>
                    <Checkbox name="order[merges]" value="yes" label="Merge by itself what has no conflict"/>
                    <div class="form-actions"><Button submit=true busy=start.pending()>"Begin the first wave"</Button></div>
                </ActionForm>
            </div>
        </details>
    }
    .into_any()
}
