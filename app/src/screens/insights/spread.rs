use leptos::prelude::*;
use slipway_api_types::insights::ServiceDora;

use crate::components::{ButtonLink, Card, Cell, Column, EmptyState, Row, RowLink, Table};

/// The services behind the roll-up, by name: a spread, not a ranking.
pub(super) fn view(services: Vec<ServiceDora>, without_data: Vec<String>) -> AnyView {
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
    view! {
        <Card title="Service by service" sub="By name. The roll-up above hides this spread." flush=true>
            <Table caption="Delivery figures of each service" columns>{rows}</Table>
        </Card>
        {none}
    }
    .into_any()
}
