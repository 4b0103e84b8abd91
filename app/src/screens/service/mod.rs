//! `/services/{name}`: what runs where, with evidence; what was deployed; how delivery goes.

mod places;
mod remove;
mod supply;

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::{insights::InsightsQuery, services::ServicePage};

use super::parts::{
    DeploymentTable, DoraTiles, address, changes, insights_link, load, page_data, param, query, weeks_view,
};
use crate::{
    api::{RemoveService, read_service},
    components::{
        Badge, ButtonLink, Card, Crumb, EmptyState, Glyph, KeyValue, KeyValueList, OwnerLink, PageHeader, Shape,
        Variant,
    },
};

#[component]
pub fn Service() -> impl IntoView {
    let (name, doing) = (param("name"), query("do"));
    let changed = changes(&["placement", "deployment", "build", "service", "upgrade", "delivery"]);
    let remove = ServerAction::<RemoveService>::new();
    let removing = RwSignal::new(false);
    let data = page_data(move || {
        changed.track();
        read_service(name.get())
    });
    load(data, Shape::Rows, move |page| {
        let removal = remove::Removal { action: remove, open: removing, inline: doing.get() == "remove" };
        content(page, removal)
    })
}

fn content(page: ServicePage, removal: remove::Removal) -> AnyView {
    let name = page.name.clone();
    let crumbs = vec![Crumb::link("Services", "/services"), Crumb::here(name.clone())];
    let demo = page.demo;
    let beside = move || demo.then(|| view! { <Badge tone=crate::components::Tone::Info>"Demo data"</Badge> });
    let deploy = page.may_deploy.then(|| ["/services/", &name, "/deploy"].concat());
    let actions = move || {
        deploy.map(|href| view! { <ButtonLink href variant=Variant::Primary glyph=Glyph::Rocket>"Deploy"</ButtonLink> })
    };
    let history = address("/deployments", &[("service", &name)]);
    let all =
        move || view! { <ButtonLink href=history small=true variant=Variant::Ghost>"All deployments"</ButtonLink> };
    let deployments = if page.deployments.is_empty() {
        view! { <EmptyState text="Nothing was deployed yet. The first build can be."/> }.into_any()
    } else {
        view! { <DeploymentTable caption="Latest deployments" rows=page.deployments of_one_service=true/> }.into_any()
    };
    let may_manage = page.may_manage;
    let asked = InsightsQuery { service: name.clone(), ..InsightsQuery::default() };
    let weeks = (!page.dora.tiles.is_empty()).then(|| weeks_view(&page.dora, &[], None));
    view! {
        <Title text=name.clone()/>
        <PageHeader title=name.clone() crumbs sub=page.description beside actions/>
        <div class="stack stack--page">
            {places::view(page.placements)}
            <section class="stack">
                <h2>"Delivery, 90 days"<a class="heading-sub" href=insights_link(&asked)>"All insights"</a></h2>
                <DoraTiles panel=page.dora asked=asked.clone()/>
            </section>
            <Card title="Deployments" flush=true actions=all>{deployments}</Card>
            <div class="grid grid--halves">
                {supply::artifacts(&name, page.artifacts, page.may_deploy)}
                {supply::builds(page.builds)}
                {page.repository.map(supply::repository)}
                <Card title="About">
                    <KeyValueList>
                        <KeyValue key="Owner"><OwnerLink name=page.owner.title href=page.owner.href team=true/></KeyValue>
                        {page.golden_path.map(supply::golden_path)}
                        <KeyValue key="Catalog"><a href=page.entity.href>{page.entity.title}</a></KeyValue>
                    </KeyValueList>
                </Card>
            </div>
            {weeks}
            {may_manage.then(|| remove::view(&name, removal))}
        </div>
    }
    .into_any()
}
