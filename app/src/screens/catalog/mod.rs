//! `/catalog`: everything that is known, to search and to narrow.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::catalog::{EntityItem, EntityListPage, EntityQuery, Facet};

use super::parts::{Pager, SearchBox, address, changes, load, page_data, query};
use crate::{
    api::read_catalog,
    components::{
        Badge, ButtonLink, Cell, Chip, Column, EmptyState, FilterChips, Glyph, OwnerLink, PageHeader, RelativeTime,
        Row, RowLink, Shape, Table, Tone, Variant,
    },
};

#[component]
pub fn Catalog() -> impl IntoView {
    let (q, kind, owner) = (query("q"), query("kind"), query("owner"));
    let (lifecycle, runtime, cursor) = (query("lifecycle"), query("runtime"), query("cursor"));
    let asked = Memo::new(move |_| EntityQuery {
        q: q.get(),
        kind: kind.get(),
        owner: owner.get(),
        lifecycle: lifecycle.get(),
        runtime: runtime.get(),
        cursor: cursor.get(),
    });
    let changed = changes(&["catalog"]);
    let data = page_data(move || {
        changed.track();
        read_catalog(asked.get())
    });
    view! { <Title text="Catalog"/>{load(data, Shape::Rows, move |page| content(page, &asked.get_untracked()))} }
}

fn link(asked: &EntityQuery) -> String {
    let EntityQuery { q, kind, owner, lifecycle, runtime, cursor } = asked;
    let pairs = [
        ("q", q),
        ("kind", kind),
        ("owner", owner),
        ("lifecycle", lifecycle),
        ("runtime", runtime),
        ("cursor", cursor),
    ];
    address("/catalog", &pairs.map(|(name, value)| (name, value.as_str())))
}

/// Chips of one facet: each sets its value, or takes it away when it is on.
fn chips(asked: &EntityQuery, facets: &[Facet], place: fn(&mut EntityQuery) -> &mut String) -> Vec<Chip> {
    facets
        .iter()
        .map(|facet| {
            let mut other = EntityQuery { cursor: String::new(), ..asked.clone() };
            let on = place(&mut other).eq_ignore_ascii_case(&facet.value);
            *place(&mut other) = if on { String::new() } else { facet.value.clone() };
            let count = u64::try_from(facet.count).ok().filter(|count| *count > 0);
            Chip { label: facet.title.clone(), href: link(&other), on, count }
        })
        .collect()
}

fn content(page: EntityListPage, asked: &EntityQuery) -> AnyView {
    let kinds = chips(asked, &page.kinds, |query| &mut query.kind);
    let owners = chips(asked, &page.owners, |query| &mut query.owner);
    let lifecycles = chips(asked, &page.lifecycles, |query| &mut query.lifecycle);
    let runtimes = chips(asked, &page.runtimes, |query| &mut query.runtime);
    let everything = *asked == EntityQuery::default();
    let shown = page.items.len();
    let rows = match (shown, everything) {
        (0, true) => view! {
            <EmptyState text="The catalog is empty. Register a repository that holds a catalog-info.yaml.">
                <ButtonLink href="/catalog/register">"Register a repository"</ButtonLink>
            </EmptyState>
        }
        .into_any(),
        (0, false) => view! {
            <EmptyState text="Nothing in the catalog is like that."><ButtonLink href="/catalog">"Show everything"</ButtonLink></EmptyState>
        }
        .into_any(),
        _ => {
            let columns = ["Name", "Kind", "Owner", "Lifecycle", "Changed"].map(Column::new).to_vec();
            let rows = page.items.into_iter().map(row).collect_view();
            view! { <Table caption="Entities of the catalog" columns>{rows}</Table> }.into_any()
        }
    };
    let at = |cursor: String| link(&EntityQuery { cursor, ..asked.clone() });
    let next = page.next.map(at);
    let first = (!asked.cursor.is_empty()).then(|| at(String::new()));
    let may_register = page.may_register;
    let actions = move || {
        may_register.then(|| view! { <ButtonLink href="/catalog/register" variant=Variant::Primary glyph=Glyph::Plus>"Register"</ButtonLink> })
    };
    let keep = vec![
        ("kind", asked.kind.clone()),
        ("owner", asked.owner.clone()),
        ("lifecycle", asked.lifecycle.clone()),
        ("runtime", asked.runtime.clone()),
    ];
    view! {
        <PageHeader title="Catalog" sub="Components, APIs, systems, teams and templates, read from catalog-info.yaml." actions/>
        <div class="filters">
            <SearchBox action="/catalog" label="Search the catalog" value=asked.q.clone() keep/>
            <FilterChips label="Kind" chips=kinds/>
            <FilterChips label="Owner" chips=owners/>
            <FilterChips label="Lifecycle" chips=lifecycles/>
            <FilterChips label="Runtime" chips=runtimes/>
        </div>
        {rows}
        <Pager shown next first/>
    }
    .into_any()
}

fn row(item: EntityItem) -> impl IntoView {
    let kind = match item.entity_type {
        Some(entity_type) => [&item.kind, ", ", &entity_type].concat(),
        None => item.kind,
    };
    let owner = item.owner.map(|owner| view! { <OwnerLink name=owner.title href=owner.href team=true/> });
    let error = item.error.map(|error| view! { <span title=error><Badge tone=Tone::Warning glyph=Glyph::Alert>"Not up to date"</Badge></span> });
    view! {
        <Row>
            <RowLink href=item.href sub=item.description>{item.title}</RowLink>
            <Cell label="Kind">{kind}</Cell>
            <Cell label="Owner">{owner}</Cell>
            <Cell label="Lifecycle">{item.lifecycle}{error}</Cell>
            <Cell label="Changed" minor=true><RelativeTime at=item.updated_at/></Cell>
        </Row>
    }
}
