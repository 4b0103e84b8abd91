//! `/catalog/register`: a path or URL, and what came of it.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::catalog::{RegisterProblem, RegisterReport};

use super::parts::{FormTrouble, error_of, field_error};
use crate::{
    api::RegisterLocation,
    components::{Button, ButtonLink, Card, Code, Crumb, Glyph, Icon, Notice, PageHeader, TextInput, Tone, Variant},
};

#[component]
pub fn Register() -> impl IntoView {
    let register = ServerAction::<RegisterLocation>::new();
    let error = error_of(register);
    let crumbs = vec![Crumb::link("Catalog", "/catalog"), Crumb::here("Register")];
    let came = move || register.value().get().and_then(Result::ok).map(report);
    view! {
        <Title text="Register"/>
        <PageHeader title="Register" crumbs sub="Adds what a repository says of itself, and keeps reading it."/>
        <div class="reading stack stack--page">
            <ActionForm action=register attr:class="form" attr:novalidate=true>
                <FormTrouble error/>
                <TextInput
                    name="target"
                    label="Repository or file"
                    required=true
                    mono=true
                    autocomplete="off"
                    placeholder="https://git.example.com/team/service"
                    help="The URL of a Git repository or of a file in one, or a folder on the server."
                    error=field_error(error, "target")
                />
                <div class="form-actions">
                    <Button variant=Variant::Primary submit=true busy=register.pending()>"Register"</Button>
                    <ButtonLink href="/catalog" variant=Variant::Ghost>"Back to the catalog"</ButtonLink>
                </div>
            </ActionForm>
            <div aria-live="polite">{came}</div>
            <Card title="What is read">
                <div class="prose">
                    <p>"Every document of "<Code>"catalog-info.yaml"</Code>" in Backstage's format, and files that a Location in it names. Unknown fields and annotations are kept. Where there is none, "<Code>"template.yaml"</Code>"."</p>
                    <p>"A template is read with all that it fetches, and kept: it runs even when its repository is gone. A change of it is noticed by itself."</p>
                    <p>"A document that is wrong is refused by file, document and field; the others are taken."</p>
                </div>
            </Card>
        </div>
    }
}

/// What was taken and what was refused.
pub fn report(report: RegisterReport) -> AnyView {
    let RegisterReport { registered, problems } = report;
    let nothing = registered.is_empty() && problems.is_empty();
    let taken = (!registered.is_empty()).then(|| {
        let title = match registered.len() {
            1 => "One entity is in the catalog".to_owned(),
            count => count.to_string() + " entities are in the catalog",
        };
        let items = registered
            .into_iter()
            .map(|target| view! { <li><Icon glyph=Glyph::Check/><span class="report__taken"><a href=target.href>{target.title}</a><span class="mono muted">{target.reference}</span></span></li> })
            .collect_view();
        view! { <Card title><ul class="report">{items}</ul></Card> }
    });
    let refused = (!problems.is_empty()).then(|| {
        let title = match problems.len() {
            1 => "One document was refused".to_owned(),
            count => count.to_string() + " documents were refused",
        };
        let items = problems.into_iter().map(problem).collect_view();
        view! { <Card title><ul class="report">{items}</ul></Card> }
    });
    let none = nothing.then(|| view! { <Notice tone=Tone::Info><p>"There was nothing to read."</p></Notice> });
    view! { <div class="stack">{refused}{taken}{none}</div> }.into_any()
}

fn problem(problem: RegisterProblem) -> impl IntoView {
    let place = match problem.line {
        Some(line) => [&problem.file, ", line ", &line.to_string()].concat(),
        None => [&problem.file, ", document ", &problem.document.to_string()].concat(),
    };
    let field = (!problem.field.is_empty()).then(|| view! { <Code>{problem.field}</Code> });
    view! {
        <li class="report__problem">
            <Icon glyph=Glyph::Alert/>
            <div><p class="mono">{place}" "{field}</p><p>{problem.message}</p></div>
        </li>
    }
}
