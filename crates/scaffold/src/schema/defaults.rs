//! Filling in defaults, as the form does before anything is sent: the server's own check never adds one.

use serde_json::{Map, Value};

use super::Check;

/// How often branches are looked at again, since a default may open another one.
const MOST_ROUNDS: usize = 8;

/// `values` with the defaults of a template's pages where nothing was said, also those of the branches (`dependencies`,
/// `if`, `oneOf`) that the values lead into.
#[must_use]
pub fn with_defaults(pages: &[Value], values: &Map<String, Value>) -> Map<String, Value> {
    let mut filled = values.clone();
    for _ in 0..MOST_ROUNDS {
        let before = filled.clone();
        for page in pages {
            Check { root: page, depth: 0 }.fill(page, &mut filled);
        }
        if filled == before {
            break;
        }
    }
    filled
}

impl<'a> Check<'a> {
    fn fill(self, schema: &'a Value, values: &mut Map<String, Value>) {
        if self.depth >= super::MOST_DEPTH {
            return;
        }
        let deeper = Self { depth: self.depth + 1, ..self };
        if let Some(target) = self.target(schema) {
            return deeper.fill(target, values);
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            match values.get_mut(name) {
                Some(Value::Object(inner)) => deeper.fill(property, inner),
                Some(_) => {}
                None => {
                    if let Some(value) = deeper.default_of(property) {
                        values.insert(name.clone(), value);
                    }
                }
            }
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            deeper.fill(part, values);
        }
        if let Some(condition) = schema.get("if") {
            let branch = if self.fits(condition, &Value::Object(values.clone())) { "then" } else { "else" };
            deeper.fill(&schema[branch], values);
        }
        for name in ["oneOf", "anyOf"] {
            deeper.fill_way(&schema[name], values);
        }
        for (key, needs) in schema["dependencies"].as_object().into_iter().flatten() {
            if values.contains_key(key) && needs.is_object() {
                deeper.fill(needs, values);
            }
        }
    }

    /// The branch whose own fields, those that are there, fit.
    fn fill_way(self, ways: &'a Value, values: &mut Map<String, Value>) {
        let fits = |way: &&Value| {
            let said = way["properties"].as_object().into_iter().flatten();
            said.filter(|(name, _)| values.contains_key(*name))
                .all(|(name, property)| self.fits(property, values.get(name).unwrap_or(&Value::Null)))
        };
        if let Some(way) = ways.as_array().and_then(|ways| ways.iter().find(fits)) {
            self.fill(way, values);
        }
    }

    fn target(self, schema: &Value) -> Option<&'a Value> {
        self.root.pointer(schema["$ref"].as_str()?.strip_prefix('#')?)
    }

    /// What a field is when nobody says; an object is made of what is in it, if anything is.
    fn default_of(self, schema: &'a Value) -> Option<Value> {
        if self.depth >= super::MOST_DEPTH {
            return None;
        }
        if let Some(target) = self.target(schema) {
            return Self { depth: self.depth + 1, ..self }.default_of(target);
        }
        let mut inner = match schema.get("default") {
            Some(Value::Object(inner)) => inner.clone(),
            Some(value) => return Some(value.clone()),
            None => Map::new(),
        };
        if schema.get("properties").is_some() {
            self.fill(schema, &mut inner);
        }
        (!inner.is_empty() || schema.get("default").is_some()).then_some(Value::Object(inner))
    }
}
