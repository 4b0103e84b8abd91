use leptos::prelude::*;
use slipway_api_types::insights::{Beside, InsightsQuery, Sheet};

use super::csv;
use crate::{
    components::{ButtonLink, Card, Cell, Column, CsvLink, EmptyState, Row, RowLink, Table},
    screens::parts::{Pager, SearchBox, insights_link},
};

/// The services behind the roll-up, by name: a spread, not a ranking.
pub(super) fn view(beside: Beside, asked: &InsightsQuery) -> AnyView {
    if beside.of == 0 {
        return view! {
            <Card title="Service by service">
                <EmptyState text="No service was deployed to production in this period."><ButtonLink href="/services">"Open the services"</ButtonLink></EmptyState>
            </Card>
        }
        .into_any();
    }
    let part = |beyond: &str| {
        let explain = String::new();
        insights_link(&InsightsQuery { beyond: beyond.to_owned(), explain, after: String::new(), ..asked.clone() })
            + "#services"
    };
    let (shown, found) = (beside.services.len(), i64::try_from(beside.found).ok());
    let many = beside.of > shown;
    let next = (!beside.next.is_empty()).then(|| part(&beside.next));
    let first = (!asked.beyond.is_empty()).then(|| part(""));
    let pager = many.then(|| view! { <Pager shown total=found next first/> });
    let find = many.then(|| {
        let InsightsQuery { owner, days, from, to, zone, compare, q, .. } = asked.clone();
        let keep =
            vec![("owner", owner), ("days", days), ("from", from), ("to", to), ("zone", zone), ("compare", compare)];
        view! { <SearchBox action="/insights" label="Find a service" value=q keep/> }
    });
    let columns = std::iter::once(Column::new("Service"))
        .chain(["Deployments", "Lead time", "Change fail rate", "Recovery", "Rework"].map(Column::numeric))
        .collect();
    let rows = beside
        .services
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
    let none = (!beside.without_data.is_empty()).then(|| {
        let more = match beside.more_without {
            0 => String::from("."),
            more => [", and ", &more.to_string(), " more."].concat(),
        };
        let words = ["No production deployment in this period: ", &beside.without_data.join(", "), &more].concat();
        view! { <p class="muted without-data">{words}</p> }
    });
    let href = csv("services", asked);
    let file = move || view! { <CsvLink href/> };
    view! {
        <section id="services" class="stack stack--tight">
            {find}
            <Card title="Service by service" sub="By name. The roll-up above hides this spread." flush=true actions=file>
                <Table caption="Delivery figures of each service" columns>{rows}</Table>
            </Card>
            {pager}
            {none}
        </section>
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
