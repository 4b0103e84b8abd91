//! `/setup`: the first administrator, by the link that the server printed.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{parts::query, sign_in::DoorMark};
use crate::components::{Button, Notice, TextInput, Tone, Variant};

#[component]
pub fn Setup() -> impl IntoView {
    let (error, token) = (query("error"), query("token"));
    let (login, name) = (query("login").get_untracked(), query("display_name").get_untracked());
    let trouble = move || {
        let error = error.get();
        (!error.is_empty()).then(|| view! { <div role="alert"><Notice tone=Tone::Danger><p>{error}</p></Notice></div> })
    };
    view! {
        <Title text="Set up"/>
        <div class="door">
            <DoorMark/>
            <h1>"Set up Slipway"</h1>
            <p class="muted">"Make the first administrator. They invite everybody else."</p>
            {trouble}
            <form class="door__form" method="post" action="/setup">
                <input type="hidden" name="token" value=move || token.get()/>
                <TextInput name="login" label="Login" value=login required=true autocomplete="username"/>
                <TextInput name="display_name" label="Name" value=name required=true autocomplete="name" help="What others see."/>
                <TextInput name="password" label="Password" kind="password" required=true autocomplete="new-password" help="At least 12 characters."/>
                <Button variant=Variant::Primary submit=true>"Make the administrator"</Button>
            </form>
        </div>
    }
}
