//! `/create`: the golden paths, what one has begun, what was made.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::create::{CreatePage, DraftRow, TemplateCard, TemplateTrouble};

use super::parts::{FormTrouble, RunTable, changes, error_of, load, page_data, waiting_runs};
use crate::{
    api::{RefreshEntity, read_shelf},
    components::{
        Badge, Button, ButtonLink, Card, Cell, Column, EmptyState, Glyph, Icon, Notice, PageHeader, RelativeTime, Row,
        RowLink, Shape, Table, Tone,
    },
};

#[component]
pub fn Create() -> impl IntoView {
    let changed = changes(&["run", "catalog"]);
    let refresh = ServerAction::<RefreshEntity>::new();
    let data = page_data(move || {
        changed.track();
        refresh.version().track();
        read_shelf()
    });
    view! { <Title text="Create"/>{load(data, Shape::Tiles, move |page| content(page, refresh))} }
}

fn content(page: CreatePage, refresh: ServerAction<RefreshEntity>) -> AnyView {
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
        view! { <ul class="shelf">{page.templates.into_iter().map(|template| card(template, refresh)).collect_view()}</ul> }.into_any()
    };
    let drafts = (!page.drafts.is_empty()).then(|| {
        let columns = ["Draft", "Golden path", "Last changed"].map(Column::new).to_vec();
        let rows = page.drafts.into_iter().map(draft).collect_view();
        view! { <Card title="Begun" sub="Kept until you finish them" flush=true><Table caption="Drafts" columns>{rows}</Table></Card> }
    });
    let waits = waiting_runs(page.waiting);
    let runs = if page.runs.is_empty() {
        view! { <EmptyState text="Nothing was created yet."/> }.into_any()
    } else {
        view! { <RunTable rows=page.runs/> }.into_any()
    };
    view! {
        <PageHeader title="Create" sub="Golden paths: a repository, a pipeline and a running, watched service in one go."/>
        <div class="stack stack--page">
            {may_not}
            <FormTrouble error=error_of(refresh)/>
            {waits}
            {shelf}
            {drafts}
            <Card title="Latest runs" flush=true>{runs}</Card>
        </div>
    }
    .into_any()
}

fn card(template: TemplateCard, refresh: ServerAction<RefreshEntity>) -> AnyView {
    let name = match &template.trouble {
        Some(trouble) if !trouble.has_good => view! { <span class="shelf__name">{template.title}</span> }.into_any(),
        _ => view! { <a class="shelf__link" href=template.href>{template.title}</a> }.into_any(),
    };
    let trouble = template.trouble.map(|broken| trouble(broken, refresh));
    let tags = template.tags.into_iter().map(|tag| view! { <Badge outline=true>{tag}</Badge> }).collect_view();
    view! {
        <li class="shelf__card">
            <span class="shelf__head"><Icon glyph=Glyph::Template large=true/>{name}</span>
            <p class="shelf__text">{template.description}</p>
            <span class="shelf__foot">{tags}</span>
            {template.owner.map(|owner| view! { <span class="shelf__owner">"By "<a href=owner.href>{owner.title}</a></span> })}
            {trouble}
        </li>
    }
    .into_any()
}

/// Why the latest version of a golden path is not the one that is used, and the way to look again.
fn trouble(trouble: TemplateTrouble, refresh: ServerAction<RefreshEntity>) -> AnyView {
    let what =
        if trouble.has_good { "Its latest version is broken; the last good one is used" } else { "It cannot be used" };
    let read = trouble.checked_at.map(|at| view! { <span class="muted">"Last read "<RelativeTime at/></span> });
    let again = trouble.may_refresh.then(|| {
        view! {
            <ActionForm action=refresh>
                <input type="hidden" name="kind" value="template"/>
                <input type="hidden" name="namespace" value=trouble.namespace/>
                <input type="hidden" name="name" value=trouble.name/>
                <Button small=true submit=true busy=refresh.pending() glyph=Glyph::Turning>"Read again now"</Button>
            </ActionForm>
        }
    });
    view! {
        <div class="shelf__trouble">
            <p class="not-fine"><Icon glyph=Glyph::Alert/><a href=trouble.entity>{what}</a></p>
            <p class="shelf__why mono">{trouble.why}</p>
            <div class="cluster">{again}{read}</div>
        </div>
    }
    .into_any()
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
