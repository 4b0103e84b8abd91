//! `/incidents`: what failed in production, and which deployment is to blame.

mod row;

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::incidents::IncidentsPage;

use super::parts::{FormTrouble, Pager, address, changes, error_of, field_error, load, page_data, query};
use crate::{
    api::{DecideIncident, OpenIncident, ResolveIncident, read_incidents},
    components::{Button, Card, Chip, EmptyState, FilterChips, PageHeader, Shape, TextInput, Variant},
};

/// What can be done here.
#[derive(Clone, Copy)]
struct Doing {
    open: ServerAction<OpenIncident>,
    decide: ServerAction<DecideIncident>,
    resolve: ServerAction<ResolveIncident>,
}

#[component]
pub fn Incidents() -> impl IntoView {
    let (all, cursor) = (query("all"), query("cursor"));
    let doing = Doing { open: ServerAction::new(), decide: ServerAction::new(), resolve: ServerAction::new() };
    let changed = changes(&["incident", "delivery"]);
    let done = move || (doing.open.version().get(), doing.decide.version().get(), doing.resolve.version().get());
    let data = page_data(move || {
        changed.track();
        done();
        read_incidents(all.get(), cursor.get())
    });
    let view = move |page| content(page, &all.get_untracked(), &cursor.get_untracked(), doing);
    view! { <Title text="Incidents"/>{load(data, Shape::Rows, view)} }
}

fn content(page: IncidentsPage, all: &str, cursor: &str, doing: Doing) -> AnyView {
    let at = |cursor: &str| address("/incidents", &[("all", all), ("cursor", cursor)]);
    let (on, href) = if all == "yes" { (true, "/incidents") } else { (false, "/incidents?all=yes") };
    let chips = vec![Chip { label: "Also what is over".to_owned(), href: href.to_owned(), on, count: None }];
    let shown = page.items.len();
    let next = page.next.map(|next| at(&next));
    let first = (!cursor.is_empty()).then(|| at(""));
    let rows = if page.items.is_empty() {
        let text = if all == "yes" {
            "Nobody told of an incident yet. A source under Settings does, or you below."
        } else {
            "Nothing is open."
        };
        view! { <EmptyState text/> }.into_any()
    } else {
        let rows = page.items.into_iter().map(|incident| row::view(incident, doing)).collect_view();
        view! { <ul class="incidents">{rows}</ul> }.into_any()
    };
    let form = page.may_open.then(|| form(doing));
    let trouble = [error_of(doing.decide), error_of(doing.resolve)].map(|error| view! { <FormTrouble error/> });
    view! {
        <PageHeader title="Incidents" sub="What failed in production, and which deployment is to blame. What you decide here moves the metrics."/>
        <div class="filters"><FilterChips label="Show" chips/></div>
        <div class="stack stack--page">
            {trouble.collect_view()}
            {rows}
            <Pager shown next first/>
            {form}
        </div>
    }
    .into_any()
}

fn form(doing: Doing) -> AnyView {
    let error = error_of(doing.open);
    view! {
        <div class="reading">
            <Card title="Open an incident">
                <ActionForm action=doing.open attr:class="form" attr:novalidate=true>
                    <FormTrouble error/>
                    <TextInput name="service" label="Service" required=true mono=true autocomplete="off" error=field_error(error, "service")/>
                    <TextInput name="title" label="What is wrong" required=true max_length=200 autocomplete="off" error=field_error(error, "title")/>
                    <TextInput name="detected_at" label="Noticed" autocomplete="off" placeholder="2026-11-21T09:30Z" help="Leave it empty for now." error=field_error(error, "detected_at")/>
                    <div class="form-actions"><Button variant=Variant::Primary submit=true busy=doing.open.pending()>"Open the incident"</Button></div>
                </ActionForm>
            </Card>
        </div>
    }
    .into_any()
}
