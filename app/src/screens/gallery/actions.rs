use leptos::prelude::*;

use super::Part;
use crate::components::{
    Breadcrumbs, Button, ButtonLink, Chip, CopyButton, Crumb, Dialog, DialogLink, FilterChips, Glyph, IconButton, Tab,
    Tabs, TextInput, Toaster, Tone, Variant,
};

#[component]
pub fn Actions() -> impl IntoView {
    let toaster = use_context::<Toaster>();
    let open = RwSignal::new(false);
    let say = move |tone: Tone, text: &'static str| {
        if let Some(toaster) = toaster {
            toaster.say(tone, text);
        }
    };
    let undoable = move |_| {
        if let Some(toaster) = toaster {
            toaster.undoable(
                "Rolled back payments-api to v41",
                Callback::new(move |()| say(Tone::Success, "Back on v42")),
            );
        }
    };
    let foot = ViewFnOnce::from(move || {
        view! {
            <Button on:click=move |_| open.set(false)>"Keep it"</Button>
            <Button variant=Variant::Danger on:click=move |_| open.set(false)>"Remove payments-api"</Button>
        }
    });
    view! {
        <Part title="Actions and ways" words="Buttons are verbs with their object; one primary a page. What can be undone acts at once and offers Undo; only what cannot asks first, by typing the name.">
            <div class="cluster">
                <Button variant=Variant::Primary glyph=Glyph::Rocket>"Deploy v42"</Button>
                <Button glyph=Glyph::Undo on:click=undoable>"Roll back to v41"</Button>
                <Button variant=Variant::Ghost>"Show plan"</Button>
                <Button variant=Variant::Danger>"Cancel deployment"</Button>
                <Button variant=Variant::Link>"Why is it stuck?"</Button>
                <Button busy=true>"Saving"</Button>
                <Button disabled=true>"Promote to production"</Button>
                <ButtonLink href="/create" glyph=Glyph::Plus>"Create service"</ButtonLink>
                <Button small=true>"Approve"</Button>
                <IconButton glyph=Glyph::Gear label="Settings of this table"/>
                <CopyButton text="sha256:9f2c41be7d05" label="Copy digest"/>
                <DialogLink href="/design" open class="button button--danger">"Remove service…"</DialogLink>
            </div>
            <Dialog id="remove" title="Remove payments-api" open foot>
                <div class="stack">
                    <p>"Its 3 environments stop and its 2 addresses stop answering. The repository stays."</p>
                    <TextInput name="confirm" label="Type payments-api to remove it" required=true mono=true autocomplete="off"/>
                </div>
            </Dialog>
            <Breadcrumbs crumbs=vec![Crumb::link("Services", "/services"), Crumb::link("payments-api", "/services/payments-api"), Crumb::here("Deployments")]/>
            <Tabs
                label="Parts of payments-api"
                tabs=vec![
                    tab("Overview", true, None),
                    tab("Deployments", false, Some(128)),
                    tab("Logs", false, None),
                    tab("Metrics", false, None),
                    tab("Infrastructure", false, Some(2)),
                    tab("DORA", false, None),
                ]
            />
            <FilterChips
                label="Runtime"
                chips=vec![chip("ECS Express", 14, true), chip("ECS", 9, false), chip("App Runner", 3, false), chip("Kubernetes", 14, false)]
            />
        </Part>
    }
}

fn tab(label: &str, current: bool, count: Option<u64>) -> Tab {
    Tab { label: label.to_owned(), href: "/design".to_owned(), current, count }
}

fn chip(label: &str, count: u64, on: bool) -> Chip {
    Chip { label: label.to_owned(), href: "/design".to_owned(), on, count: Some(count) }
}
