//! `/insights`: how delivery goes, each number with what it rests on. Services side by side, never people.

mod apart;
mod comparison;
mod days;
mod lead;
mod notes;
mod spread;

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::insights::{InsightsPage, InsightsQuery};

use super::parts::{
    DoraTiles, USUAL_DAYS, address, changes, insights_link, insights_path, load, page_data, query, weeks_view,
};
use crate::{
    api::read_insights,
    components::{Badge, ButtonLink, Chip, Crumb, CsvLink, FilterChips, Notice, PageHeader, Shape, Tab, Tabs, Tone},
};
use notes::Writing;

/// Periods: days and words. The middle one is what nobody asks for.
const PERIODS: [(&str, &str); 3] = [("30", "30 days"), (USUAL_DAYS, "90 days"), ("365", "A year")];

#[component]
pub fn Insights() -> impl IntoView {
    let asked = asked();
    let changed = changes(&["delivery", "note"]);
    let writing = Writing { add: ServerAction::new(), delete: ServerAction::new() };
    let written = move || (writing.add.version().get(), writing.delete.version().get());
    let data = page_data(move || {
        changed.track();
        written();
        read_insights(asked.get())
    });
    let opened = StoredValue::new(String::new());
    // Once closed, the same number may be opened again.
    Effect::new(move || {
        if asked.with(|asked| asked.explain.is_empty()) {
            opened.set_value(String::new());
        }
    });
    let view = move |page| content(page, &asked.get_untracked(), opened, writing);
    view! { <Title text="Insights"/>{load(data, Shape::Tiles, view)} }
}

/// What the address asks for.
fn asked() -> Memo<InsightsQuery> {
    let (owner, service, days) = (query("owner"), query("service"), query("days"));
    let (from, to, zone) = (query("from"), query("to"), query("zone"));
    let (compare, explain, after) = (query("compare"), query("explain"), query("after"));
    let (q, beyond) = (query("q"), query("beyond"));
    Memo::new(move |_| InsightsQuery {
        owner: owner.get(),
        service: service.get(),
        days: days.get(),
        from: from.get(),
        to: to.get(),
        zone: zone.get(),
        compare: compare.get(),
        explain: explain.get(),
        after: after.get(),
        q: q.get(),
        beyond: beyond.get(),
    })
}

fn content(page: InsightsPage, asked: &InsightsQuery, opened: StoredValue<String>, writing: Writing) -> AnyView {
    // Whatever leads on from here looks at the whole page again.
    let whole = InsightsQuery { explain: String::new(), after: String::new(), beyond: String::new(), ..asked.clone() };
    let panel = page.panel;
    let sub = [
        &page.scope.title,
        ", ",
        &panel.from,
        " up to ",
        &panel.to,
        " (not included), ",
        &panel.zone,
        ", definition ",
        &panel.definition,
    ]
    .concat();
    let demo = page.demo;
    let beside = move || demo.then(|| view! { <Badge tone=Tone::Info>"Demo data"</Badge> });
    let open =
        (!page.scope.href.is_empty()).then(|| (page.scope.href.clone(), String::from("Open ") + &page.scope.title));
    let digest = address("/insights/digest", &[("owner", &asked.owner)]);
    let digest = page.scope.roll_up.then(|| view! { <ButtonLink href=digest>"Digest"</ButtonLink> });
    let actions = move || {
        view! { {digest}{open.map(|(href, words)| view! { <ButtonLink href>{words}</ButtonLink> })} }
    };
    let known = !panel.tiles.is_empty();
    let weeks = known.then(|| {
        let beside = view! { <CsvLink href=csv("weeks", &whole)/> }.into_any();
        weeks_view(&panel, &page.notes, Some(beside))
    });
    let drawings = known.then(|| lead::view(page.drawings, page.distribution, &whole));
    let notes = known.then(|| notes::view(page.notes, page.may_note, &whole, writing));
    let benchmark = known.then(|| view! { <p class="muted footnote">{panel.benchmark.clone()}</p> });
    let quartiles = (!page.spread.rows.is_empty()).then(|| spread::quartiles(page.spread, &whole));
    let services = page.scope.roll_up.then(|| spread::view(page.beside, asked));
    let all = InsightsQuery { owner: String::new(), service: String::new(), ..whole.clone() };
    let (title, crumbs) = if page.scope.href.is_empty() {
        ("Insights".to_owned(), Vec::new())
    } else {
        let here = page.scope.title.clone();
        (here.clone(), vec![Crumb::link("Insights", insights_link(&all)), Crumb::here(here)])
    };
    view! {
        <PageHeader title sub crumbs beside actions/>
        <div class="filters">
            {periods(&whole)}
            {page.scope.roll_up.then(|| teams(&page.owners, &whole))}
            {days::form(&whole, &panel.zone)}
        </div>
        <div class="stack stack--page">
            <div class="stack stack--tight">
                <DoraTiles panel=panel.clone() asked=whole.clone()/>
                {benchmark}
            </div>
            {page.apart.map(|apart| apart::view(apart, asked, opened))}
            {hints(page.hints)}
            {comparison::view(page.comparison, &page.before, &whole)}
            {quartiles}
            {weeks}
            {notes}
            {drawings}
            {services}
        </div>
    }
    .into_any()
}

/// Where a table of the page is downloaded.
fn csv(name: &str, asked: &InsightsQuery) -> String {
    insights_path(&["/insights/table/", name, ".csv"].concat(), asked)
}

fn periods(asked: &InsightsQuery) -> impl IntoView + use<> {
    let free = !(asked.from.is_empty() && asked.to.is_empty());
    let days = if asked.days.is_empty() { USUAL_DAYS } else { &asked.days };
    let period = |(value, label): (&str, &str)| {
        let other = InsightsQuery { days: value.to_owned(), from: String::new(), to: String::new(), ..asked.clone() };
        Tab { label: label.to_owned(), href: insights_link(&other), current: !free && value == days, count: None }
    };
    let mut tabs = PERIODS.map(period).to_vec();
    if free {
        tabs.push(Tab { label: "Other days".to_owned(), href: insights_link(asked), current: true, count: None });
    }
    view! { <Tabs label="Period" tabs/> }
}

fn teams(owners: &[(String, String)], asked: &InsightsQuery) -> impl IntoView + use<> {
    let chip = |(owner, title): &(String, String)| {
        let on = *owner == asked.owner;
        let other = InsightsQuery { owner: if on { String::new() } else { owner.clone() }, ..asked.clone() };
        Chip { label: title.clone(), href: insights_link(&other), on, count: None }
    };
    view! { <FilterChips label="Team" chips=owners.iter().map(chip).collect()/> }
}

/// What may make a number look better than it is.
fn hints(hints: Vec<String>) -> Option<AnyView> {
    if hints.is_empty() {
        return None;
    }
    let lines = hints.into_iter().map(|hint| view! { <li>{hint}</li> }).collect_view();
    Some(view! { <Notice tone=Tone::Warning title="What to know before reading these numbers"><ul>{lines}</ul></Notice> }.into_any())
}
