#[cfg(not(feature = "ssr"))]
use js_sys::{Array, Function, Reflect, RegExp, global};
use slipway_forms::{Field, PatternMatcher, parse_input, validate_field};
#[cfg(not(feature = "ssr"))]
use wasm_bindgen::JsCast;

/// What is wrong with a text in a field, if anything: the rules the server applies.
pub(super) fn check(field: &Field, text: &str) -> Option<String> {
    parse_input(field, text).and_then(|value| validate_field(field, value.as_ref(), &Patterns)).err()
}

/// The browser's own regular expressions: fields are checked where they are typed, and again by the server.
pub(super) struct Patterns;

#[cfg(not(feature = "ssr"))]
impl PatternMatcher for Patterns {
    fn is_match(&self, pattern: &str, text: &str) -> bool {
        // Through `Reflect`, because a pattern that cannot be read throws, and a throw would end the page.
        let made = Reflect::get(&global(), &"RegExp".into())
            .and_then(|class| class.dyn_into::<Function>())
            .and_then(|class| Reflect::construct(&class, &Array::of2(&pattern.into(), &"u".into())));
        made.is_ok_and(|made| made.unchecked_into::<RegExp>().test(text))
    }
}

#[cfg(feature = "ssr")]
impl PatternMatcher for Patterns {
    fn is_match(&self, pattern: &str, text: &str) -> bool {
        slipway_services::create::Patterns.is_match(pattern, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, json};

    #[test]
    fn a_field_is_checked_by_itself() {
        let form = slipway_forms::read_form(&json!({
            "required": ["name"],
            "properties": {"name": {"type": "string", "minLength": 3}, "port": {"type": "integer", "minimum": 1024}}
        }))
        .expect("the schema is a form");
        let fields = form.fields(&Map::new(), &Patterns);
        let (name, port) = (&fields[0], &fields[1]);
        assert_eq!(check(name, "orders"), None);
        assert_eq!(check(name, "ab").as_deref(), Some("Use at least 3 characters; this has 2."));
        assert_eq!(check(name, "").as_deref(), Some("Fill this in; it is needed."));
        assert_eq!(check(port, "80").as_deref(), Some("Use a number of at least 1024; this is 80."));
        assert_eq!(check(port, "a port").as_deref(), Some("Use a whole number; `a port` is none."));
        assert_eq!(check(port, ""), None);
    }
}
