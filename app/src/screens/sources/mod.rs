//! `/settings/sources`: who tells of deliveries.

mod make;
mod source;
mod subscriptions;

pub use source::Source;

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::sources::{SourceRow, SourceSecret, SourcesPage};

use super::{
    parts::{FormTrouble, changes, error_of, load, page_data},
    settings::SettingsTabs,
};
use crate::{
    api::{MakeSource, Subscribe, Unsubscribe, read_sources},
    components::{
        Badge, Card, Cell, CodeBlock, Column, EmptyState, Notice, PageHeader, RelativeTime, Row, Shape, Table, Tone,
    },
};

/// What can be done here.
#[derive(Clone, Copy)]
struct Doing {
    make: ServerAction<MakeSource>,
    subscribe: ServerAction<Subscribe>,
    unsubscribe: ServerAction<Unsubscribe>,
}

#[component]
pub fn Sources() -> impl IntoView {
    let doing = Doing { make: ServerAction::new(), subscribe: ServerAction::new(), unsubscribe: ServerAction::new() };
    let changed = changes(&["source"]);
    let done = move || (doing.make.version().get(), doing.subscribe.version().get(), doing.unsubscribe.version().get());
    let data = page_data(move || {
        changed.track();
        done();
        read_sources()
    });
    view! { <Title text="Sources"/>{load(data, Shape::Rows, move |page| content(page, doing))} }
}

fn content(page: SourcesPage, doing: Doing) -> AnyView {
    let Doing { make, subscribe, unsubscribe } = doing;
    let sources = if page.sources.is_empty() {
        let text = if page.may_make {
            "No source yet. Make one, and paste its address and secret where the events come from."
        } else {
            "No source that you may manage. Administrators and team leads make them."
        };
        view! { <EmptyState text/> }.into_any()
    } else {
        let columns = vec![
            Column::new("Source"),
            Column::new("Tells of"),
            Column::numeric("Deliveries"),
            Column::new("Last heard"),
            Column::numeric("Refused"),
        ];
        let rows = page.sources.into_iter().map(row).collect_view();
        view! { <Table caption="Sources of delivery events" columns>{rows}</Table> }.into_any()
    };
    let made = move || make.value().get().and_then(Result::ok).map(secret);
    let subscribed = move || subscribe.value().get().and_then(Result::ok).map(secret);
    let subscriptions = page.may_make_any.then(|| subscriptions::view(page.subscriptions, subscribe, unsubscribe));
    let form = page.may_make.then(|| make::form(page.kinds, page.may_make_any, make));
    view! {
        <PageHeader title="Sources" sub="Who tells Slipway of deployments, changes and incidents elsewhere, by webhook."/>
        <SettingsTabs here="/settings/sources"/>
        <div class="stack stack--page">
            <div aria-live="polite">{made}</div>
            <Card title="Sources" flush=true>{sources}</Card>
            {form}
            <div aria-live="polite">{subscribed}</div>
            <FormTrouble error=error_of(unsubscribe)/>
            {subscriptions}
        </div>
    }
    .into_any()
}

/// A secret that was just made: the one time it is seen.
fn secret(made: SourceSecret) -> AnyView {
    let title = ["Paste this at ", &made.name, " now"].concat();
    // One line is the address alone: the secret is the sender's.
    let own = made.lines.iter().all(|(_, value)| value.starts_with("http"));
    let lines = made.lines.into_iter().map(|(name, value)| view! { <CodeBlock name text=value/> }).collect_view();
    let words = if own {
        "Slipway reads the secret where you said it is."
    } else {
        "The secret is shown this once. Slipway does not keep it."
    };
    view! {
        <Notice tone=Tone::Success title>
            <p>{words}</p>
            <div class="stack">{lines}</div>
            <p><a href=made.href>"To its page"</a></p>
        </Notice>
    }
    .into_any()
}

fn row(source: SourceRow) -> AnyView {
    let heard = match source.heard_at {
        Some(at) => view! { <RelativeTime at/> }.into_any(),
        None => view! { <span class="muted">"Never"</span> }.into_any(),
    };
    let revoked = source.revoked.then(|| view! { <Badge>"Revoked"</Badge> });
    view! {
        <Row>
            <th scope="row">
                <a class="table__name" href=source.href>{source.name}</a>" "
                <Badge outline=true>{source.kind}</Badge>" "{revoked}
            </th>
            <Cell label="Tells of">{source.about}</Cell>
            <Cell label="Deliveries" numeric=true>{source.heard.to_string()}</Cell>
            <Cell label="Last heard">{heard}</Cell>
            <Cell label="Refused" numeric=true>{source.refused.to_string()}</Cell>
        </Row>
    }
    .into_any()
}
