//! What holds fields together or is only shown: heads of objects and lists, items and what is done with them, what cannot be typed.

use leptos::prelude::*;
use slipway_forms::{Field, ListChange};

use super::field::{Control, said, sent_as};
use crate::{
    components::{Button, Glyph, Icon, Variant},
    screens::parts::focus,
};

fn help(field: &Field) -> Option<impl IntoView + use<>> {
    let help = field.help.clone();
    (!help.is_empty()).then(|| view! { <p class="field__help">{help}</p> })
}

pub(super) fn group(field: &Field) -> AnyView {
    view! { <div class="wizard__group"><h3>{field.title.clone()}</h3>{help(field)}</div> }.into_any()
}

/// The head of a list carries how many items there are: an item's own inputs may all be empty.
pub(super) fn list(control: &Control) -> AnyView {
    let field = &control.field;
    view! {
        <div class="wizard__group field" id=control.id.clone() tabindex="-1">
            <h3>{field.title.clone()}</h3>
            {help(field)}
            <input type="hidden" name=sent_as(&field.name) value=field.count.to_string()/>
            {said(control.error)}
        </div>
    }
    .into_any()
}

/// Gives the focus to what stands there when the change has been drawn.
fn focus_later(id: String) {
    set_timeout(move || focus(&id), std::time::Duration::ZERO);
}

/// A button that changes a list: at once with the script, else by sending the page.
fn changing(control: &Control, change: ListChange, label: String, word: &'static str) -> AnyView {
    let (answers, path) = (control.answers, control.field.name.clone());
    let value = change.write(&path);
    // The item is made anew, and its buttons with it: from the head of the list one goes on.
    let head = control.id.rsplit_once('/').map(|(list, _)| list.to_owned()).unwrap_or_default();
    let act = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        answers.change(change, &path);
        focus_later(head.clone());
    };
    view! { <Button small=true submit=true variant=Variant::Ghost name="change" value attr:aria-label=label on:click=act>{word}</Button> }
        .into_any()
}

pub(super) fn item(control: &Control) -> AnyView {
    let title = control.field.title.clone();
    let named = |word: &str| [word, " ", &title].concat();
    view! {
        <div class="wizard__item">
            <h4>{title.clone()}</h4>
            <span class="wizard__item-actions">
                {changing(control, ListChange::Up, [&named("Move"), " up"].concat(), "Up")}
                {changing(control, ListChange::Down, [&named("Move"), " down"].concat(), "Down")}
                {changing(control, ListChange::Remove, named("Remove"), "Remove")}
            </span>
        </div>
    }
    .into_any()
}

pub(super) fn add(control: &Control) -> AnyView {
    let (answers, path) = (control.answers, control.field.name.clone());
    let value = ListChange::Add.write(&path);
    let full = control.field.is_full();
    let id = [&control.id, "-add"].concat();
    let here = id.clone();
    let act = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        answers.change(ListChange::Add, &path);
        focus_later(here.clone());
    };
    let words = ["Add ", &control.field.title].concat();
    view! { <div><Button small=true submit=true name="change" value attr:id=id disabled=full glyph=Glyph::Plus on:click=act>{words}</Button></div> }
        .into_any()
}

/// A secret is not typed here.
pub(super) fn secret(field: &Field) -> AnyView {
    view! {
        <div class="field">
            <span class="field__label">{field.title.clone()}</span>
            {help(field)}
            <p class="wizard__later"><Icon glyph=Glyph::Shield/>"Asked for at the end, with the start: it is kept nowhere."</p>
        </div>
    }
    .into_any()
}

pub(super) fn fixed(field: &Field, text: &str) -> AnyView {
    let text = if text.is_empty() { "Nothing".to_owned() } else { text.to_owned() };
    view! {
        <div class="field">
            <span class="field__label">{field.title.clone()}</span>
            {help(field)}
            <p class="wizard__fixed mono">{text}</p>
        </div>
    }
    .into_any()
}
