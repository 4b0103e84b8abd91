//! `/catalog/{kind}/{namespace}/{name}`: one entity, its relations and its document.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::catalog::{EntityPage, Link, RelationGroup};

use super::{
    parts::{FormTrouble, changes, error_of, load, page_data, param},
    register::report,
};
use crate::{
    api::{RefreshEntity, read_entity},
    components::{
        Badge, Button, ButtonLink, Card, CodeBlock, Crumb, EmptyState, Glyph, Icon, KeyValue, KeyValueList, Notice,
        OwnerLink, PageHeader, RelativeTime, Shape, Tone, Variant,
    },
};

#[component]
pub fn Entity() -> impl IntoView {
    let (kind, namespace, name) = (param("kind"), param("namespace"), param("name"));
    let changed = changes(&["catalog"]);
    let refresh = ServerAction::<RefreshEntity>::new();
    let data = page_data(move || {
        changed.track();
        refresh.version().track();
        read_entity(kind.get(), namespace.get(), name.get())
    });
    load(data, Shape::Text, move |page| {
        let of = [kind, namespace, name].map(|part| part.get_untracked());
        content(page, of, refresh)
    })
}

fn content(page: EntityPage, of: [String; 3], refresh: ServerAction<RefreshEntity>) -> AnyView {
    let item = page.item;
    let crumbs = vec![
        Crumb::link("Catalog", "/catalog"),
        Crumb::link(item.kind.clone(), super::parts::address("/catalog", &[("kind", &item.kind.to_lowercase())])),
        Crumb::here(item.title.clone()),
    ];
    let kind = match &item.entity_type {
        Some(entity_type) => [&item.kind, ", ", entity_type].concat(),
        None => item.kind.clone(),
    };
    let beside = move || view! { <Badge>{kind}</Badge> };
    let unusable = item.kind.eq_ignore_ascii_case("template") && page.create.is_none();
    let (service, create) = (page.service, page.create);
    let actions = move || {
        let service = service.map(|link| view! { <ButtonLink href=link.href variant=Variant::Primary glyph=Glyph::Box>"Open the service"</ButtonLink> });
        let create = create.map(|link| view! { <ButtonLink href=link.href variant=Variant::Primary glyph=Glyph::Plus>"Use this golden path"</ButtonLink> });
        view! { {service}{create} }
    };
    let error = item.error.map(|error| {
        let title = if unusable { "It cannot be used" } else { "What you see is the last version that could be read" };
        view! { <Notice tone=Tone::Warning title><p>{error}</p></Notice> }
    });
    let owner = item.owner.map(
        |owner| view! { <KeyValue key="Owner"><OwnerLink name=owner.title href=owner.href team=true/></KeyValue> },
    );
    let system =
        page.system.map(|system| view! { <KeyValue key="System"><a href=system.href>{system.title}</a></KeyValue> });
    let lifecycle = item.lifecycle.map(|lifecycle| view! { <KeyValue key="Lifecycle">{lifecycle}</KeyValue> });
    let tags = (!page.tags.is_empty()).then(|| {
        let tags = page.tags.into_iter().map(|tag| view! { <Badge outline=true>{tag}</Badge> }).collect_view();
        view! { <KeyValue key="Tags"><span class="cluster">{tags}</span></KeyValue> }
    });
    let links = (!page.links.is_empty()).then(|| {
        let links = page.links.into_iter().map(outside).collect_view();
        view! { <KeyValue key="Links"><ul>{links}</ul></KeyValue> }
    });
    let [kind, namespace, name] = of;
    let again = page.may_refresh.then(|| {
        view! {
            <ActionForm action=refresh>
                <input type="hidden" name="kind" value=kind/>
                <input type="hidden" name="namespace" value=namespace/>
                <input type="hidden" name="name" value=name/>
                <Button small=true submit=true busy=refresh.pending() glyph=Glyph::Turning>"Read again now"</Button>
            </ActionForm>
        }
    });
    let came = move || refresh.value().get().and_then(Result::ok).map(report);
    let annotations = (!page.annotations.is_empty()).then(|| {
        let rows = page
            .annotations
            .into_iter()
            .map(|(key, value)| view! { <KeyValue key><span class="mono">{value}</span></KeyValue> })
            .collect_view();
        view! { <Card title="Annotations"><KeyValueList>{rows}</KeyValueList></Card> }
    });
    view! {
        <Title text=item.title.clone()/>
        <PageHeader title=item.title crumbs sub=item.description beside actions/>
        <div class="stack stack--page">
            {error}
            <FormTrouble error=error_of(refresh)/>
            <div aria-live="polite">{came}</div>
            <div class="split">
                <div class="stack stack--page">
                    {relations(page.relations)}
                    <Card title="Document" sub="As it was registered, unknown fields included" flush=true><CodeBlock text=page.yaml name="YAML"/></Card>
                </div>
                <div class="stack stack--page">
                    <Card title="About">
                        <KeyValueList>
                            {owner}
                            {system}
                            {lifecycle}
                            {tags}
                            {links}
                            <KeyValue key="Reference"><span class="mono">{item.reference}</span></KeyValue>
                            <KeyValue key="Read from"><span class="mono">{page.location}</span></KeyValue>
                            {page.checked_at.map(|at| view! { <KeyValue key="Last read"><RelativeTime at/></KeyValue> })}
                            <KeyValue key="Changed"><RelativeTime at=item.updated_at/></KeyValue>
                        </KeyValueList>
                        {again.map(|again| view! { <div class="card-foot">{again}</div> })}
                    </Card>
                    {annotations}
                </div>
            </div>
        </div>
    }
    .into_any()
}

fn outside(link: Link) -> impl IntoView {
    view! { <li><a class="external" href=link.href rel="external noopener" target="_blank">{link.title}<Icon glyph=Glyph::External/></a></li> }
}

fn relations(groups: Vec<RelationGroup>) -> AnyView {
    if groups.is_empty() {
        return view! { <Card title="Relations"><EmptyState text="It is related to nothing. Relations come from its document: owner, system, dependsOn, providesApis…"/></Card> }
            .into_any();
    }
    let groups = groups
        .into_iter()
        .map(|group| {
            let targets = group
                .targets
                .into_iter()
                .map(|target| {
                    let kind = view! { <span class="relation__kind">{target.kind}</span> };
                    if target.exists {
                        view! { <li class="relation"><a href=target.href>{target.title}</a>{kind}</li> }.into_any()
                    } else {
                        view! { <li class="relation relation--missing" title=target.reference><span>{target.title}</span>{kind}<span class="muted">"not in the catalog"</span></li> }
                            .into_any()
                    }
                })
                .collect_view();
            view! { <KeyValue key=group.title><ul class="relations">{targets}</ul></KeyValue> }
        })
        .collect_view();
    view! { <Card title="Relations"><KeyValueList>{groups}</KeyValueList></Card> }.into_any()
}
