//! Forms of any shape: read or refused, and what is typed into them is taken or refused, never a panic.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use slipway_forms::{PatternMatcher, parameters, read_form, read_typed, texts_of, validate_page, with_defaults};
use std::collections::BTreeMap;

struct Patterns;

impl PatternMatcher for Patterns {
    fn is_match(&self, pattern: &str, text: &str) -> bool {
        text.contains(pattern)
    }
}

/// Words of schemas, and what may stand behind each: the right thing and anything else.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-zé/😀 ]{0,6}".prop_map(Value::from),
        prop::sample::select(vec!["string", "number", "integer", "boolean", "array", "object", "null"])
            .prop_map(Value::from),
        prop::sample::select(vec![
            "textarea",
            "radio",
            "checkboxes",
            "hidden",
            "RepoUrlPicker",
            "OwnerPicker",
            "EntityTagsPicker",
            "Secret"
        ])
        .prop_map(Value::from),
    ];
    let words = vec![
        "type",
        "properties",
        "required",
        "items",
        "enum",
        "enumNames",
        "oneOf",
        "anyOf",
        "allOf",
        "if",
        "then",
        "else",
        "not",
        "const",
        "dependencies",
        "default",
        "title",
        "description",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "pattern",
        "format",
        "additionalProperties",
        "uniqueItems",
        "ui:widget",
        "ui:field",
        "ui:options",
        "ui:order",
        "ui:enumNames",
        "a",
        "b",
        "a/b",
        "0",
        "",
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        let field = (prop::sample::select(words.clone()).prop_map(str::to_owned), inner.clone());
        prop_oneof![
            1 => prop::collection::vec(inner, 0..4).prop_map(Value::from),
            4 => prop::collection::vec(field, 0..6).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// A form whose fields are of a kind, with anything besides.
fn form() -> impl Strategy<Value = Value> {
    let kinds = prop::sample::select(vec!["string", "number", "integer", "boolean", "array", "object"]);
    let field = (kinds, schema()).prop_map(|(kind, more)| {
        let mut field = more.as_object().cloned().unwrap_or_default();
        field.insert("type".into(), kind.into());
        Value::Object(field)
    });
    (prop::collection::vec(field, 1..4), schema(), schema()).prop_map(|(fields, more, dependencies)| {
        let names = ["a", "b", "c"];
        let properties: Map<String, Value> = names.iter().map(|name| (*name).to_owned()).zip(fields).collect();
        json!([{ "title": "One", "properties": properties, "allOf": [more], "dependencies": { "a": dependencies } }])
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_parameters_are_read_or_refused(whole in schema()) {
        let _ = read_form(&whole);
        let _ = read_form(&json!({ "properties": whole }));
    }

    #[test]
    fn any_form_takes_any_values(whole in form(), values in schema(), typed in prop::collection::btree_map("[abc](/[0-2a-c]){0,3}", "[a-z0-9é/?=&,.-]{0,8}", 0..6)) {
        let Ok(form) = read_form(&whole) else { return Ok(()) };
        let mut given = values.as_object().cloned().unwrap_or_default();
        given.insert("a".into(), values);
        let _ = with_defaults(&form, &given, &Patterns);
        let _ = parameters(&form, &given, &Patterns);
        let typed: BTreeMap<String, String> = typed;
        for page in &form.pages {
            let (read, _) = read_typed(page, &given, &typed, &Patterns);
            let _ = validate_page(page, &read, &Patterns);
            for field in page.fields(&read, &Patterns) {
                let _ = field.show(field.value(&read));
                let _ = texts_of(&field, field.value(&read));
            }
        }
        for field in form.fields(&given, &Patterns) {
            prop_assert!(!field.name.is_empty() || field.value(&given).is_none());
        }
    }
}
