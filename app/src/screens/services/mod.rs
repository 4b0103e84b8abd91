//! `/services`: every service against every environment.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::services::{ServiceListPage, ServiceQuery};

use super::parts::{Pager, SearchBox, ServiceTable, address, changes, load, page_data, query};
use crate::{
    api::read_services,
    components::{ButtonLink, Chip, EmptyState, FilterChips, Glyph, PageHeader, Shape, Variant},
};

#[component]
pub fn Services() -> impl IntoView {
    let (q, owner, runtime, cursor) = (query("q"), query("owner"), query("runtime"), query("cursor"));
    let asked = Memo::new(move |_| ServiceQuery {
        q: q.get(),
        owner: owner.get(),
        runtime: runtime.get(),
        cursor: cursor.get(),
    });
    let changed = changes(&["placement", "deployment", "service"]);
    let data = page_data(move || {
        changed.track();
        read_services(asked.get())
    });
    view! { <Title text="Services"/>{load(data, Shape::Rows, move |page| content(page, &asked.get_untracked()))} }
}

fn link(asked: &ServiceQuery, owner: &str, runtime: &str, cursor: &str) -> String {
    address("/services", &[("q", &asked.q), ("owner", owner), ("runtime", runtime), ("cursor", cursor)])
}

/// A chip for each value: its link sets the filter, or takes it away when it is on.
fn chips(values: &[(String, String)], now: &str, href: impl Fn(&str) -> String) -> Vec<Chip> {
    values
        .iter()
        .map(|(value, title)| {
            let on = value == now;
            Chip { label: title.clone(), href: href(if on { "" } else { value }), on, count: None }
        })
        .collect()
}

fn content(page: ServiceListPage, asked: &ServiceQuery) -> AnyView {
    let owners = chips(&page.owners, &asked.owner, |owner| link(asked, owner, &asked.runtime, ""));
    let runtimes: Vec<_> = page.runtimes.iter().map(|(name, _)| (name.clone(), name.clone())).collect();
    let runtimes = chips(&runtimes, &asked.runtime, |runtime| link(asked, &asked.owner, runtime, ""));
    let narrowed = !(asked.q.is_empty() && asked.owner.is_empty() && asked.runtime.is_empty());
    let shown = page.items.len();
    let rows = match (shown, narrowed) {
        (0, true) => view! {
            <EmptyState text="No service is like that."><ButtonLink href="/services">"Show all services"</ButtonLink></EmptyState>
        }
        .into_any(),
        (0, false) => view! {
            <EmptyState text="No service yet. A golden path makes one that runs within minutes.">
                <ButtonLink href="/create">"Create service"</ButtonLink>
            </EmptyState>
        }
        .into_any(),
        _ => view! { <ServiceTable rows=page.items environments=page.environments/> }.into_any(),
    };
    let next = page.next.map(|next| link(asked, &asked.owner, &asked.runtime, &next));
    let first = (!asked.cursor.is_empty()).then(|| link(asked, &asked.owner, &asked.runtime, ""));
    let total = (!narrowed).then_some(page.total);
    let actions = || view! { <ButtonLink href="/create" variant=Variant::Primary glyph=Glyph::Plus>"Create service"</ButtonLink> };
    let keep = vec![("owner", asked.owner.clone()), ("runtime", asked.runtime.clone())];
    view! {
        <PageHeader title="Services" sub="What runs where, in which version, and how it is." actions/>
        <div class="filters">
            <SearchBox action="/services" label="Search services" value=asked.q.clone() keep/>
            <FilterChips label="Team" chips=owners/>
            <FilterChips label="Runtime" chips=runtimes/>
        </div>
        {rows}
        <Pager shown total next first/>
    }
    .into_any()
}
