//! `/settings`: the instance.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::settings::AboutPage;

use super::parts::{FormTrouble, changes, error_of, load, page_data};
use crate::{
    api::{RefreshLocation, read_about},
    components::{
        Button, Card, Cell, Column, EmptyState, Glyph, Icon, KeyValue, KeyValueList, PageHeader, RelativeTime, Row,
        Shape, Tab, Table, Tabs,
    },
};

/// The pages of the settings: address and name.
const PAGES: [(&str, &str); 5] = [
    ("/settings", "About"),
    ("/settings/tokens", "Tokens"),
    ("/settings/people", "People"),
    ("/settings/sources", "Sources"),
    ("/audit", "Audit log"),
];

/// The way between the pages of the settings.
#[component]
pub fn SettingsTabs(here: &'static str) -> impl IntoView {
    let tabs = PAGES.map(|(href, label)| Tab {
        label: label.to_owned(),
        href: href.to_owned(),
        current: href == here,
        count: None,
    });
    view! { <div class="settings-tabs"><Tabs label="Settings" tabs=tabs.to_vec()/></div> }
}

#[component]
pub fn Settings() -> impl IntoView {
    let changed = changes(&["catalog"]);
    let refresh = ServerAction::<RefreshLocation>::new();
    let data = page_data(move || {
        changed.track();
        refresh.version().track();
        read_about()
    });
    view! { <Title text="Settings"/>{load(data, Shape::Rows, move |page| content(page, refresh))} }
}

fn content(page: AboutPage, refresh: ServerAction<RefreshLocation>) -> AnyView {
    let state = |fine: bool, words: String| {
        let (class, glyph) = if fine { ("fine", Glyph::CheckCircle) } else { ("not-fine", Glyph::Alert) };
        view! { <span class=class><Icon glyph/><span>{words}</span></span> }
    };
    let runtimes = page
        .runtimes
        .into_iter()
        .map(|(name, kind, words, fine)| {
            view! {
                <Row>
                    <th scope="row"><span class="table__name">{name}</span></th>
                    <Cell label="Kind">{kind}</Cell>
                    <Cell label="State">{state(fine, words)}</Cell>
                </Row>
            }
        })
        .collect::<Vec<_>>();
    let locations = page
        .locations
        .into_iter()
        .map(|location| {
            let again = (!location.id.is_empty()).then(|| {
                view! {
                    <ActionForm action=refresh>
                        <input type="hidden" name="id" value=location.id/>
                        <Button small=true submit=true busy=refresh.pending() glyph=Glyph::Turning>"Read again now"</Button>
                    </ActionForm>
                }
            });
            view! {
                <Row>
                    <th scope="row"><span class="table__name mono">{location.target}</span></th>
                    <Cell label="State">{state(location.fine, location.state)}</Cell>
                    <Cell label="Last read">{location.checked_at.map(|at| view! { <RelativeTime at/> })}</Cell>
                    <Cell label="Action">{again}</Cell>
                </Row>
            }
        })
        .collect::<Vec<_>>();
    let runtimes = if runtimes.is_empty() {
        view! { <EmptyState text="No runtime is configured."/> }.into_any()
    } else {
        let columns = ["Runtime", "Kind", "State"].map(Column::new).to_vec();
        view! { <Table caption="Configured runtimes" columns>{runtimes}</Table> }.into_any()
    };
    let locations = if locations.is_empty() {
        view! { <EmptyState text="The catalog reads from nowhere yet."/> }.into_any()
    } else {
        let columns = ["Location", "State", "Last read", "Action"].map(Column::new).to_vec();
        view! { <Table caption="Locations of the catalog" columns>{locations}</Table> }.into_any()
    };
    view! {
        <PageHeader title="Settings" sub="This instance and what it is connected to."/>
        <SettingsTabs here="/settings"/>
        <div class="stack stack--page">
            <FormTrouble error=error_of(refresh)/>
            <Card title="Slipway">
                <KeyValueList>
                    <KeyValue key="Version">{page.version}</KeyValue>
                    <KeyValue key="Database">{page.database}</KeyValue>
                    <KeyValue key="API"><a href="/api/v1/openapi.json" rel="external">"OpenAPI description"</a></KeyValue>
                    <KeyValue key="Design"><a href="/design">"Design system"</a></KeyValue>
                </KeyValueList>
            </Card>
            <Card title="Runtimes" flush=true>{runtimes}</Card>
            <Card title="Locations of the catalog" flush=true>{locations}</Card>
        </div>
    }
    .into_any()
}
