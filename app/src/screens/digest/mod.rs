//! `/insights/digest`: what a lead should know this week, on one page.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::{
    digest::{Digest, DigestChange, DigestItem, DigestPage, DigestQuery},
    insights::{InsightsQuery, Verdict},
};

use super::parts::{address, changes, insights_link, load, page_data, query};
use crate::{
    api::read_digest,
    components::{
        Badge, ButtonLink, Card, Cell, Chip, Column, Crumb, EmptyState, FilterChips, KeyValue, KeyValueList,
        PageHeader, Row, RowLink, Shape, Table, Tone,
    },
};

#[component]
pub fn DigestScreen() -> impl IntoView {
    let (owner, week) = (query("owner"), query("week"));
    let asked = Memo::new(move |_| DigestQuery { owner: owner.get(), week: week.get() });
    let changed = changes(&["delivery", "deployment", "placement"]);
    let data = page_data(move || {
        changed.track();
        read_digest(asked.get())
    });
    view! { <Title text="Digest"/>{load(data, Shape::Rows, move |page| content(page, &asked.get_untracked()))} }
}

fn link(owner: &str, week: &str) -> String {
    address("/insights/digest", &[("owner", owner), ("week", week)])
}

fn content(page: DigestPage, asked: &DigestQuery) -> AnyView {
    let digest = page.digest;
    let insights = insights_link(&InsightsQuery { owner: asked.owner.clone(), ..InsightsQuery::default() });
    let crumbs = vec![Crumb::link("Insights", insights), Crumb::here("Digest")];
    let when = if digest.week.is_empty() { "As things stand".to_owned() } else { String::from("Week ") + &digest.week };
    let sub = [
        &when,
        ": ",
        &digest.from,
        " up to ",
        &digest.to,
        " (not included), ",
        &digest.zone,
        ", against the days of equal number before.",
    ]
    .concat();
    let of = |format| {
        address("/api/v1/insights/digest", &[("owner", &asked.owner), ("week", &asked.week), ("format", format)])
    };
    let (mail, json) = (of("html"), of("json"));
    let actions = move || {
        view! {
            <a class="button" href=mail rel="external">"Open as e-mail"</a>
            <a class="button" href=json rel="external">"Open as JSON"</a>
        }
    };
    let teams = page.owners.iter().map(|(owner, title)| {
        let on = *owner == asked.owner;
        Chip { label: title.clone(), href: link(if on { "" } else { owner }, ""), on, count: None }
    });
    let teams = teams.collect();
    let title = String::from("Digest of ") + &digest.scope;
    view! {
        <PageHeader title sub crumbs actions/>
        <div class="filters"><FilterChips label="Team" chips=teams/></div>
        <div class="split">
            <div class="stack stack--page">
                {what_changed(&digest)}
                {suggestion(&digest)}
                {waiting(digest.waiting)}
            </div>
            <div class="stack stack--page">
                {figures(digest.figures)}
                {earlier(page.weeks, asked)}
            </div>
        </div>
    }
    .into_any()
}

fn what_changed(digest: &Digest) -> AnyView {
    let sub = ["The most certain of ", &digest.compared.to_string(), " differences"].concat();
    if digest.changes.is_empty() {
        let text = ["None of ", &digest.compared.to_string(), " differences is more than chance would make."].concat();
        return view! { <Card title="What changed"><EmptyState text/></Card> }.into_any();
    }
    let columns = [
        Column::new("Of"),
        Column::new("It is"),
        Column::numeric("Now"),
        Column::numeric("Before"),
        Column::numeric("Difference"),
    ];
    let rows = digest.changes.iter().cloned().map(change).collect_view();
    view! {
        <Card title="What changed" sub flush=true>
            <Table caption="Differences that are more than chance would make" columns=columns.to_vec()>{rows}</Table>
        </Card>
    }
    .into_any()
}

fn change(change: DigestChange) -> impl IntoView {
    let (tone, word) =
        if change.verdict == Verdict::Worse { (Tone::Danger, "Worse") } else { (Tone::Success, "Better") };
    view! {
        <Row>
            <RowLink href=change.href sub=change.metric>{change.of}</RowLink>
            <Cell label="It is"><Badge tone>{word}</Badge></Cell>
            <Cell label="Now" numeric=true>{change.now}</Cell>
            <Cell label="Before" numeric=true>{change.before}</Cell>
            <Cell label="Difference" numeric=true>
                <span>{change.difference}<span class="table__sub">{change.interval}</span></span>
            </Cell>
        </Row>
    }
}

fn suggestion(digest: &Digest) -> impl IntoView + use<> {
    let (text, href) = (digest.suggestion.clone(), digest.suggestion_href.clone());
    view! { <Card title="One suggestion"><div class="suggestion"><p>{text}</p><ButtonLink href small=true>"Look at it"</ButtonLink></div></Card> }
}

fn waiting(items: Vec<DigestItem>) -> AnyView {
    if items.is_empty() {
        return view! { <Card title="What waits"><EmptyState text="Nothing waits: no deployment is under way, every service is well, every incident is linked."/></Card> }
            .into_any();
    }
    let columns = ["What", "Why"].map(Column::new).to_vec();
    let rows = items
        .into_iter()
        .map(|item| view! { <Row><RowLink href=item.href>{item.title}</RowLink><Cell label="Why">{item.words}</Cell></Row> })
        .collect_view();
    view! { <Card title="What waits" flush=true><Table caption="What waits for somebody" columns>{rows}</Table></Card> }
        .into_any()
}

fn figures(figures: Vec<(String, String)>) -> impl IntoView {
    let lines = figures.into_iter().map(|(key, value)| view! { <KeyValue key>{value}</KeyValue> }).collect_view();
    view! { <Card title="The five metrics"><KeyValueList>{lines}</KeyValueList></Card> }
}

/// Digests that were kept, as they were said then.
fn earlier(weeks: Vec<String>, asked: &DigestQuery) -> AnyView {
    if weeks.is_empty() {
        return view! { <Card title="Earlier weeks"><EmptyState text="One is kept for each team when a week ends."/></Card> }.into_any();
    }
    let now = (!asked.week.is_empty()).then(|| view! { <li><a href=link(&asked.owner, "")>"As things stand"</a></li> });
    let weeks = weeks
        .into_iter()
        .map(|week| {
            let current = (week == asked.week).then_some("page");
            let href = link(&asked.owner, &week);
            view! { <li><a href=href aria-current=current>{week}</a></li> }
        })
        .collect_view();
    view! { <Card title="Earlier weeks"><ul class="weeks">{now}{weeks}</ul></Card> }.into_any()
}
