use leptos::prelude::*;
use slipway_api_types::deployments::{DeploymentKind, DeploymentRow, Judgement};
use slipway_domain::deployment::Intent;

use super::states::deployment_status;
use crate::components::{Badge, Cell, Column, RelativeTime, Row, RowLink, Status, Table, Tone};

/// What people call the artifact of a deployment: its version, or its revision.
#[must_use]
pub fn version_of(row: &DeploymentRow) -> String {
    row.version.clone().unwrap_or_else(|| row.revision.clone())
}

/// Deployments, a row each; the whole row leads to the deployment.
#[component]
pub fn DeploymentTable(
    #[prop(into)] caption: String,
    rows: Vec<DeploymentRow>,
    /// All are of one service, so its name is left out.
    #[prop(optional)]
    of_one_service: bool,
) -> impl IntoView {
    let columns = ["Deployment", "State", "Environment", "Artifact", "Kind", "By", "Asked for"];
    let columns = columns.map(Column::new).to_vec();
    let rows = rows.into_iter().map(|row| row_view(row, of_one_service)).collect_view();
    view! { <Table caption columns>{rows}</Table> }
}

fn row_view(row: DeploymentRow, of_one_service: bool) -> impl IntoView {
    let number = String::from("v") + &row.number.to_string();
    let name = if of_one_service { number } else { [&row.service.title, " ", &number].concat() };
    let artifact = version_of(&row);
    let sub = row.cause.or(row.reason).unwrap_or_default();
    view! {
        <Row>
            <RowLink href=row.href sub>{name}</RowLink>
            <Cell label="State"><Status kind=deployment_status(row.state) seen_at=Some(row.state_since)/></Cell>
            <Cell label="Environment">{row.environment}</Cell>
            <Cell label="Artifact" minor=true><span class="mono">{artifact}</span></Cell>
            <Cell label="Kind">{kind_badges(row.intent, row.rollback_of, row.judged)}</Cell>
            <Cell label="By" minor=true>{row.requested_by}</Cell>
            <Cell label="Asked for"><RelativeTime at=row.requested_at/></Cell>
        </Row>
    }
}

/// What it was, as far as that is decided, or what it was meant to be; and whether it failed.
pub fn kind_badges(intent: Intent, rollback_of: Option<i64>, judged: Option<Judgement>) -> AnyView {
    let Some(Judgement { kind, failed, because }) = judged else {
        return intent_badge(intent, rollback_of).into_any();
    };
    let kind = match kind {
        DeploymentKind::Normal => view! { <Badge>"Normal"</Badge> }.into_any(),
        DeploymentKind::Hotfix => view! { <Badge tone=Tone::Warning>"Hotfix"</Badge> }.into_any(),
        DeploymentKind::Rollback => intent_badge(Intent::Rollback, rollback_of).into_any(),
        DeploymentKind::Restart => view! { <Badge>"Restart"</Badge> }.into_any(),
        DeploymentKind::Attempt => view! { <Badge>"Did not get through"</Badge> }.into_any(),
    };
    let failed = failed.then(|| view! { <span title=because><Badge tone=Tone::Danger>"Failed"</Badge></span> });
    view! { <span class="cluster">{kind}{failed}</span> }.into_any()
}

fn intent_badge(intent: Intent, rollback_of: Option<i64>) -> impl IntoView {
    let (tone, words) = match (intent, rollback_of) {
        (Intent::Planned, _) => (Tone::Neutral, "Planned".to_owned()),
        (Intent::Hotfix, _) => (Tone::Warning, "Hotfix".to_owned()),
        (Intent::Config, _) => (Tone::Neutral, "Configuration".to_owned()),
        (Intent::Rollback, None) => (Tone::Warning, "Rollback".to_owned()),
        (Intent::Rollback, Some(number)) => (Tone::Warning, String::from("Rollback to v") + &number.to_string()),
    };
    view! { <Badge tone>{words}</Badge> }
}
