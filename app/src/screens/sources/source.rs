//! `/settings/sources/{id}`: one source and what it sent.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::sources::{DeliveryRow, DeliveryState, SourcePage};

use super::secret;
use crate::{
    api::{Redeliver, RevokeSource, RotateSource, TestSource, read_source},
    components::{
        Badge, Button, Card, Cell, CodeBlock, Column, Crumb, EmptyState, Glyph, KeyValue, KeyValueList, Notice,
        PageHeader, RelativeTime, Row, Shape, Table, Tone, Variant,
    },
    screens::parts::{FormTrouble, Pager, address, changes, error_of, load, page_data, param, query},
};

/// What can be done here. Lives as long as the screen, so that news of further deliveries closes nothing.
#[derive(Clone, Copy)]
struct Doing {
    rotate: ServerAction<RotateSource>,
    revoke: ServerAction<RevokeSource>,
    test: ServerAction<TestSource>,
    redeliver: ServerAction<Redeliver>,
}

#[component]
pub fn Source() -> impl IntoView {
    let (id, cursor) = (param("id"), query("cursor"));
    let changed = changes(&["source"]);
    let doing = Doing {
        rotate: ServerAction::new(),
        revoke: ServerAction::new(),
        test: ServerAction::new(),
        redeliver: ServerAction::new(),
    };
    let done = move || {
        (
            doing.rotate.version().get(),
            doing.revoke.version().get(),
            doing.test.version().get(),
            doing.redeliver.version().get(),
        )
    };
    let data = page_data(move || {
        changed.track();
        done();
        read_source(id.get(), cursor.get())
    });
    load(data, Shape::Rows, move |page| content(page, cursor.get_untracked(), doing))
}

fn content(page: SourcePage, cursor: String, doing: Doing) -> AnyView {
    let title = page.row.name.clone();
    let crumbs = vec![
        Crumb::link("Settings", "/settings"),
        Crumb::link("Sources", "/settings/sources"),
        Crumb::here(title.clone()),
    ];
    let sub = [&page.row.kind, " · ", &page.row.about].concat();
    let made = move || doing.rotate.value().get().and_then(Result::ok).map(secret);
    let revoked = page.row.revoked.then(|| {
        view! { <Notice tone=Tone::Warning><p>"It was taken back: what it sends is refused. What it told stays."</p></Notice> }
    });
    let trouble = [error_of(doing.rotate), error_of(doing.revoke), error_of(doing.test), error_of(doing.redeliver)]
        .map(|error| view! { <FormTrouble error/> });
    let actions = actions(&page, doing);
    let href = page.row.href.clone();
    let next = page.next.clone().map(|next| address(&href, &[("cursor", &next)]));
    let first = (!cursor.is_empty()).then(|| href.clone());
    let shown = page.deliveries.len();
    let may_read = !page.row.revoked;
    let about = about(&page);
    let deliveries = if page.deliveries.is_empty() {
        view! { <EmptyState text="It sent nothing yet. A test event shows whether address and secret are right."/> }
            .into_any()
    } else {
        let mut columns = ["Event", "Came", "Outcome"].map(Column::new).to_vec();
        columns.push(Column::numeric("New events"));
        columns.push(Column::actions());
        let rows = page.deliveries.into_iter().map(|delivery| row(delivery, may_read, doing)).collect_view();
        view! { <Table caption="What it sent, newest first" columns>{rows}</Table> }.into_any()
    };
    view! {
        <Title text=title.clone()/>
        <PageHeader title crumbs sub/>
        <div class="stack stack--page">
            <div aria-live="polite">{made}</div>
            {trouble.collect_view()}
            {revoked}
            {about}
            <Card title="What it sent" sub="Kept for 90 days" flush=true>{deliveries}</Card>
            <Pager shown next first/>
            {actions}
        </div>
    }
    .into_any()
}

fn about(page: &SourcePage) -> AnyView {
    let secret = match &page.secret {
        Some(place) => view! { <span class="mono">{place.clone()}</span> }.into_any(),
        None => "Derived from the instance's key; kept nowhere".into_any(),
    };
    let former = page.former_until.map(|at| {
        view! { <KeyValue key="Former secret">"Accepted until "<RelativeTime at/></KeyValue> }
    });
    let refused = page.last_refused.clone().map(|(at, why)| {
        let count = page.row.refused.to_string();
        view! { <KeyValue key="Refused">{count}", the last "<RelativeTime at/>": "{why}</KeyValue> }
    });
    let setup = page
        .setup
        .clone()
        .into_iter()
        .map(|(name, value)| view! { <KeyValue key=name>{value}</KeyValue> })
        .collect_view();
    let (url, proof) = (page.url.clone(), page.proof.clone());
    let (created_by, created_at) = (page.created_by.clone(), page.created_at);
    view! {
        <Card title="Where it sends">
            <div class="stack">
                <CodeBlock name="POST" text=url/>
                <KeyValueList>
                    <KeyValue key="Proof">{proof}</KeyValue>
                    <KeyValue key="Secret">{secret}</KeyValue>
                    {former}
                    <KeyValue key="Made">"By "{created_by}", "<RelativeTime at=created_at/></KeyValue>
                    {refused}
                    {setup}
                </KeyValueList>
            </div>
        </Card>
    }
    .into_any()
}

fn actions(page: &SourcePage, doing: Doing) -> Option<AnyView> {
    if page.row.revoked {
        return None;
    }
    let id = page.row.id.clone();
    let test = page.can_test.then(|| {
        let id = id.clone();
        view! {
            <ActionForm action=doing.test>
                <input type="hidden" name="id" value=id/>
                <Button submit=true busy=doing.test.pending() glyph=Glyph::Pulse>"Send a test event"</Button>
            </ActionForm>
        }
    });
    let rotate = page.secret.is_none().then(|| {
        let id = id.clone();
        view! {
            <details class="confirm needs-script">
                <summary class="button">"Replace the secret"</summary>
                <ActionForm action=doing.rotate>
                    <input type="hidden" name="id" value=id/>
                    <p class="muted">"The present one is good for another day."</p>
                    <Button variant=Variant::Primary submit=true busy=doing.rotate.pending()>"Make a new secret"</Button>
                </ActionForm>
            </details>
        }
    });
    let view = view! {
        <div class="cluster">
            {test}
            {rotate}
            <details class="confirm">
                <summary class="button">"Revoke"</summary>
                <ActionForm action=doing.revoke>
                    <input type="hidden" name="id" value=id/>
                    <p class="muted">"What it sends from then on is refused."</p>
                    <Button variant=Variant::Danger submit=true busy=doing.revoke.pending()>"Revoke for good"</Button>
                </ActionForm>
            </details>
        </div>
    };
    Some(view.into_any())
}

fn row(delivery: DeliveryRow, may_read: bool, doing: Doing) -> AnyView {
    let (tone, glyph, words) = match delivery.state {
        DeliveryState::Stored => (Tone::Info, Glyph::Clock, "To be told"),
        DeliveryState::Taken => (Tone::Success, Glyph::CheckCircle, "Taken"),
        DeliveryState::Unmatched => (Tone::Warning, Glyph::Question, "Not matched"),
        DeliveryState::Ignored => (Tone::Neutral, Glyph::Check, "Nothing to count"),
        DeliveryState::Refused => (Tone::Danger, Glyph::CrossCircle, "Cannot be read"),
    };
    let again = may_read.then(|| {
        let (id, event) = (delivery.id.clone(), delivery.event.clone());
        view! {
            <ActionForm action=doing.redeliver>
                <input type="hidden" name="id" value=id/>
                <Button small=true submit=true>"Read again"<span class="visually-hidden">{[" ", &event].concat()}</span></Button>
            </ActionForm>
        }
    });
    let note = delivery.note.map(|note| view! { <div class="delivery-note">{note}</div> });
    view! {
        <Row>
            <th scope="row"><span class="table__name">{delivery.event}</span><div class="delivery-key mono">{delivery.key}</div></th>
            <Cell label="Came"><RelativeTime at=delivery.received_at/></Cell>
            <Cell label="Outcome"><Badge tone glyph>{words}</Badge>{note}</Cell>
            <Cell label="New events" numeric=true>{delivery.events.to_string()}</Cell>
            <Cell>{again}</Cell>
        </Row>
    }
    .into_any()
}
