//! `/create`: the golden paths, what one has begun, what was made.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::create::{CreatePage, DraftRow, TemplateCard, WaitingRun};

use super::parts::{RunTable, changes, load, page_data};
use crate::{
    api::read_shelf,
    components::{
        Badge, ButtonLink, Card, Cell, Column, EmptyState, Glyph, Icon, Notice, PageHeader, RelativeTime, Row, RowLink,
        Shape, Table, Tone,
    },
};

#[component]
pub fn Create() -> impl IntoView {
    let changed = changes(&["run", "catalog"]);
    let data = page_data(move || {
        changed.track();
        read_shelf()
    });
    view! { <Title text="Create"/>{load(data, Shape::Tiles, content)} }
}

fn content(page: CreatePage) -> AnyView {
    let may_not = (!page.may_create).then(|| {
        view! { <Notice tone=Tone::Info><p>"You can look at every golden path. To create something you need the role developer in a team."</p></Notice> }
    });
    let shelf = if page.templates.is_empty() {
        view! {
            <EmptyState text="No golden path yet. Register a repository that holds a template.yaml.">
                <ButtonLink href="/catalog/register">"Register a repository"</ButtonLink>
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <ul class="shelf">{page.templates.into_iter().map(card).collect_view()}</ul> }.into_any()
    };
    let drafts = (!page.drafts.is_empty()).then(|| {
        let columns = ["Draft", "Golden path", "Last changed"].map(Column::new).to_vec();
        let rows = page.drafts.into_iter().map(draft).collect_view();
        view! { <Card title="Begun" sub="Kept until you finish them" flush=true><Table caption="Drafts" columns>{rows}</Table></Card> }
    });
    let waits = (!page.waiting.is_empty()).then(|| {
        let rows = page.waiting.into_iter().map(waiting).collect_view();
        view! { <Card title="Waiting for your word"><ul class="stack">{rows}</ul></Card> }
    });
    let runs = if page.runs.is_empty() {
        view! { <EmptyState text="Nothing was created yet."/> }.into_any()
    } else {
        view! { <RunTable rows=page.runs/> }.into_any()
    };
    view! {
        <PageHeader title="Create" sub="Golden paths: a repository, a pipeline and a running, watched service in one go."/>
        <div class="stack stack--page">
            {may_not}
            {waits}
            {shelf}
            {drafts}
            <Card title="Latest runs" flush=true>{runs}</Card>
        </div>
    }
    .into_any()
}

fn card(template: TemplateCard) -> impl IntoView {
    let tags = template.tags.into_iter().map(|tag| view! { <Badge outline=true>{tag}</Badge> }).collect_view();
    view! {
        <li class="shelf__card">
            <span class="shelf__head"><Icon glyph=Glyph::Template large=true/><a class="shelf__link" href=template.href>{template.title}</a></span>
            <p class="shelf__text">{template.description}</p>
            <span class="shelf__foot">{tags}</span>
            {template.owner.map(|owner| view! { <span class="shelf__owner">"By "<a href=owner.href>{owner.title}</a></span> })}
        </li>
    }
}

fn draft(draft: DraftRow) -> impl IntoView {
    let name = if draft.name.is_empty() { "Not named yet".to_owned() } else { draft.name };
    view! {
        <Row>
            <RowLink href=draft.href>{name}</RowLink>
            <Cell label="Golden path">{draft.template}</Cell>
            <Cell label="Last changed"><RelativeTime at=draft.updated_at/></Cell>
        </Row>
    }
}

fn waiting(run: WaitingRun) -> AnyView {
    let message = (!run.message.is_empty()).then(|| String::from(": ") + &run.message);
    view! { <li><a href=run.href>{run.title}</a>{message}" "<span class="muted"><RelativeTime at=run.asked_at/></span></li> }
        .into_any()
}
