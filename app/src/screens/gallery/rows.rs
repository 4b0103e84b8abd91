use leptos::prelude::*;

use super::Part;
use crate::components::{
    Button, Card, Cell, Column, OwnerLink, Pagination, RelativeTime, Row, RowLink, Sort, Status, StatusKind, Table,
    Variant,
};

struct Service {
    name: &'static str,
    about: &'static str,
    team: &'static str,
    runtime: &'static str,
    version: &'static str,
    kind: StatusKind,
    /// Milliseconds since it was last seen.
    age: i64,
    deployed: i64,
    evidence: &'static [&'static str],
}

const MINUTE: i64 = 60_000;

const SERVICES: [Service; 6] = [
    Service {
        name: "payments-api",
        about: "Takes card payments",
        team: "payments",
        runtime: "ECS Express",
        version: "v42",
        kind: StatusKind::Healthy,
        age: 12_000,
        deployed: 34 * MINUTE,
        evidence: &["3 of 3 tasks run.", "GET /healthz answered 200 in 14 ms, 12 s ago.", "No alarm is on."],
    },
    Service {
        name: "ledger",
        about: "Books every movement once",
        team: "payments",
        runtime: "Kubernetes",
        version: "v118",
        kind: StatusKind::RollingOut,
        age: 4_000,
        deployed: 2 * MINUTE,
        evidence: &["2 of 6 pods run v118.", "4 pods run v117."],
    },
    Service {
        name: "checkout-web",
        about: "The shop's last page",
        team: "storefront",
        runtime: "ECS",
        version: "v77",
        kind: StatusKind::Degraded,
        age: 20_000,
        deployed: 26 * 60 * MINUTE,
        evidence: &["1 of 4 tasks restarts: out of memory at 512 MiB.", "GET /readyz answered 200 in 812 ms."],
    },
    Service {
        name: "notifications",
        about: "Mail and push",
        team: "growth",
        runtime: "App Runner",
        version: "v9",
        kind: StatusKind::Failing,
        age: 31_000,
        deployed: 47 * MINUTE,
        evidence: &["GET /healthz has answered 503 since 12:04.", "Alarm 5xx-rate is on."],
    },
    Service {
        name: "search-indexer",
        about: "Feeds the index",
        team: "discovery",
        runtime: "Kubernetes",
        version: "v31",
        kind: StatusKind::Unknown,
        age: 22 * MINUTE,
        deployed: 6 * 24 * 60 * MINUTE,
        evidence: &["The cluster could not be reached for 22 min.", "It was healthy when last seen."],
    },
    Service {
        name: "fx-rates",
        about: "Rates of the central bank",
        team: "payments",
        runtime: "ECS Express",
        version: "v15",
        kind: StatusKind::Healthy,
        age: 9_000,
        deployed: 12 * 24 * 60 * MINUTE,
        evidence: &["2 of 2 tasks run."],
    },
];

#[component]
pub fn Rows(now: i64) -> impl IntoView {
    let columns = vec![
        Column::new("Service").sortable("/design?sort=-name", Some(Sort::Ascending)),
        Column::new("Production").sortable("/design?sort=health", None),
        Column::new("Owner"),
        Column::new("Runtime"),
        Column::numeric("Version"),
        Column::new("Deployed"),
        Column::actions(),
    ];
    let rows = SERVICES.iter().map(|service| row(service, now)).collect_view();
    view! {
        <Part title="Rows" words="The whole row is a link; status and buttons in it stay their own. Sorting and filters live in the address. On a phone a row becomes a card with what matters.">
            <Table caption="Services of this organisation" columns>{rows}</Table>
            <Pagination shown=6 total=Some(40) more=Some("/design?cursor=fx-rates".to_owned())/>
            <Card title="Environments" sub="payments-api" flush=true>
                <Table caption="Environments of payments-api" dense=true columns=vec![Column::new("Environment"), Column::new("State"), Column::numeric("Tasks"), Column::numeric("p95, ms")]>
                    {environment("dev", StatusKind::Succeeded, "1", "22", now)}
                    {environment("staging", StatusKind::Verifying, "2", "19", now)}
                    {environment("production", StatusKind::Pending, "3", "14", now)}
                </Table>
            </Card>
        </Part>
    }
}

fn row(service: &'static Service, now: i64) -> impl IntoView {
    let href = String::from("/services/") + service.name;
    let evidence = service.evidence.iter().map(|fact| (*fact).to_owned()).collect::<Vec<_>>();
    view! {
        <Row>
            <RowLink href sub=service.about>{service.name}</RowLink>
            <Cell label="Production"><Status kind=service.kind seen_at=Some(now - service.age) evidence/></Cell>
            <Cell label="Owner"><OwnerLink name=service.team href="/catalog" team=true/></Cell>
            <Cell label="Runtime" minor=true>{service.runtime}</Cell>
            <Cell label="Version" numeric=true minor=true>{service.version}</Cell>
            <Cell label="Deployed"><RelativeTime at=now - service.deployed/></Cell>
            <Cell minor=true><Button small=true variant=Variant::Ghost>"Deploy"</Button></Cell>
        </Row>
    }
}

fn environment(
    name: &'static str,
    kind: StatusKind,
    tasks: &'static str,
    p95: &'static str,
    now: i64,
) -> impl IntoView {
    view! {
        <Row>
            <RowLink href="/design">{name}</RowLink>
            <Cell label="State"><Status kind seen_at=Some(now - 8_000)/></Cell>
            <Cell label="Tasks" numeric=true>{tasks}</Cell>
            <Cell label="p95, ms" numeric=true>{p95}</Cell>
        </Row>
    }
}
