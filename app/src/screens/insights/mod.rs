//! `/insights`: how delivery goes, each number with what it rests on. Services side by side, never people.

mod spread;

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::insights::{InsightsPage, InsightsQuery};

use super::parts::{DoraTiles, address, changes, load, page_data, query, weeks_view};
use crate::{
    api::read_insights,
    components::{Badge, Chip, FilterChips, PageHeader, Shape, Tab, Tabs, Tone},
};

/// Periods: days and words. The middle one is what nobody asks for.
const PERIODS: [(&str, &str); 3] = [("30", "30 days"), ("90", "90 days"), ("365", "A year")];
const USUAL: &str = "90";

#[component]
pub fn Insights() -> impl IntoView {
    let (owner, days) = (query("owner"), query("days"));
    let asked = Memo::new(move |_| InsightsQuery { owner: owner.get(), days: days.get() });
    let changed = changes(&["delivery"]);
    let data = page_data(move || {
        changed.track();
        read_insights(asked.get())
    });
    view! { <Title text="Insights"/>{load(data, Shape::Tiles, move |page| content(page, &asked.get_untracked()))} }
}

fn link(owner: &str, days: &str) -> String {
    let days = if days == USUAL { "" } else { days };
    address("/insights", &[("owner", owner), ("days", days)])
}

fn content(page: InsightsPage, asked: &InsightsQuery) -> AnyView {
    let days = if asked.days.is_empty() { USUAL } else { &asked.days };
    let period = |(value, label): (&str, &str)| Tab {
        label: label.to_owned(),
        href: link(&asked.owner, value),
        current: value == days,
        count: None,
    };
    let periods = PERIODS.map(period).to_vec();
    let mut teams = Vec::new();
    for (owner, title) in &page.owners {
        let on = *owner == asked.owner;
        let href = link(if on { "" } else { owner }, days);
        teams.push(Chip { label: title.clone(), href, on, count: None });
    }
    let panel = page.panel;
    let sub =
        [&page.scope, ", ", &panel.from, " to ", &panel.to, " (", &panel.zone, "), definition ", &panel.definition]
            .concat();
    let demo = page.demo;
    let beside = move || demo.then(|| view! { <Badge tone=Tone::Info>"Demo data"</Badge> });
    let weeks = (!panel.tiles.is_empty()).then(|| weeks_view(&panel));
    view! {
        <PageHeader title="Insights" sub beside/>
        <div class="filters">
            <Tabs label="Period" tabs=periods/>
            <FilterChips label="Team" chips=teams/>
        </div>
        <div class="stack stack--page">
            <DoraTiles panel explained=link(&asked.owner, days)/>
            {weeks}
            {spread::view(page.services, page.without_data)}
        </div>
    }
    .into_any()
}
