//! `/services/{name}/deploy`: an artifact to an environment.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::deployments::DeployFormPage;

use super::parts::{FormTrouble, error_of, field_error, load, page_data, param, query};
use crate::{
    api::{Deploy, read_deploy_form},
    components::{
        Button, ButtonLink, Choice, Crumb, EmptyState, Glyph, PageHeader, RadioCard, RadioCards, Select, Shape,
        TextInput, Variant,
    },
};

#[component]
pub fn DeployForm() -> impl IntoView {
    let (name, artifact, environment) = (param("name"), query("artifact"), query("environment"));
    let deploy = ServerAction::<Deploy>::new();
    let data = page_data(move || read_deploy_form(name.get()));
    load(data, Shape::Text, move |page| content(page, artifact.get_untracked(), environment.get_untracked(), deploy))
}

fn content(page: DeployFormPage, artifact: String, environment: String, deploy: ServerAction<Deploy>) -> AnyView {
    let service = page.service;
    let title = String::from("Deploy ") + &service.title;
    let crumbs = vec![
        Crumb::link("Services", "/services"),
        Crumb::link(service.title.clone(), service.href.clone()),
        Crumb::here("Deploy"),
    ];
    let header = view! { <Title text=title.clone()/><PageHeader title=title.clone() crumbs sub="Built once, deployed anywhere: the same digest goes to every environment."/> };
    if page.artifacts.is_empty() || page.environments.is_empty() {
        return view! {
            {header}
            <EmptyState text="There is nothing to deploy yet. Push to the repository, or record an artifact through the API.">
                <ButtonLink href=service.href>"Back to the service"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let error = error_of(deploy);
    let artifacts: Vec<Choice> = page.artifacts.into_iter().map(|(id, words)| Choice::new(id, words)).collect();
    let environments: Vec<Choice> = page.environments.into_iter().map(|name| Choice::new(name.clone(), name)).collect();
    let intent = |value: &str, title: &str, text: &str| RadioCard {
        value: value.to_owned(),
        title: title.to_owned(),
        text: text.to_owned(),
        ..RadioCard::default()
    };
    let intents = vec![
        intent("planned", "Planned", "Ordinary work."),
        intent("hotfix", "Hotfix", "Unplanned, to mend something in production. Counts as rework."),
        intent("config", "Configuration", "The same artifact with other settings."),
    ];
    view! {
        {header}
        <div class="reading">
            <ActionForm action=deploy attr:class="form" attr:novalidate=true>
                <FormTrouble error/>
                <input type="hidden" name="service" value=service.title.clone()/>
                <Select name="environment" label="Environment" choices=environments value=environment required=true error=field_error(error, "environment")/>
                <Select name="artifact" label="Artifact" choices=artifacts value=artifact required=true help="Newest first." error=field_error(error, "artifact")/>
                <div class="field"><RadioCards name="intent" legend="Intent" cards=intents value="planned"/></div>
                <TextInput name="reason" label="Reason" help="Stands in the history." max_length=200 error=field_error(error, "reason")/>
                <div class="form-actions">
                    <Button variant=Variant::Primary submit=true busy=deploy.pending() glyph=Glyph::Rocket>{title}</Button>
                    <ButtonLink href=service.href variant=Variant::Ghost>"Back to the service"</ButtonLink>
                </div>
            </ActionForm>
        </div>
    }
    .into_any()
}
