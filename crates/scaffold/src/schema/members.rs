//! What schemas say of the items of lists and the members of objects.

use serde_json::Value;

use super::{Check, SchemaProblem, matches, same};

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn told(path: String, message: impl Into<String>) -> SchemaProblem {
    SchemaProblem { path, message: message.into() }
}

impl<'a> Check<'a> {
    pub(super) fn items(self, schema: &'a Value, value: &Value, path: &str, problems: &mut Vec<SchemaProblem>) {
        let Some(items) = value.as_array() else { return };
        let mut problem = |message: String| problems.push(told(path.to_owned(), message));
        if schema["minItems"].as_u64().is_some_and(|least| (items.len() as u64) < least) {
            problem(format!("This needs at least {} entries", schema["minItems"]));
        }
        if schema["maxItems"].as_u64().is_some_and(|most| items.len() as u64 > most) {
            problem(format!("This may have at most {} entries", schema["maxItems"]));
        }
        let twice = |(at, item): (usize, &Value)| items[..at].iter().any(|earlier| same(earlier, item));
        if schema["uniqueItems"] == true && items.iter().enumerate().any(twice) {
            problem("An entry is there twice".into());
        }
        if schema.get("contains").is_some_and(|wanted| !items.iter().any(|item| self.fits(wanted, item))) {
            problem("An entry that is needed is missing".into());
        }
        let places = schema["items"].as_array();
        for (index, item) in items.iter().enumerate() {
            let of_item = match places {
                Some(places) => places.get(index).unwrap_or(&schema["additionalItems"]),
                None => &schema["items"],
            };
            self.value(of_item, item, &below(path, &index.to_string()), problems);
        }
    }

    pub(super) fn properties(self, schema: &'a Value, value: &Value, path: &str, problems: &mut Vec<SchemaProblem>) {
        let Some(map) = value.as_object() else { return };
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !map.contains_key(name) {
                problems.push(told(below(path, name), "This is missing"));
            }
        }
        if schema["minProperties"].as_u64().is_some_and(|least| (map.len() as u64) < least) {
            problems.push(told(path.to_owned(), format!("This needs at least {} entries", schema["minProperties"])));
        }
        if schema["maxProperties"].as_u64().is_some_and(|most| map.len() as u64 > most) {
            problems.push(told(path.to_owned(), format!("This may have at most {} entries", schema["maxProperties"])));
        }
        let patterns = schema["patternProperties"].as_object();
        for (key, item) in map {
            let mut known = false;
            if let Some(property) = schema["properties"].get(key) {
                known = true;
                self.value(property, item, &below(path, key), problems);
            }
            for (_, property) in patterns.into_iter().flatten().filter(|(p, _)| matches(p, key) == Some(true)) {
                known = true;
                self.value(property, item, &below(path, key), problems);
            }
            if schema.get("propertyNames").is_some_and(|names| !self.fits(names, &Value::String(key.clone()))) {
                problems.push(told(below(path, key), "This name is not allowed here"));
            }
            match &schema["additionalProperties"] {
                _ if known => {}
                Value::Bool(false) => problems.push(told(below(path, key), "The action does not know this")),
                rest => self.value(rest, item, &below(path, key), problems),
            }
        }
        for (key, needs) in schema["dependencies"].as_object().into_iter().flatten() {
            if !map.contains_key(key) {
                continue;
            }
            match needs {
                Value::Array(names) => {
                    for name in names.iter().filter_map(Value::as_str).filter(|name| !map.contains_key(*name)) {
                        problems.push(told(below(path, name), format!("This is missing; {key} needs it")));
                    }
                }
                needs => self.value(needs, value, path, problems),
            }
        }
    }
}
