//! `/search`: the palette as a page, for whoever has no script.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::search::SearchHit;

use super::parts::{SearchBox, load, page_data, query};
use crate::{
    api::find,
    components::{Badge, Cell, Column, EmptyState, Glyph, PageHeader, Row, RowLink, Shape, Table},
};

#[component]
pub fn Search() -> impl IntoView {
    let q = query("q");
    let data = page_data(move || find(q.get()));
    view! {
        <Title text="Search"/>
        <PageHeader title="Search" sub="Services, teams, templates and everything else in the catalog."/>
        <div class="filters">{move || view! { <SearchBox action="/search" label="Search everything" value=q.get() keep=Vec::new()/> }}</div>
        {load(data, Shape::Rows, move |hits| content(hits, &q.get_untracked()))}
    }
}

fn content(hits: Vec<SearchHit>, asked: &str) -> AnyView {
    if asked.trim().is_empty() {
        return view! { <EmptyState text="Type a name, or a part of one."/> }.into_any();
    }
    if hits.is_empty() {
        return view! { <EmptyState text=["Nothing is called ", asked, "."].concat()/> }.into_any();
    }
    let columns = ["Found", "What it is"].map(Column::new).to_vec();
    let rows = hits
        .into_iter()
        .map(|hit| {
            let glyph = glyph_of(&hit.group);
            view! {
                <Row>
                    <RowLink href=hit.href sub=hit.subtitle>{hit.title}</RowLink>
                    <Cell label="What it is"><Badge glyph>{hit.group}</Badge></Cell>
                </Row>
            }
        })
        .collect_view();
    view! { <Table caption="What was found" columns>{rows}</Table> }.into_any()
}

/// The icon of what was found.
#[must_use]
pub fn glyph_of(group: &str) -> Glyph {
    match group {
        "Service" => Glyph::Box,
        "Template" => Glyph::Template,
        "Team" => Glyph::Team,
        "Action" => Glyph::ArrowRight,
        _ => Glyph::Book,
    }
}
