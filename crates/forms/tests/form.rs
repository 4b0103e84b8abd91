//! A form as a template's author writes it and a person fills it in.

use serde_json::{Map, Value, json};
use slipway_forms::{Form, PatternMatcher, Widget, parse_input, read_form, validate_page, with_defaults};

/// Knows the one pattern of these tests, so that the crate needs no regular expressions.
struct LowerCase;

impl PatternMatcher for LowerCase {
    fn is_match(&self, pattern: &str, text: &str) -> bool {
        assert_eq!(pattern, "^[a-z]+$");
        text.bytes().all(|b| b.is_ascii_lowercase())
    }
}

fn form() -> Form {
    read_form(&json!([
        {"title": "Who", "required": ["name", "owner"], "properties": {
            "name": {"type": "string", "pattern": "^[a-z]+$", "minLength": 3, "maxLength": 8, "ui:help": "Lower-case letters."},
            "owner": {"type": "string", "ui:field": "OwnerPicker", "ui:options": {"catalogFilter": {"kind": ["Group"]}}},
        }},
        {"title": "How", "properties": {
            "replicas": {"type": "integer", "minimum": 1, "maximum": 10, "default": 2},
            "cpu": {"type": "integer", "enum": [256, 512], "enumNames": ["quarter", "half"], "default": 256},
            "public": {"type": "boolean"},
            "hosts": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        }},
    ]))
    .unwrap()
}

fn values(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn messages(page: usize, given: Value) -> Vec<(String, String)> {
    validate_page(&form().pages[page], &values(given), &LowerCase).into_iter().map(|e| (e.field, e.message)).collect()
}

#[test]
fn reads_fields_in_order_with_their_widgets() {
    let form = form();
    let fields = form.fields(&Map::new(), &LowerCase);
    let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["name", "owner", "replicas", "cpu", "public", "hosts"]);
    assert_eq!((fields[1].widget, fields[1].offers.kinds.as_slice()), (Widget::OwnerPicker, &["Group".to_owned()][..]));
    assert_eq!(fields[3].widget, Widget::Select);
    assert_eq!(fields[3].choices[1].title, "half");
}

#[test]
fn each_wrong_field_says_the_mend() {
    assert_eq!(
        messages(0, json!({"name": "ab"})),
        [
            ("name".into(), "Use 3 to 8 characters; this has 2.".into()),
            ("owner".to_string(), "Choose one; it is needed.".to_string()),
        ]
    );
    assert_eq!(
        messages(0, json!({"name": "ABC", "owner": "x"})),
        [("name".into(), "This does not fit. Lower-case letters.".into())]
    );
    assert_eq!(
        messages(1, json!({"replicas": 11, "cpu": 300, "hosts": ["a", "b", "c"]})),
        [
            ("replicas".into(), "Use a number from 1 to 10; this is 11.".into()),
            ("cpu".to_string(), "Choose one of: quarter, half.".to_string()),
            ("hosts".to_string(), "Use at most 2 entries; this has 3.".to_string()),
        ]
    );
    assert!(messages(1, json!({})).is_empty());
}

#[test]
fn text_becomes_values_of_the_right_type() {
    let fields = form().fields(&Map::new(), &LowerCase);
    let read = |name: &str, text: &str| parse_input(fields.iter().find(|field| field.name == name).unwrap(), text);
    assert_eq!(read("replicas", " 3 ").unwrap(), Some(json!(3)));
    assert_eq!(read("cpu", "512").unwrap(), Some(json!(512)));
    assert_eq!(read("public", "").unwrap(), Some(json!(false)));
    assert_eq!(read("public", "on").unwrap(), Some(json!(true)));
    assert_eq!(read("hosts", "a\n\n b ").unwrap(), Some(json!(["a", "b"])));
    assert_eq!(read("name", "  ").unwrap(), None);
    assert_eq!(read("replicas", "three").unwrap_err(), "Use a whole number; `three` is none.");
}

#[test]
fn defaults_fill_what_was_not_said() {
    let filled = with_defaults(&form(), &values(json!({"replicas": 5})), &LowerCase);
    assert_eq!(Value::Object(filled), json!({"replicas": 5, "cpu": 256}));
}

#[test]
fn what_cannot_be_shown_is_named() {
    let path = |parameters: Value| read_form(&parameters).unwrap_err().path;
    assert_eq!(path(json!({"properties": {"a": {"type": "null"}}})), "properties.a.type");
    assert_eq!(path(json!([{"properties": {}, "required": ["b"]}])), "0.required");
    assert_eq!(path(json!([{"properties": {"a": {}}}, {"properties": {"a": {}}}])), "a");
    assert_eq!(path(json!({"properties": {"a/b": {}}})), "properties.a/b");
    assert_eq!(
        path(json!({"if": {}, "then": {"properties": {"a": {"minLength": -1}}}})),
        "then.properties.a.minLength"
    );
    assert_eq!(path(json!({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]})), "anyOf");
    let options = json!([{"properties": {"b": {}}}]);
    assert_eq!(path(json!({"properties": {"a": {}}, "dependencies": {"a": {"oneOf": options}}})), "dependencies.a");
    let options = json!([{"type": "integer"}, {"type": "boolean"}]);
    assert_eq!(path(json!({"properties": {"a": {"oneOf": options}}})), "properties.a.oneOf");
    assert_eq!(path(json!({"properties": {"a": {"anyOf": [{"type": "object"}]}}})), "properties.a.anyOf");
    assert_eq!(path(json!({"properties": {"a": {"type": "array"}}})), "properties.a.items");
}

/// The rule for names, without a library of regular expressions.
struct Names;

impl PatternMatcher for Names {
    fn is_match(&self, _: &str, text: &str) -> bool {
        let end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        end(text.chars().next()) && end(text.chars().last())
    }
}

#[test]
fn a_name_of_an_entity_and_a_single_value_have_rules_of_their_own() {
    let form = read_form(&json!({"properties": {
        "name": {"type": "string", "ui:field": "EntityNamePicker"},
        "kind": {"type": "string", "const": "service"},
    }}))
    .unwrap();
    let wrong = |values: Value| {
        let found = validate_page(&form.pages[0], &self::values(values), &Names);
        found.into_iter().map(|error| error.field).collect::<Vec<_>>()
    };
    assert!(wrong(json!({"name": "orders-api.v2", "kind": "service"})).is_empty());
    assert_eq!(wrong(json!({"name": "-orders", "kind": "website"})), ["name", "kind"]);
    assert_eq!(wrong(json!({"name": "a".repeat(64)})), ["name"]);
}

#[test]
fn options_that_are_no_single_values_are_rules_for_what_is_typed() {
    let form = read_form(&json!({"properties": {
        "size": {"oneOf": [{"title": "A word", "type": "string", "minLength": 3}, {"title": "A number", "type": "integer"}]},
        "port": {"anyOf": [{"type": "integer", "maximum": 1023}, {"type": "integer", "minimum": 8000}]},
        "host": {"type": "string", "ui:help": "A name.", "anyOf": [{"maxLength": 2}, {"pattern": "^[a-z]+$"}]},
    }}))
    .unwrap();
    let fields = form.fields(&Map::new(), &LowerCase);
    let widgets: Vec<Widget> = fields.iter().map(|field| field.widget).collect();
    assert_eq!(widgets, [Widget::Text, Widget::Number, Widget::Text]);
    let wrong = |given: Value| -> Vec<String> {
        validate_page(&form.pages[0], &values(given), &LowerCase).into_iter().map(|error| error.message).collect()
    };
    assert!(wrong(json!({"size": "small", "port": 8080, "host": "shop"})).is_empty());
    assert_eq!(
        wrong(json!({"size": "xs", "port": 4000, "host": "SHOP"})),
        ["This is none of: A word, A number.", "This is none of what may stand here.", "This does not fit. A name."]
    );
}

#[test]
fn a_list_is_full_at_its_most_items() {
    let list = |most: Value| json!({"properties": {"ports": {"type": "array", "items": {"type": "integer"}, "maxItems": most}}});
    let full = |most: Value, there: usize| {
        let form = read_form(&list(most)).unwrap();
        let fields = form.fields(&values(json!({"ports": vec![1; there]})), &LowerCase);
        fields.iter().find(|field| field.widget == Widget::Add).unwrap().is_full()
    };
    assert_eq!((full(json!(2), 1), full(json!(2), 2), full(json!(1000), 50)), (false, true, true));
}
