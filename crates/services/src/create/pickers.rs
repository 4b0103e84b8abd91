//! What pickers of entities take: what the template's filter lets through. The page offers that and nothing else; here it holds for
//! whoever goes around the page.

use crate::{Result, errors::store};
use serde_json::{Map, Value};
use slipway_api_types::error::FieldError;
use slipway_domain::catalog::{Entity, EntityRef, relations};
use slipway_forms::{Field, Widget};
use slipway_ports::Tx;

/// What is wrong with the entities that fields name. One query.
pub(super) async fn problems(
    tx: &mut dyn Tx,
    fields: &[Field],
    values: &Map<String, Value>,
) -> Result<Vec<FieldError>> {
    let picks = |field: &&Field| {
        let offers = &field.offers;
        let picker = matches!(field.widget, Widget::EntityPicker | Widget::OwnerPicker | Widget::Checkboxes);
        picker && field.choices.is_empty() && (offers.closed || !offers.kinds.is_empty() || !offers.filter.is_empty())
    };
    let named: Vec<(&Field, String)> = fields
        .iter()
        .filter(picks)
        .flat_map(|field| texts(field.value(values)).into_iter().map(move |text| (field, text)))
        .collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let references: Vec<EntityRef> = named.iter().filter_map(|(field, text)| reference(field, text)).collect();
    let known = tx.entities(&references).await.map_err(store)?;
    let mut found: Vec<FieldError> = Vec::new();
    for (field, text) in named {
        let wanted = reference(field, &text);
        let entity = known.iter().map(|held| &held.entity).find(|entity| Some(entity.reference()) == wanted);
        let message = match entity {
            Some(entity) if fits(field, entity) => continue,
            Some(_) => format!("{text} is none of those that can be chosen here; choose one that is offered."),
            None if field.offers.closed => format!("The catalogue has no {text}; choose one that is offered."),
            None => continue,
        };
        if !found.iter().any(|error| error.field == field.name) {
            found.push(FieldError { field: field.name.clone(), message });
        }
    }
    Ok(found)
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) if !text.is_empty() => vec![text.clone()],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// The entity that a text names; what it leaves out, the field says.
fn reference(field: &Field, text: &str) -> Option<EntityRef> {
    let options = &field.schema["ui:options"];
    let usual = if field.widget == Widget::OwnerPicker { Some("group") } else { None };
    let kind = options["defaultKind"].as_str().or(field.offers.kinds.first().map(String::as_str)).or(usual);
    let namespace = options["defaultNamespace"].as_str().unwrap_or("default");
    EntityRef::parse(text.trim(), kind, namespace).ok()
}

fn fits(field: &Field, entity: &Entity) -> bool {
    let offers = &field.offers;
    let of_kind = offers.kinds.is_empty() || offers.kinds.iter().any(|kind| kind.eq_ignore_ascii_case(entity.kind()));
    of_kind && passes(&offers.filter, entity)
}

/// Whether an entity passes a `catalogFilter`: any of several, and all keys of one. An empty text lets all through.
pub(super) fn passes(filter: &str, entity: &Entity) -> bool {
    match serde_json::from_str::<Value>(filter) {
        Ok(Value::Array(any)) => any.iter().any(|one| passes_all(one, entity)),
        Ok(one) => passes_all(&one, entity),
        Err(_) => true,
    }
}

fn passes_all(filter: &Value, entity: &Entity) -> bool {
    let Some(keys) = filter.as_object() else { return true };
    keys.iter().all(|(key, wanted)| {
        let found = values_at(key, entity);
        let equals = |wanted: &Value| {
            let wanted = wanted.as_str().map_or_else(|| wanted.to_string(), str::to_owned);
            found.iter().any(|value| value.eq_ignore_ascii_case(&wanted))
        };
        match wanted {
            Value::Array(any) => any.iter().any(equals),
            // `{exists: true}`
            Value::Object(rule) => rule.get("exists").and_then(Value::as_bool) != Some(found.is_empty()),
            one => equals(one),
        }
    })
}

/// What stands in an entity under a key such as `spec.type`, `metadata.annotations.example.com/id` or `relations.ownedBy`.
fn values_at(key: &str, entity: &Entity) -> Vec<String> {
    if let Some(kind) = key.strip_prefix("relations.") {
        let own = entity.reference();
        let all = relations(entity).into_iter().filter(|relation| relation.source == own);
        return all.filter(|relation| relation.kind.eq_ignore_ascii_case(kind)).map(|r| r.target.to_string()).collect();
    }
    let mut found = Vec::new();
    collect(entity.body(), key, &mut found);
    found
}

/// A key of a document may itself have dots, so every way to cut the path is tried.
fn collect(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, inside) in map {
                match path.strip_prefix(key.as_str()) {
                    Some("") => collect_leaves(inside, found),
                    Some(rest) => {
                        if let Some(rest) = rest.strip_prefix('.') {
                            collect(inside, rest, found);
                        }
                    }
                    None => {}
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, path, found)),
        _ => {}
    }
}

fn collect_leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect_leaves(item, found)),
        other => found.push(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_filter_asks_for_all_its_keys_and_several_for_any() {
        let entity = Entity::new(json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Component",
            "metadata": {"name": "orders", "tags": ["rust", "http"], "annotations": {"example.com/tier": "1"}},
            "spec": {"type": "service", "lifecycle": "production", "owner": "payments"},
        }))
        .unwrap();
        let passes = |filter: Value| passes(&filter.to_string(), &entity);
        for yes in [
            json!({"kind": "component", "spec.type": "Service"}),
            json!({"spec.type": ["website", "service"]}),
            json!({"metadata.tags": "http", "metadata.annotations.example.com/tier": "1"}),
            json!({"metadata.annotations.example.com/tier": {"exists": true}, "spec.system": {"exists": false}}),
            json!([{"spec.type": "website"}, {"kind": "Component"}]),
            json!({"relations.ownedBy": "group:default/payments"}),
        ] {
            assert!(passes(yes.clone()), "{yes}");
        }
        for no in [
            json!({"kind": "component", "spec.type": "website"}),
            json!({"spec.system": {"exists": true}}),
            json!({"spec": "service"}),
            json!([{"spec.type": "website"}, {"kind": "API"}]),
        ] {
            assert!(!passes(no.clone()), "{no}");
        }
    }
}
