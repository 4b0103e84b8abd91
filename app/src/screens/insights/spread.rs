use leptos::prelude::*;
use slipway_api_types::insights::{InsightsQuery, ServiceDora, Sheet};

use super::csv;
use crate::components::{ButtonLink, Card, Cell, Column, CsvLink, EmptyState, Row, RowLink, Table};

/// The services behind the roll-up, by name: a spread, not a ranking.
pub(super) fn view(services: Vec<ServiceDora>, without_data: Vec<String>, asked: &InsightsQuery) -> AnyView {
    if services.is_empty() {
        return view! {
            <Card title="Service by service">
                <EmptyState text="No service was deployed to production in this period."><ButtonLink href="/services">"Open the services"</ButtonLink></EmptyState>
            </Card>
        }
        .into_any();
    }
    let columns = std::iter::once(Column::new("Service"))
        .chain(["Deployments", "Lead time", "Change fail rate", "Recovery", "Rework"].map(Column::numeric))
        .collect();
    let rows = services
        .into_iter()
        .map(|service| {
            view! {
                <Row>
                    <RowLink href=service.href sub=service.owner>{service.name}</RowLink>
                    <Cell label="Deployments" numeric=true>{service.frequency}</Cell>
                    <Cell label="Lead time" numeric=true>{service.lead_time}</Cell>
                    <Cell label="Fail rate" numeric=true>{service.fail_rate}</Cell>
                    <Cell label="Recovery" numeric=true minor=true>{service.recovery}</Cell>
                    <Cell label="Rework" numeric=true minor=true>{service.rework}</Cell>
                </Row>
            }
        })
        .collect_view();
    let none = (!without_data.is_empty()).then(|| {
        let words = ["No production deployment in this period: ", &without_data.join(", "), "."].concat();
        view! { <p class="muted without-data">{words}</p> }
    });
    let href = csv("services", asked);
    let file = move || view! { <CsvLink href/> };
    view! {
        <Card title="Service by service" sub="By name. The roll-up above hides this spread." flush=true actions=file>
            <Table caption="Delivery figures of each service" columns>{rows}</Table>
        </Card>
        {none}
    }
    .into_any()
}

/// How far apart the services are: a quarter of them below, the middle one, a quarter above.
pub(super) fn quartiles(spread: Sheet, asked: &InsightsQuery) -> AnyView {
    let columns = spread.heads.iter().enumerate();
    let columns = columns.map(|(at, head)| if at == 0 { Column::new(head) } else { Column::numeric(head) }).collect();
    let rows = spread
        .rows
        .into_iter()
        .map(|row| {
            let mut cells = row.into_iter();
            let metric = cells.next();
            let cells = cells
                .zip(spread.heads.iter().skip(1))
                .map(|(cell, head)| view! { <Cell label=head.clone() numeric=true>{cell}</Cell> })
                .collect_view();
            view! { <Row><th scope="row"><span class="table__name">{metric}</span></th>{cells}</Row> }
        })
        .collect_view();
    let href = csv("spread", asked);
    let file = move || view! { <CsvLink href/> };
    view! {
        <Card title="How the services differ" sub="Each service is one sample here." flush=true actions=file>
            <Table caption="Quartiles of the services" columns dense=true>{rows}</Table>
        </Card>
    }
    .into_any()
}
