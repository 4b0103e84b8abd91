use js_sys::{Array, Function, Reflect, RegExp, global};
use serde_json::{Map, Value};
use slipway_forms::{Field, Page, PatternMatcher, parse_input, validate_page};
use wasm_bindgen::JsCast;

/// What is wrong with a text in a field, if anything: the rules the server applies.
pub(super) fn check(field: &Field, text: &str) -> Option<String> {
    let value = match parse_input(field, text) {
        Ok(value) => value,
        Err(message) => return Some(message),
    };
    let values: Map<String, Value> = value.into_iter().map(|value| (field.name.clone(), value)).collect();
    let page = Page { fields: vec![field.clone()], ..Page::default() };
    validate_page(&page, &values, &Patterns).into_iter().next().map(|error| error.message)
}

/// The browser's own regular expressions: fields are checked where they are typed, and again by the server.
struct Patterns;

impl PatternMatcher for Patterns {
    fn is_match(&self, pattern: &str, text: &str) -> bool {
        // Through `Reflect`, because a pattern that cannot be read throws, and a throw would end the page.
        let made = Reflect::get(&global(), &"RegExp".into())
            .and_then(|class| class.dyn_into::<Function>())
            .and_then(|class| Reflect::construct(&class, &Array::of2(&pattern.into(), &"u".into())));
        made.is_ok_and(|made| made.unchecked_into::<RegExp>().test(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_checked_by_itself() {
        let form = slipway_forms::read_form(&serde_json::json!({
            "required": ["name"],
            "properties": {"name": {"type": "string", "minLength": 3}, "port": {"type": "integer", "minimum": 1024}}
        }))
        .expect("the schema is a form");
        let (name, port) = (&form.pages[0].fields[0], &form.pages[0].fields[1]);
        assert_eq!(check(name, "orders"), None);
        assert_eq!(check(name, "ab").as_deref(), Some("Use at least 3 characters; this has 2."));
        assert_eq!(check(name, "").as_deref(), Some("Fill this in; it is needed."));
        assert_eq!(check(port, "80").as_deref(), Some("Use a number of at least 1024; this is 80."));
        assert_eq!(check(port, "a port").as_deref(), Some("Use a whole number; `a port` is none."));
        assert_eq!(check(port, ""), None);
    }
}
