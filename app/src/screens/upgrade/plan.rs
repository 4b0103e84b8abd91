use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::{AppError, error::FieldError, upgrades::UpgradePlanPage};
use slipway_forms::Field;

use super::diff;
use crate::{
    api::{OpenUpgrade, read_upgrade_plan},
    components::{Button, ButtonLink, Card, Crumb, EmptyState, Glyph, Notice, PageHeader, Shape, Tone, Variant},
    screens::{
        parts::{FormTrouble, changes, error_of, load, page_data, param},
        wizard::{field::alone, parameters::PREFIX},
    },
};

/// What an upgrade would do.
#[component]
pub fn PlanUpgrade() -> impl IntoView {
    let name = param("name");
    let open = ServerAction::<OpenUpgrade>::new();
    let changed = changes(&["upgrade", "build"]);
    let data = page_data(move || {
        changed.track();
        read_upgrade_plan(name.get())
    });
    load(data, Shape::Text, move |page| content(page, open))
}

fn content(page: UpgradePlanPage, open: ServerAction<OpenUpgrade>) -> AnyView {
    let title = ["Upgrade ", &page.service.title].concat();
    let crumbs = vec![
        Crumb::link("Services", "/services"),
        Crumb::link(page.service.title.clone(), page.service.href.clone()),
        Crumb::here("Upgrade"),
    ];
    let sub = if page.from == page.to {
        ["Version ", &page.from, " of ", &page.template.title, "."].concat()
    } else {
        ["From version ", &page.from, " of ", &page.template.title, " to ", &page.to, "."].concat()
    };
    let header = view! { <Title text=title.clone()/><PageHeader title crumbs sub/> };
    if let Some(stands) = page.open {
        return view! {
            {header}
            <EmptyState text="An upgrade of this service is open already.">
                <ButtonLink href=stands.href>{stands.title}</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    if page.nothing {
        return view! {
            {header}
            <EmptyState text="It is on the latest version of its golden path.">
                <ButtonLink href=page.service.href>"Back to the service"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let conflicts = (!page.conflicts.is_empty()).then(|| {
        let count = page.conflicts.len();
        let words = if count == 1 { "in one file".to_owned() } else { ["in ", &count.to_string(), " files"].concat() };
        let text = [
            "The template and the team changed the same ",
            &words,
            ". It can be opened, and waits on its branch until a person has decided.",
        ]
        .concat();
        view! { <Notice tone=Tone::Warning title="It needs hands"><p>{text}</p></Notice> }
    });
    let asks = !page.asks.is_empty();
    let form = if page.may_open {
        form(page.service.title.clone(), page.asks, open)
    } else {
        view! { <p class="muted">"To open it you need the role developer in the service's team."</p> }.into_any()
    };
    let files = (!asks)
        .then(|| view! { <section class="stack"><h2>"What would change"</h2>{diff::view(page.files)}</section> });
    view! {
        {header}
        <div class="stack stack--page">
            {conflicts}
            {form}
            {files}
        </div>
    }
    .into_any()
}

/// The button, and what the new version asks.
fn form(service: String, asks: Vec<(Field, FieldError)>, open: ServerAction<OpenUpgrade>) -> AnyView {
    let error = error_of(open);
    let fields = asks.into_iter().map(|(field, why)| ask(field, why, error, open)).collect::<Vec<_>>();
    let button = view! {
        <input type="hidden" name="service" value=service/>
        <div class="form-actions"><Button variant=Variant::Primary submit=true glyph=Glyph::Commit busy=open.pending()>"Open the upgrade"</Button></div>
    };
    let trouble = view! { <FormTrouble error prefix=PREFIX/> };
    if fields.is_empty() {
        let words = "Opens a branch with one commit. Nothing is merged before somebody says so.";
        return view! { <ActionForm action=open>{trouble}<p class="muted">{words}</p>{button}</ActionForm> }.into_any();
    }
    view! {
        <div class="reading">
            <Card title="The new version asks">
                <ActionForm action=open attr:class="form" attr:novalidate=true>{trouble}{fields}{button}</ActionForm>
            </Card>
        </div>
    }
    .into_any()
}

fn ask(field: Field, why: FieldError, error: Signal<Option<AppError>>, open: ServerAction<OpenUpgrade>) -> AnyView {
    // Until something was sent, what the new version misses stands below the field as help does.
    let mut field = field;
    if field.help.is_empty() {
        field.help = why.message;
    }
    alone(field, String::new(), error, open.version().into())
}
