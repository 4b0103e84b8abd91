//! `/sign-in`: a plain form, because it sets a cookie.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::viewer::{DemoUser, SignInPage};

use super::parts::{load, page_data, query};
use crate::{
    api::read_sign_in,
    components::{Badge, Button, Notice, Shape, TextInput, Tone, Variant},
};

#[component]
pub fn SignIn() -> impl IntoView {
    let (error, next, login) = (query("error"), query("next"), query("login"));
    let data = page_data(read_sign_in);
    view! {
        <Title text="Sign in"/>
        <div class="door">
            <DoorMark/>
            <h1>"Sign in to Slipway"</h1>
            {load(data, Shape::Text, move |page| content(page, error.get(), next.get(), login.get()))}
        </div>
    }
}

/// The mark above the forms that stand outside the frame.
#[component]
pub fn DoorMark() -> impl IntoView {
    view! { <img class="door__mark" src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Crect width='24' height='24' rx='6' fill='%235b53e0'/%3E%3Cpath d='M5 15.5h14M8 15.5 16.5 6v9.5' fill='none' stroke='white' stroke-width='2' stroke-linejoin='round' stroke-linecap='round'/%3E%3C/svg%3E" alt="" width="40" height="40"/> }
}

fn content(page: SignInPage, error: String, next: String, login: String) -> AnyView {
    let error = (!error.is_empty())
        .then(|| view! { <div role="alert"><Notice tone=Tone::Danger><p>{error}</p></Notice></div> });
    let setup = page.needs_setup.then(|| {
        view! { <Notice tone=Tone::Info title="Nobody has an account here yet"><p>"The server printed a set-up link when it started. Open it to make the first administrator."</p></Notice> }
    });
    let demo = (!page.demo_users.is_empty()).then(|| demo(page.demo_users, next.clone()));
    view! {
        {error}
        {setup}
        <form class="door__form" method="post" action="/sign-in">
            <input type="hidden" name="next" value=next/>
            <TextInput name="login" label="Login" value=login required=true autocomplete="username"/>
            <TextInput name="password" label="Password" kind="password" required=true autocomplete="current-password"/>
            <Button variant=Variant::Primary submit=true>"Sign in"</Button>
        </form>
        {demo}
    }
    .into_any()
}

/// The demo's people: each signs in with one press, and their passwords stand there for the form.
fn demo(users: Vec<DemoUser>, next: String) -> impl IntoView {
    let users = users
        .into_iter()
        .map(|user| {
            view! {
                <li class="demo-user">
                    <div class="demo-user__words">
                        <span class="demo-user__name">{user.display_name.clone()}<Badge>{user.role}</Badge></span>
                        <span class="demo-user__secret mono">{user.login.clone()}" / "{user.password.clone()}</span>
                    </div>
                    <form method="post" action="/sign-in">
                        <input type="hidden" name="next" value=next.clone()/>
                        <input type="hidden" name="login" value=user.login/>
                        <input type="hidden" name="password" value=user.password/>
                        <Button small=true submit=true>{["Sign in as ", &user.display_name].concat()}</Button>
                    </form>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="door__demo" aria-label="People of the demo">
            <h2>"People of the demo"</h2>
            <p class="muted">"This instance holds demo data. Choose a role to look around with."</p>
            <ul>{users}</ul>
        </section>
    }
}
