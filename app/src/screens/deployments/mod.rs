//! `/deployments`: the history, with filters that live in the address.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::deployments::{DeploymentListPage, DeploymentQuery};

use super::parts::{DeploymentTable, Pager, address, changes, load, page_data, query};
use crate::{
    api::read_deployments,
    components::{ButtonLink, Chip, EmptyState, FilterChips, PageHeader, Shape},
};

/// States worth asking for: value and words.
const STATES: [(&str, &str); 5] = [
    ("active", "Under way"),
    ("succeeded", "Succeeded"),
    ("failed", "Failed"),
    ("rolled-back", "Rolled back"),
    ("cancelled", "Cancelled"),
];

#[component]
pub fn Deployments() -> impl IntoView {
    let (service, environment, state) = (query("service"), query("environment"), query("state"));
    let (owner, cursor) = (query("owner"), query("cursor"));
    let asked = Memo::new(move |_| DeploymentQuery {
        service: service.get(),
        environment: environment.get(),
        state: state.get(),
        owner: owner.get(),
        cursor: cursor.get(),
    });
    let changed = changes(&["deployment", "delivery"]);
    let data = page_data(move || {
        changed.track();
        read_deployments(asked.get())
    });
    view! { <Title text="Deployments"/>{load(data, Shape::Rows, move |page| content(page, &asked.get_untracked()))} }
}

fn link(asked: &DeploymentQuery) -> String {
    address(
        "/deployments",
        &[
            ("service", &asked.service),
            ("environment", &asked.environment),
            ("state", &asked.state),
            ("owner", &asked.owner),
            ("cursor", &asked.cursor),
        ],
    )
}

/// A chip that sets one value of the query, or takes it away when it is on.
fn chip(asked: &DeploymentQuery, value: &str, label: &str, place: fn(&mut DeploymentQuery) -> &mut String) -> Chip {
    let mut other = asked.clone();
    other.cursor.clear();
    let on = *place(&mut other) == value;
    *place(&mut other) = if on { String::new() } else { value.to_owned() };
    Chip { label: label.to_owned(), href: link(&other), on, count: None }
}

fn content(page: DeploymentListPage, asked: &DeploymentQuery) -> AnyView {
    let states = STATES.map(|(value, label)| chip(asked, value, label, |query| &mut query.state)).to_vec();
    let environments =
        page.environments.iter().map(|name| chip(asked, name, name, |query| &mut query.environment)).collect();
    let owners = page.owners.iter().map(|(owner, title)| chip(asked, owner, title, |query| &mut query.owner)).collect();
    let service = (!asked.service.is_empty()).then(|| {
        let chips = vec![chip(asked, &asked.service, &asked.service, |query| &mut query.service)];
        view! { <FilterChips label="Service" chips/> }
    });
    let everything = *asked == DeploymentQuery::default();
    let shown = page.items.len();
    let rows = match (shown, everything) {
        (0, true) => view! {
            <EmptyState text="Nothing was deployed yet."><ButtonLink href="/services">"Choose a service to deploy"</ButtonLink></EmptyState>
        }
        .into_any(),
        (0, false) => view! {
            <EmptyState text="No deployment is like that."><ButtonLink href="/deployments">"Show all deployments"</ButtonLink></EmptyState>
        }
        .into_any(),
        _ => view! { <DeploymentTable caption="Deployments, newest first" rows=page.items/> }.into_any(),
    };
    let at = |cursor: String| link(&DeploymentQuery { cursor, ..asked.clone() });
    let next = page.next.map(at);
    let first = (!asked.cursor.is_empty()).then(|| at(String::new()));
    view! {
        <PageHeader title="Deployments" sub="What went where, when, why, and how it ended."/>
        <div class="filters">
            {service}
            <FilterChips label="State" chips=states/>
            <FilterChips label="Environment" chips=environments/>
            <FilterChips label="Team" chips=owners/>
        </div>
        {rows}
        <Pager shown next first/>
    }
    .into_any()
}
