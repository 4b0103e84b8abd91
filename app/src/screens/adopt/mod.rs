//! `/services/{name}/adopt`: which golden path a repository that was made elsewhere is on.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::upgrades::AdoptPage;

use super::{
    parts::{FormTrouble, address, error_of, field_error, load, page_data, param, query},
    wizard::{field::alone, parameters::PREFIX},
};
use crate::{
    api::{Adopt as AdoptAction, read_adopt},
    components::{Button, Card, Chip, Choice, Crumb, EmptyState, FilterChips, PageHeader, Select, Shape, Variant},
};

#[component]
pub fn Adopt() -> impl IntoView {
    let (name, template) = (param("name"), query("template"));
    let adopt = ServerAction::<AdoptAction>::new();
    let data = page_data(move || read_adopt(name.get(), template.get()));
    load(data, Shape::Text, move |page| content(page, adopt))
}

fn content(page: AdoptPage, adopt: ServerAction<AdoptAction>) -> AnyView {
    let title = ["Put ", &page.service.title, " on a golden path"].concat();
    let crumbs = vec![
        Crumb::link("Services", "/services"),
        Crumb::link(page.service.title.clone(), page.service.href.clone()),
        Crumb::here("Golden path"),
    ];
    let here = [&page.service.href, "/adopt"].concat();
    let chips = page
        .templates
        .iter()
        .map(|(template, title)| {
            let on = *template == page.template;
            let href = address(&here, &[("template", if on { "" } else { template })]);
            Chip { label: title.clone(), href, on, count: None }
        })
        .collect::<Vec<_>>();
    let form = if page.templates.is_empty() {
        view! { <EmptyState text="No golden path is known here yet."/> }.into_any()
    } else if page.template.is_empty() {
        view! { <EmptyState text="Choose the golden path that the repository was made from, or comes close to."/> }
            .into_any()
    } else if page.may_adopt {
        form(page, adopt)
    } else {
        view! { <p class="muted">"To say so you need the role developer in the service's team."</p> }.into_any()
    };
    view! {
        <Title text=title.clone()/>
        <PageHeader title crumbs sub="Says which template, version and inputs its repository corresponds to. Its files stay as they are; from then on it can be upgraded."/>
        <div class="stack stack--page">
            <FilterChips label="Golden path" chips/>
            {form}
        </div>
    }
    .into_any()
}

fn form(page: AdoptPage, adopt: ServerAction<AdoptAction>) -> AnyView {
    let error = error_of(adopt);
    let versions: Vec<Choice> = page
        .versions
        .iter()
        .enumerate()
        .map(|(place, (version, short))| {
            let words = if place == 0 { [short, " (latest)"].concat() } else { short.clone() };
            Choice::new(version.clone(), words)
        })
        .collect();
    let fields = page
        .fields
        .into_iter()
        .map(|(field, text)| alone(field, text, error, adopt.version().into()))
        .collect::<Vec<_>>();
    view! {
        <div class="reading">
            <Card title="What it corresponds to">
                <ActionForm action=adopt attr:class="form" attr:novalidate=true>
                    <FormTrouble error prefix=PREFIX/>
                    <input type="hidden" name="service" value=page.service.title/>
                    <input type="hidden" name="template" value=page.template/>
                    <Select id="version" name="version" label="Version" choices=versions required=true help="The closest one: what differs from it is kept as the team's own." error=field_error(error, "version")/>
                    {fields}
                    <div class="form-actions"><Button variant=Variant::Primary submit=true busy=adopt.pending()>"Compare and open a branch"</Button></div>
                </ActionForm>
            </Card>
        </div>
    }
    .into_any()
}
