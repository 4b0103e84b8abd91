//! Which properties an object has, given what is in it: `dependencies`, `if`/`then`/`else`, `allOf`, and `oneOf`/`anyOf` whose
//! options are told apart by a property's value. What is left is a plain list of properties.

use crate::{
    check::PatternMatcher,
    holds::{holds, present},
};
use serde_json::{Map, Value, json};

/// Deeper conditions than any template's are left out.
const DEEPEST: usize = 16;

/// An object's properties that apply.
#[derive(Default)]
pub(crate) struct Resolved {
    /// In order.
    pub properties: Map<String, Value>,
    pub required: Vec<String>,
}

/// How conditions are decided.
pub(crate) enum Given<'a> {
    /// By what was said so far.
    Values(&'a Map<String, Value>, &'a dyn PatternMatcher),
    /// All hold: every property there may ever be.
    Everything,
}

impl Given<'_> {
    fn holds(&self, condition: &Value) -> bool {
        match self {
            Self::Values(values, patterns) => holds(condition, &Value::Object((*values).clone()), *patterns),
            Self::Everything => true,
        }
    }

    fn fails(&self, condition: &Value) -> bool {
        matches!(self, Self::Everything) || !self.holds(condition)
    }

    fn said(&self, name: &str) -> bool {
        match self {
            Self::Values(values, _) => present(values, name),
            Self::Everything => true,
        }
    }
}

/// The properties of `schema`, an object's, that apply now.
pub(crate) fn resolve(schema: &Value, given: &Given<'_>) -> Resolved {
    let mut found = Resolved::default();
    add(&mut found, schema, given, None, DEEPEST);
    let order: Vec<&str> = schema["ui:order"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !order.is_empty() {
        // What is not named stands where the star is, or at the end.
        let star = order.iter().position(|name| *name == "*").unwrap_or(order.len());
        let place = |name: &str| order.iter().position(|named| *named == name).unwrap_or(star);
        let mut sorted: Vec<_> = std::mem::take(&mut found.properties).into_iter().collect();
        sorted.sort_by_key(|(name, _)| place(name));
        found.properties = sorted.into_iter().collect();
    }
    found
}

/// `by` is the property whose dependency `schema` is: its options are told apart by that one.
fn add(found: &mut Resolved, schema: &Value, given: &Given<'_>, by: Option<&str>, depth: usize) {
    let (Some(rules), Some(depth)) = (schema.as_object(), depth.checked_sub(1)) else { return };
    for (name, property) in rules.get("properties").and_then(Value::as_object).into_iter().flatten() {
        add_property(found, name, property);
    }
    require(found, rules.get("required"));
    for part in rules.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        add(found, part, given, None, depth);
    }
    for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
        for (name, dependent) in rules.get(keyword).and_then(Value::as_object).into_iter().flatten() {
            if given.said(name) {
                require(found, Some(dependent));
                add(found, dependent, given, Some(name), depth);
            }
        }
    }
    if let Some(condition) = rules.get("if") {
        if let Some(then) = rules.get("then").filter(|_| given.holds(condition)) {
            add(found, then, given, None, depth);
        }
        if let Some(otherwise) = rules.get("else").filter(|_| given.fails(condition)) {
            add(found, otherwise, given, None, depth);
        }
    }
    for keyword in ["oneOf", "anyOf"] {
        let Some(options) = rules.get(keyword).and_then(Value::as_array) else { continue };
        let Some(tell) = tell(options, by) else { continue };
        if !found.properties.contains_key(tell) {
            add_property(found, tell, &choice(options, tell));
            found.required.push(tell.to_owned());
        }
        for option in options.iter().filter(|option| is_chosen(option, tell, given)) {
            add(found, &without(option, tell), given, None, depth);
        }
    }
}

/// A later word on a property adds to the earlier ones, as RJSF merges them.
fn add_property(found: &mut Resolved, name: &str, property: &Value) {
    match (found.properties.get_mut(name).and_then(Value::as_object_mut), property.as_object()) {
        (Some(known), Some(more)) => known.extend(more.clone()),
        _ => {
            found.properties.insert(name.to_owned(), property.clone());
        }
    }
}

fn require(found: &mut Resolved, names: Option<&Value>) {
    let names = names.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    found.required.extend(names.map(str::to_owned));
}

/// The property by whose value options are told apart: one that each of them has with a value of its own.
pub(crate) fn tell<'a>(options: &'a [Value], by: Option<&'a str>) -> Option<&'a str> {
    let tells = |option: &Value, name: &str| {
        let property = &option["properties"][name];
        property.get("const").is_some() || property["enum"].is_array()
    };
    let first = options.first()?["properties"].as_object()?;
    by.into_iter().chain(first.keys().map(String::as_str)).find(|name| options.iter().all(|option| tells(option, name)))
}

fn is_chosen(option: &Value, tell: &str, given: &Given<'_>) -> bool {
    given.said(tell) && given.holds(&json!({"properties": {tell: option["properties"][tell]}}))
}

/// An option without the property that tells it: that one is shown already.
fn without(option: &Value, tell: &str) -> Value {
    let mut rest = option.clone();
    if let Some(properties) = rest["properties"].as_object_mut() {
        properties.shift_remove(tell);
    }
    rest
}

/// A field to choose between options, when the property that tells them apart is nowhere else.
fn choice(options: &[Value], tell: &str) -> Value {
    let choices: Vec<Value> = options
        .iter()
        .filter_map(|option| {
            let property = &option["properties"][tell];
            let value = property.get("const").or_else(|| property["enum"].get(0))?;
            Some(json!({"const": value, "title": option.get("title").or(property.get("title"))}))
        })
        .collect();
    let kind = options.iter().find_map(|option| option["properties"][tell].get("type"));
    json!({"type": kind, "oneOf": choices})
}
