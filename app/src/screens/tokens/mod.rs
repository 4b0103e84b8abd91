//! `/settings/tokens`: what machines sign in with.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::settings::{NewToken, TokenRow, TokensPage};

use super::{
    parts::{FormTrouble, error_of, field_error, load, page_data},
    settings::SettingsTabs,
};
use crate::{
    api::{CreateToken, RevokeToken, read_tokens},
    components::{
        Badge, Button, Card, Cell, Checkbox, Choice, CodeBlock, Column, EmptyState, Glyph, Icon, Notice, PageHeader,
        RelativeTime, Row, Select, Shape, Table, TextInput, Tone, Variant,
    },
};

#[component]
pub fn Tokens() -> impl IntoView {
    let create = ServerAction::<CreateToken>::new();
    let revoke = ServerAction::<RevokeToken>::new();
    let data = page_data(move || {
        create.version().track();
        revoke.version().track();
        read_tokens()
    });
    view! { <Title text="Tokens"/>{load(data, Shape::Rows, move |page| content(page, create, revoke))} }
}

fn content(page: TokensPage, create: ServerAction<CreateToken>, revoke: ServerAction<RevokeToken>) -> AnyView {
    let now = page.now;
    let tokens = if page.tokens.is_empty() {
        view! { <EmptyState text="No token yet. A pipeline needs one to record artifacts."/> }.into_any()
    } else {
        let mut columns = ["Token", "Scopes", "Ends", "Last used"].map(Column::new).to_vec();
        columns.push(Column::actions());
        let rows = page.tokens.into_iter().map(|token| row(token, now, revoke)).collect_view();
        view! { <Table caption="Your tokens" columns>{rows}</Table> }.into_any()
    };
    let scopes = page
        .scopes
        .into_iter()
        .map(|(name, words)| {
            let read = name == "read";
            view! { <Checkbox name="scopes[]" value=name.clone() label=name help=words checked=read/> }
        })
        .collect_view();
    let days = [("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "A year")];
    let days = days.map(|(value, label)| Choice::new(value, label)).to_vec();
    let error = error_of(create);
    let scopes_error = field_error(error, "scopes");
    let made = move || create.value().get().and_then(Result::ok).map(secret);
    view! {
        <PageHeader title="Tokens" sub="Bearer tokens for pipelines, the command line and git. Each does at most what you may."/>
        <SettingsTabs here="/settings/tokens"/>
        <div class="stack stack--page">
            <div aria-live="polite">{made}</div>
            <FormTrouble error=error_of(revoke)/>
            <Card title="Your tokens" flush=true>{tokens}</Card>
            <div class="reading">
                <Card title="Make a token">
                    <p class="without-script">"This needs a script: the secret is shown in place, once, and is nowhere else."</p>
                    <div class="needs-script">
                        <ActionForm action=create attr:class="form" attr:novalidate=true>
                            <FormTrouble error/>
                            <TextInput name="name" label="Name" required=true max_length=80 autocomplete="off" placeholder="Pipeline of payments-api" help="What it is for." error=field_error(error, "name")/>
                            <fieldset class="field" id="scopes" tabindex="-1">
                                <legend class="field__label">"Scopes"</legend>
                                {scopes}
                                <span class="field__error" aria-live="polite">
                                    {move || scopes_error.get().map(|error| view! { <Icon glyph=Glyph::Alert/><span>{error}</span> })}
                                </span>
                            </fieldset>
                            <Select name="days" label="Lasts" choices=days value="90" required=true error=field_error(error, "days")/>
                            <div class="form-actions"><Button variant=Variant::Primary submit=true busy=create.pending()>"Make the token"</Button></div>
                        </ActionForm>
                    </div>
                </Card>
            </div>
        </div>
    }
    .into_any()
}

fn secret(token: NewToken) -> impl IntoView {
    let title = ["Copy ", &token.name, " now"].concat();
    view! {
        <Notice tone=Tone::Success title>
            <p>"Its secret is shown this once. Slipway keeps only a digest of it."</p>
            <CodeBlock text=token.secret/>
        </Notice>
    }
}

fn row(token: TokenRow, now: i64, revoke: ServerAction<RevokeToken>) -> impl IntoView {
    let over = token.revoked || token.expires_at <= now;
    let scopes = token.scopes.into_iter().map(|scope| view! { <Badge outline=true>{scope}</Badge> }).collect_view();
    let ends = if token.revoked {
        view! { <Badge>"Revoked"</Badge> }.into_any()
    } else {
        view! { <RelativeTime at=token.expires_at/> }.into_any()
    };
    let used = match token.last_used_at {
        Some(at) => view! { <RelativeTime at/> }.into_any(),
        None => view! { <span class="muted">"Never"</span> }.into_any(),
    };
    let name = token.name.clone();
    // Whoever uses it is locked out at once, so it takes two presses, with or without a script.
    let take = (!over).then(|| {
        view! {
            <details class="confirm">
                <summary class="button button--small">"Revoke"<span class="visually-hidden">{[" ", &name].concat()}</span></summary>
                <ActionForm action=revoke>
                    <input type="hidden" name="id" value=token.id/>
                    <Button small=true variant=Variant::Danger submit=true>"Revoke for good"</Button>
                </ActionForm>
            </details>
        }
    });
    view! {
        <Row>
            <th scope="row"><span class="table__name">{token.name}</span></th>
            <Cell label="Scopes"><span class="cluster">{scopes}</span></Cell>
            <Cell label="Ends">{ends}</Cell>
            <Cell label="Last used">{used}</Cell>
            <Cell>{take}</Cell>
        </Row>
    }
}
