//! `/`: mine.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::{
    home::{HealthCounts, HomePage},
    insights::InsightsQuery,
    services::ServiceRow,
};

use super::parts::{DeploymentTable, DoraTiles, RunTable, ServiceTable, changes, load, page_data, waiting_runs};
use crate::{
    api::read_home,
    components::{ButtonLink, Card, EmptyState, Glyph, Icon, PageHeader, Shape, Variant},
};

#[component]
pub fn Home() -> impl IntoView {
    let changed = changes(&["deployment", "placement", "run", "service", "delivery"]);
    let data = page_data(move || {
        changed.track();
        read_home()
    });
    view! { <Title text="Home"/>{load(data, Shape::Tiles, content)} }
}

fn content(page: HomePage) -> AnyView {
    let actions = || view! { <ButtonLink href="/create" variant=Variant::Primary glyph=Glyph::Plus>"Create service"</ButtonLink> };
    let sub = if page.mine {
        "Your services, what is on its way, and how delivery goes."
    } else {
        "What runs, what is on its way, and how delivery goes."
    };
    let environments = environments(&page.services);
    let services_title = if page.mine { "Your services" } else { "Services" };
    let services = if page.services.is_empty() {
        view! {
            <EmptyState text="No service yet. A golden path makes one that runs within minutes.">
                <ButtonLink href="/create">"Create service"</ButtonLink>
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <ServiceTable rows=page.services environments/> }.into_any()
    };
    let active = (!page.active.is_empty()).then(|| {
        view! { <Card title="Under way" flush=true><DeploymentTable caption="Deployments under way" rows=page.active/></Card> }
    });
    let runs = (!page.runs.is_empty()).then(
        || view! { <Card title="Your runs" sub="Not finished, or failed" flush=true><RunTable rows=page.runs/></Card> },
    );
    let recent = if page.recent.is_empty() {
        view! { <EmptyState text="Nothing was deployed yet."/> }.into_any()
    } else {
        view! { <DeploymentTable caption="Latest deployments" rows=page.recent/> }.into_any()
    };
    let all = |href: &'static str, words: &'static str| move || view! { <ButtonLink href small=true variant=Variant::Ghost>{words}</ButtonLink> };
    view! {
        <PageHeader title=String::from("Hello, ") + &page.greeting sub actions/>
        <div class="stack stack--page">
            <Counts health=page.health/>
            {waiting_runs(page.waiting)}
            {active}
            {runs}
            <section class="stack">
                <h2>"Delivery, 90 days"<span class="heading-sub">{page.dora_scope}</span></h2>
                <DoraTiles panel=page.dora asked=InsightsQuery { owner: page.dora_owner, ..InsightsQuery::default() }/>
            </section>
            <Card title=services_title flush=true actions=all("/services", "All services")>{services}</Card>
            <Card title="Latest deployments" flush=true actions=all("/deployments", "All deployments")>{recent}</Card>
        </div>
    }
    .into_any()
}

/// Names in the order in which the placements have them.
fn environments(services: &[ServiceRow]) -> Vec<String> {
    let longest = services.iter().max_by_key(|service| service.placements.len());
    let mut names: Vec<String> = longest
        .into_iter()
        .flat_map(|service| &service.placements)
        .map(|placement| placement.environment.clone())
        .collect();
    for placement in services.iter().flat_map(|service| &service.placements) {
        if !names.contains(&placement.environment) {
            names.push(placement.environment.clone());
        }
    }
    names
}

/// How many placements are how, over everything.
#[component]
fn Counts(health: HealthCounts) -> impl IntoView {
    let HealthCounts { healthy, degraded, failing, unknown } = health;
    let count = |class: &'static str, glyph: Glyph, count: i64, word: &'static str| {
        view! {
            <li class=if count == 0 { "counts__one counts__one--none" } else { class }>
                <Icon glyph/>
                <span class="counts__number">{count.to_string()}</span>
                <span>{word}</span>
            </li>
        }
    };
    view! {
        <ul class="counts" aria-label="Placements of all services by health">
            {count("counts__one counts__one--danger", Glyph::CrossCircle, failing, "failing")}
            {count("counts__one counts__one--warning", Glyph::Alert, degraded, "degraded")}
            {count("counts__one counts__one--unknown", Glyph::Question, unknown, "unknown")}
            {count("counts__one counts__one--success", Glyph::CheckCircle, healthy, "healthy")}
        </ul>
    }
}
