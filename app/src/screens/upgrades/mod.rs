//! `/upgrades`: which service is on which version of its golden path.

mod waves;

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::upgrades::{FleetItem, FleetPage, FleetQuery, Standing, StandingView, TemplateFleet};

use super::parts::{Pager, address, changes, load, page_data, query};
use crate::{
    api::read_fleet,
    components::{
        Badge, ButtonLink, Card, Cell, Chip, Column, EmptyState, FilterChips, Glyph, PageHeader, RelativeTime, Row,
        RowLink, Shape, Table, Tone,
    },
};

const STATES: [(&str, &str); 4] =
    [("behind", "Behind"), ("current", "Up to date"), ("open", "Upgrade open"), ("apart", "On no golden path")];

#[component]
pub fn Upgrades() -> impl IntoView {
    let (template, owner, state, cursor) = (query("template"), query("owner"), query("state"), query("cursor"));
    let asked = Memo::new(move |_| FleetQuery {
        template: template.get(),
        owner: owner.get(),
        state: state.get(),
        cursor: cursor.get(),
    });
    let changed = changes(&["upgrade", "service", "build"]);
    let data = page_data(move || {
        changed.track();
        read_fleet(asked.get())
    });
    view! { <Title text="Upgrades"/>{load(data, Shape::Rows, move |page| content(page, &asked.get_untracked()))} }
}

fn link(asked: &FleetQuery) -> String {
    address(
        "/upgrades",
        &[("template", &asked.template), ("owner", &asked.owner), ("state", &asked.state), ("cursor", &asked.cursor)],
    )
}

/// A chip for each value: its link sets the filter with `set`, or takes it away when it is on.
fn chips<'v>(
    values: impl Iterator<Item = (&'v str, String)>,
    now: &str,
    set: impl Fn(String) -> FleetQuery,
) -> Vec<Chip> {
    values
        .map(|(value, label)| {
            let on = value == now;
            Chip { label, href: link(&set(if on { String::new() } else { value.to_owned() })), on, count: None }
        })
        .collect()
}

fn content(page: FleetPage, asked: &FleetQuery) -> AnyView {
    let first = FleetQuery { cursor: String::new(), ..asked.clone() };
    let states = STATES.iter().map(|(value, title)| (*value, (*title).to_owned()));
    let states = chips(states, &asked.state, |state| FleetQuery { state, ..first.clone() });
    let templates = page.templates.iter().map(|template| (template.template.as_str(), template.link.title.clone()));
    let templates = chips(templates, &asked.template, |template| FleetQuery { template, ..first.clone() });
    let owners = page.owners.iter().map(|(owner, title)| (owner.as_str(), title.clone()));
    let owners = chips(owners, &asked.owner, |owner| FleetQuery { owner, ..first.clone() });
    let narrowed = !(asked.state.is_empty() && asked.template.is_empty() && asked.owner.is_empty());
    let shown = page.items.len();
    let rows = if page.items.is_empty() {
        empty(narrowed)
    } else {
        let columns = ["Service", "Golden path", "Version", "State", "Next"].map(Column::new).to_vec();
        let rows = page.items.into_iter().map(row).collect_view();
        view! { <Table caption="Services and their versions" columns>{rows}</Table> }.into_any()
    };
    let next = page.next.map(|cursor| link(&FleetQuery { cursor, ..asked.clone() }));
    let back = (!asked.cursor.is_empty()).then(|| link(&first));
    let form = page.may_start.then(|| waves::form(&page.templates, &page.owners));
    let campaigns = (!page.campaigns.is_empty()).then(|| waves::campaigns(page.campaigns));
    let paths = (!page.templates.is_empty()).then(|| paths(page.templates));
    let of_paths = (!templates.is_empty()).then(|| view! { <FilterChips label="Golden path" chips=templates/> });
    view! {
        <PageHeader title="Upgrades" sub="Which service is on which version of its golden path, and the way to the next."/>
        <div class="stack stack--page">
            {paths}
            {form}
            {campaigns}
            <section class="stack">
                <h2>"Services"</h2>
                <div class="filters">
                    <FilterChips label="State" chips=states/>
                    {of_paths}
                    <FilterChips label="Team" chips=owners/>
                </div>
                {rows}
                <Pager shown next first=back/>
            </section>
        </div>
    }
    .into_any()
}

fn empty(narrowed: bool) -> AnyView {
    if narrowed {
        view! { <EmptyState text="No service is like that."><ButtonLink href="/upgrades">"Show all services"</ButtonLink></EmptyState> }
            .into_any()
    } else {
        view! {
            <EmptyState text="No service has its repository here yet. What a golden path makes says which version it is on.">
                <ButtonLink href="/create">"Create service"</ButtonLink>
            </EmptyState>
        }
        .into_any()
    }
}

/// How far the services of each golden path are.
fn paths(templates: Vec<TemplateFleet>) -> AnyView {
    let columns = vec![
        Column::new("Golden path"),
        Column::new("Latest version"),
        Column::new("Since"),
        Column::numeric("On the latest"),
    ];
    let rows = templates
        .into_iter()
        .map(|template| {
            let share = [&template.current.to_string(), " of ", &template.services.to_string()].concat();
            view! {
                <Row>
                    <th scope="row"><a href=template.link.href>{template.link.title}</a></th>
                    <Cell label="Latest version"><span class="mono">{template.latest}</span></Cell>
                    <Cell label="Since"><RelativeTime at=template.since/></Cell>
                    <Cell label="On the latest" numeric=true>{share}</Cell>
                </Row>
            }
        })
        .collect_view();
    view! { <Card title="Golden paths" flush=true><Table caption="Golden paths and their services" columns dense=true>{rows}</Table></Card> }
        .into_any()
}

fn row(item: FleetItem) -> impl IntoView {
    let badge = standing_badge(&item.standing);
    let Standing { template, version, next, conflicts, .. } = item.standing;
    let path = match template {
        Some(template) => view! { <a href=template.href>{template.title}</a> }.into_any(),
        None => view! { <span class="muted">"None"</span> }.into_any(),
    };
    let hands =
        (conflicts > 0).then(|| view! { <Badge tone=Tone::Warning glyph=Glyph::Alert>"Began with conflicts"</Badge> });
    let name = item.service.title.clone();
    let next = next.map(|next| {
        view! { <ButtonLink href=next.href small=true>{next.title}<span class="visually-hidden">{[" of ", &name].concat()}</span></ButtonLink> }
    });
    view! {
        <Row>
            <RowLink href=item.service.href sub=item.owner.title>{item.service.title}</RowLink>
            <Cell label="Golden path">{path}</Cell>
            <Cell label="Version"><span class="mono">{version}</span></Cell>
            <Cell label="State"><span class="cluster">{badge}{hands}</span></Cell>
            <Cell label="Next">{next}</Cell>
        </Row>
    }
}

/// How a service stands, in a word or two.
pub(super) fn standing_badge(standing: &Standing) -> AnyView {
    let (tone, glyph, words) = match standing.standing {
        StandingView::Current => (Tone::Success, Glyph::CheckCircle, "Up to date".to_owned()),
        StandingView::Behind(Some(1)) => (Tone::Warning, Glyph::ArrowUp, "1 version behind".to_owned()),
        StandingView::Behind(Some(count)) => {
            (Tone::Warning, Glyph::ArrowUp, [&count.to_string(), " versions behind"].concat())
        }
        StandingView::Behind(None) => (Tone::Unknown, Glyph::Question, "Version not known here".to_owned()),
        StandingView::Apart => (Tone::Neutral, Glyph::Ban, "On no golden path".to_owned()),
    };
    view! { <Badge tone glyph>{words}</Badge> }.into_any()
}
