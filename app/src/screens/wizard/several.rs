//! Fields with several inputs.

use leptos::prelude::*;
use slipway_forms::{HOST, parts_of};

use super::field::{Control, Offered, said, sent_as, was_shown};
use crate::components::{Checkbox, Choice, Select, TextArea, TextInput};

/// Several of the choices, or of the entities offered. Without either: references, one a line.
pub(super) fn checkboxes(control: Control, offered: &Offered) -> AnyView {
    let Control { field, id, name, text, error, on_input, on_leave, answers, .. } = control;
    let key = field.offers.key();
    let entities = offered.others.iter().find(|(of, _)| *of == key).map(|(_, found)| found.clone()).unwrap_or_default();
    let boxes: Vec<(String, String)> = if field.choices.is_empty() {
        entities
    } else {
        field.choices.iter().enumerate().map(|(at, choice)| (at.to_string(), choice.title.clone())).collect()
    };
    if boxes.is_empty() {
        let (label, help, required) = (field.title, field.help, field.rules.required);
        return view! { <TextArea name id label value=text help error required on_input on_leave/> }.into_any();
    }
    let ticked = answers.texts_of(&field);
    let shown = was_shown(&field);
    let mark = [&field.name, "/", slipway_forms::SHOWN].concat();
    let one = |(key, title): (String, String)| {
        let part = [&field.name, "/", &key].concat();
        let checked = ticked.get(&part).is_some_and(|text| !text.is_empty());
        let (name, mark) = (sent_as(&part), mark.clone());
        let on_change = Callback::new(move |on: bool| {
            answers.set(&mark, "1".to_owned());
            if on { answers.set(&part, "true".to_owned()) } else { answers.unset(&part) }
        });
        view! { <Checkbox name label=title value="true" checked on_change/> }
    };
    let help = (!field.help.is_empty()).then(|| view! { <p class="field__help">{field.help.clone()}</p> });
    view! {
        <div class="field" id=id tabindex="-1">
            {shown}
            <fieldset>
                <legend class="field__label">{field.title.clone()}</legend>
                {help}
                <div class="wizard__boxes">{boxes.into_iter().map(one).collect_view()}</div>
            </fieldset>
            {said(error)}
        </div>
    }
    .into_any()
}

/// Where a repository will be: its host, and the parts that one names it by there.
pub(super) fn repository(control: Control) -> AnyView {
    let Control { field, id, error, answers, .. } = control;
    let texts = answers.texts_of(&field);
    let options = field.schema["ui:options"].clone();
    let allowed = move |key: &str| -> Vec<Choice> {
        let list = options[key].as_array().cloned().unwrap_or_default();
        list.iter().filter_map(|value| value.as_str()).map(|value| Choice::new(value, value)).collect()
    };
    let (path, required) = (field.name.clone(), field.rules.required);
    let host = [&path, "/", HOST].concat();
    let first = texts.get(&host).cloned().unwrap_or_default();
    let chosen = Memo::new({
        let (host, first) = (host.clone(), first.clone());
        move |_| answers.texts().get(&host).cloned().unwrap_or_else(|| first.clone())
    });
    let input = {
        let id = id.clone();
        move |part: &str, label: &'static str, list: Vec<Choice>, value: String| {
            let name = [&path, "/", part].concat();
            let (id, sent) = ([&id, "-", part].concat(), sent_as(&name));
            let set = Callback::new(move |text: String| answers.set(&name, text));
            if list.is_empty() {
                view! { <TextInput name=sent id label value required mono=true autocomplete="off" on_input=set/> }
                    .into_any()
            } else {
                let mut choices = list;
                choices.insert(0, Choice::new("", "Choose one"));
                view! { <Select name=sent id label choices value required on_change=set/> }.into_any()
            }
        }
    };
    let hosts = input(HOST, "Host", allowed("allowedHosts"), first);
    let parts = move || {
        let one = |part: &&'static str| {
            let (label, key) = match *part {
                "owner" => ("Owner", "allowedOwners"),
                "organization" => ("Organization", "allowedOrganizations"),
                "workspace" => ("Workspace", "allowedWorkspaces"),
                "project" => ("Project", "allowedProjects"),
                _ => ("Repository", "allowedRepos"),
            };
            let name = [&field.name, "/", part].concat();
            let value = answers.text(&name).or_else(|| texts.get(&name).cloned()).unwrap_or_default();
            input(part, label, allowed(key), value)
        };
        parts_of(&chosen.get()).iter().map(one).collect_view()
    };
    let help = (!field.help.is_empty()).then(|| view! { <p class="field__help">{field.help.clone()}</p> });
    view! {
        <div class="field" id=id tabindex="-1">
            <fieldset>
                <legend class="field__label">{field.title.clone()}</legend>
                {help}
                <div class="wizard__parts">{hosts}{parts}</div>
            </fieldset>
            {said(error)}
        </div>
    }
    .into_any()
}
