//! What was typed into the wizard: reading it and checking it.

use super::{
    actions::{REPOSITORY_CREATE, REPOSITORY_NAME},
    secrets,
    templates::Loaded,
};
use crate::{Caller, Result, errors::store};
use fancy_regex::Regex;
use serde_json::{Map, Value};
use slipway_api_types::{AppError, error::FieldError};
use slipway_domain::{access::Permission, catalog::EntityRef};
use slipway_forms::{Field, Form, Page, PatternMatcher, Typed, Widget, validate_page, value_at};
use slipway_ports::{Tx, forge::is_repository_part};

/// The field that says what will be called; every golden path has it.
pub(super) const NAME: &str = "name";

/// Matches a schema's patterns on the server, with the constructs that a browser's have.
#[derive(Clone, Copy, Debug)]
pub struct Patterns;

impl PatternMatcher for Patterns {
    fn is_match(&self, pattern: &str, text: &str) -> bool {
        Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text).unwrap_or_default())
    }
}

/// The stored values of a draft.
pub(super) fn stored(values: &Value) -> Map<String, Value> {
    values.as_object().cloned().unwrap_or_default()
}

/// Whether a page was sent, right or wrong, with every field that it has now.
pub(super) fn answered(page: &Page, values: &Map<String, Value>) -> bool {
    let fields = page.fields(values, &Patterns);
    fields.iter().filter(|field| field.is_typed()).all(|field| value_at(values, &field.name).is_some())
}

/// What a run is given: the answers that apply, defaults filled in, what was left empty left out, and marks for secrets.
pub(crate) fn parameters(form: &Form, values: &Map<String, Value>) -> Map<String, Value> {
    let mut parameters = slipway_forms::parameters(form, values, &Patterns);
    secrets::mask(form, values, &mut parameters);
    parameters
}

/// `values` with defaults where nothing was said.
pub(super) fn with_defaults(form: &Form, values: &Map<String, Value>) -> Map<String, Value> {
    slipway_forms::with_defaults(form, values, &Patterns)
}

/// What the schema says is wrong, over all pages; at most one message a field.
pub(crate) fn field_problems(form: &Form, values: &Map<String, Value>) -> Vec<FieldError> {
    let filled = with_defaults(form, values);
    let problems = form.pages.iter().flat_map(|page| validate_page(page, &filled, &Patterns));
    problems.map(|problem| FieldError { field: problem.field, message: problem.message }).collect()
}

/// The text of the field `name`, when there is one.
pub(super) fn name_in(values: &Map<String, Value>) -> Option<&str> {
    values.get(NAME).and_then(Value::as_str).filter(|name| !name.is_empty())
}

/// The field in which the owner is chosen.
pub(super) fn owner_field(form: &Form, values: &Map<String, Value>) -> Option<Field> {
    form.fields(values, &Patterns).into_iter().find(|field| field.widget == Widget::OwnerPicker)
}

/// The team that will own what is made: the chosen one, or the template's own when it does not ask.
pub(super) fn owner_in(loaded: &Loaded, values: &Map<String, Value>) -> Option<EntityRef> {
    let field = owner_field(&loaded.template.form, values);
    let text = match &field {
        Some(field) => field.value(values).and_then(Value::as_str),
        None => loaded.template.owner.as_deref(),
    };
    EntityRef::parse(text?, Some("group"), "default").ok()
}

/// Writes references of owners out in full, so that whatever reads them later needs no defaults. Before reading, so that it holds
/// for fields that other answers bring up.
pub(super) fn write_out(page: &Page, values: &Map<String, Value>, typed: &mut Typed) {
    for field in page.fields(values, &Patterns).iter().filter(|field| field.widget == Widget::OwnerPicker) {
        if let Some(text) = typed.get_mut(&field.name)
            && let Ok(reference) = EntityRef::parse(text.trim(), Some("group"), "default")
        {
            *text = reference.to_string();
        }
    }
}

fn field_error(field: &str, message: impl Into<String>) -> FieldError {
    FieldError { field: field.to_owned(), message: message.into() }
}

/// Everything that is wrong on one page: the schema's rules, whether the owner may be chosen, whether pickers name what
/// they offer, whether the name is free. At most one message a field; six queries.
pub(super) async fn problems(
    tx: &mut dyn Tx,
    caller: &Caller,
    loaded: &Loaded,
    page: &Page,
    values: &Map<String, Value>,
) -> Result<Vec<FieldError>> {
    let mut found: Vec<FieldError> = validate_page(page, values, &Patterns)
        .into_iter()
        .map(|error| FieldError { field: error.field, message: error.message })
        .collect();
    let fine = |found: &[FieldError], name: &str| !found.iter().any(|error| error.field == name);
    let fields = page.fields(values, &Patterns);
    let here = |name: &str| fields.iter().any(|field| field.name == name);
    let owner = owner_in(loaded, values);
    if let Some(field) =
        owner_field(&loaded.template.form, values).filter(|field| here(&field.name) && fine(&found, &field.name))
    {
        let given = field.value(values).is_some();
        match &owner {
            Some(owner) if owner.kind() != "group" => found.push(field_error(
                &field.name,
                "Choose a team; a service that one person owns is orphaned when they leave.",
            )),
            Some(owner) => {
                if let Err(refused) = caller.require(Permission::Create, Some(&owner.to_string())) {
                    found.push(field_error(&field.name, refused.message));
                }
            }
            None if given => found
                .push(field_error(&field.name, "This is no team; write its reference, e.g. group:default/payments.")),
            None => {}
        }
    }
    for wrong in super::pickers::problems(tx, &fields, values).await? {
        if fine(&found, &wrong.field) {
            found.push(wrong);
        }
    }
    if let Some(name) = name_in(values).filter(|_| here(NAME) && fine(&found, NAME)) {
        if names_repository(loaded) && !is_repository_part(name) {
            found.push(field_error(NAME, format!("A repository is called so. {REPOSITORY_NAME}")));
        } else if let Some(message) = taken(tx, name, owner.as_ref()).await? {
            found.push(field_error(NAME, message));
        }
    }
    Ok(found)
}

/// Whether the repository that the template makes is called just as its field says.
fn names_repository(loaded: &Loaded) -> bool {
    let mut steps = loaded.template.steps.iter().filter(|step| step.action == REPOSITORY_CREATE);
    let asked = format!("${{{{parameters.{NAME}}}}}");
    steps.any(|step| step.input["name"].as_str().is_some_and(|name| name.replace(' ', "") == asked))
}

/// Why a name cannot be used, in a sentence, when something has it already.
pub(super) async fn taken(tx: &mut dyn Tx, name: &str, owner: Option<&EntityRef>) -> Result<Option<String>> {
    if tx.service_by_name(name).await.map_err(store)?.is_some() {
        return Ok(Some(format!("There is a service named {name} already; choose another name.")));
    }
    if let Some(owner) = owner {
        let repository = format!("{}/{name}", owner.name());
        if tx.repository_by_name(&repository).await.map_err(store)?.is_some() {
            return Ok(Some(format!("There is a repository named {repository} already; choose another name.")));
        }
    }
    let component = EntityRef::new("component", "default", name);
    if tx.entity(&component).await.map_err(store)?.is_some() {
        return Ok(Some(format!("The catalogue has a component named {name} already; choose another name.")));
    }
    Ok(None)
}

/// Whether they may create anything for anybody; else who could let them.
pub(super) fn require_create_somewhere(caller: &Caller) -> Result<()> {
    if may_create_somewhere(caller) { Ok(()) } else { caller.require(Permission::Create, None) }
}

/// Whether they may create for at least one team.
pub(super) fn may_create_somewhere(caller: &Caller) -> bool {
    caller.may(Permission::Create, None) || caller.teams().any(|team| caller.may(Permission::Create, Some(team)))
}

/// The errors of a form, with a message that says what became of the rest.
pub(super) fn refuse(found: Vec<FieldError>) -> AppError {
    let mut error = AppError::invalid_fields(found);
    error.message.push_str(" What you typed is kept.");
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_a_browser() {
        assert!(Patterns.is_match("^[a-z][a-z0-9-]*[a-z0-9]$", "order-intake"));
        assert!(!Patterns.is_match("^[a-z][a-z0-9-]*[a-z0-9]$", "Order intake"));
        assert!(Patterns.is_match("^(?!aws)[a-z]+$", "orders") && !Patterns.is_match("^(?!aws)[a-z]+$", "awsome"));
        assert!(!Patterns.is_match("[", "["));
    }

    #[test]
    fn the_owner_is_the_field_with_the_picker() {
        let parameters = serde_json::json!({"properties": {"team": {"type": "string", "ui:field": "OwnerPicker"}}});
        let form = slipway_forms::read_form(&parameters).unwrap();
        assert_eq!(owner_field(&form, &Map::new()).unwrap().name, "team");
    }
}
