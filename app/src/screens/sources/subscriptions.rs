use leptos::prelude::*;
use slipway_api_types::sources::SubscriptionRow;

use crate::{
    api::{Subscribe, Unsubscribe},
    components::{Badge, Button, Card, Cell, Column, EmptyState, RelativeTime, Row, Table, TextInput, Variant},
    screens::parts::{FormTrouble, error_of, field_error},
};

/// Who is told what Slipway does, and the form that adds somebody.
pub(super) fn view(
    rows: Vec<SubscriptionRow>,
    subscribe: ServerAction<Subscribe>,
    unsubscribe: ServerAction<Unsubscribe>,
) -> AnyView {
    let rows = if rows.is_empty() {
        view! { <EmptyState text="Nobody is told yet. An address gets a CDEvent when a service is deployed or rolled back, when a run is approved, refused, withdrawn or not answered in time, and when an incident begins or ends."/> }
            .into_any()
    } else {
        let mut columns =
            vec![Column::new("Address"), Column::numeric("Taken"), Column::numeric("Given up"), Column::new("Last")];
        columns.push(Column::actions());
        let rows = rows.into_iter().map(|subscription| row(subscription, unsubscribe)).collect_view();
        view! { <Table caption="Addresses that are told" columns>{rows}</Table> }.into_any()
    };
    let error = error_of(subscribe);
    view! {
        <Card title="Subscriptions" sub="CDEvents of what Slipway does, signed after Standard Webhooks" flush=true>{rows}</Card>
        <div class="reading">
            <Card title="Tell an address">
                <p class="without-script">"This needs a script: the secret is shown in place, once, and is nowhere else."</p>
                <div class="needs-script">
                    <ActionForm action=subscribe attr:class="form" attr:novalidate=true>
                        <FormTrouble error prefix="subscription-"/>
                        <TextInput id="subscription-name" name="name" label="Name" required=true max_length=80 autocomplete="off" error=field_error(error, "name")/>
                        <TextInput id="subscription-url" name="url" label="Address" kind="url" required=true mono=true autocomplete="off" placeholder="https://events.example.com/slipway" error=field_error(error, "url")/>
                        <div class="form-actions"><Button submit=true busy=subscribe.pending()>"Tell it"</Button></div>
                    </ActionForm>
                </div>
            </Card>
        </div>
    }
    .into_any()
}

fn row(subscription: SubscriptionRow, unsubscribe: ServerAction<Unsubscribe>) -> AnyView {
    let last = match (subscription.last_failure, subscription.sent_at) {
        (Some((at, why)), sent) if sent.is_none_or(|sent| sent < at) => {
            view! { <span class="not-fine">{why}", "<RelativeTime at/></span> }.into_any()
        }
        (_, Some(at)) => view! { <RelativeTime at/> }.into_any(),
        (_, None) => view! { <span class="muted">"Nothing yet"</span> }.into_any(),
    };
    let state = subscription.revoked.then(|| view! { <Badge>"Ended"</Badge> });
    let name = subscription.name.clone();
    let end = (!subscription.revoked).then(|| {
        view! {
            <details class="confirm">
                <summary class="button button--small">"End"<span class="visually-hidden">{[" ", &name].concat()}</span></summary>
                <ActionForm action=unsubscribe>
                    <input type="hidden" name="id" value=subscription.id/>
                    <Button small=true variant=Variant::Danger submit=true>"Tell it no more"</Button>
                </ActionForm>
            </details>
        }
    });
    view! {
        <Row>
            <th scope="row"><span class="table__name">{subscription.name}</span>" "{state}<div class="delivery-key mono">{subscription.url}</div></th>
            <Cell label="Taken" numeric=true>{subscription.sent.to_string()}</Cell>
            <Cell label="Given up" numeric=true>{subscription.given_up.to_string()}</Cell>
            <Cell label="Last">{last}</Cell>
            <Cell>{end}</Cell>
        </Row>
    }
    .into_any()
}
