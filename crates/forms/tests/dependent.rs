//! Fields that depend on others, fields within fields, and lists, as a template's author writes them and a person fills them in.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use slipway_forms::{
    Field, Form, ListChange, PatternMatcher, SHOWN, Typed, Widget, parameters, parse_input, read_form, read_typed,
    texts_of, validate_field, validate_page, with_defaults,
};

/// Knows the patterns of these tests, so that the crate needs no regular expressions.
struct Patterns;

impl PatternMatcher for Patterns {
    fn is_match(&self, pattern: &str, text: &str) -> bool {
        match pattern {
            "^[a-z]+$" => !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase()),
            // Tags.
            _ => text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
        }
    }
}

/// One of everything.
fn form() -> Form {
    read_form(&json!({
        "required": ["database"],
        "properties": {
            "database": {"type": "string", "oneOf": [{"const": "none", "title": "No database"}, {"const": "postgres", "title": "PostgreSQL"}, {"const": "dynamo"}]},
            "public": {"type": "boolean", "ui:widget": "radio"},
            "notify": {"type": "string"},
            "limits": {"type": "object", "required": ["cpu"], "properties": {
                "cpu": {"type": "integer", "default": 2, "minimum": 1},
                "burst": {"type": "boolean"},
            }, "dependencies": {"burst": {"oneOf": [
                {"properties": {"burst": {"const": true}, "peak": {"type": "integer", "minimum": 1}}, "required": ["peak"]},
                {"properties": {"burst": {"const": false}}},
            ]}}},
            "hosts": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "object", "title": "Host", "required": ["name"], "properties": {
                "name": {"type": "string", "pattern": "^[a-z]+$"},
                "port": {"type": "integer", "default": 443},
            }}},
            "ports": {"type": "array", "items": {"type": "integer", "minimum": 1}},
            "checks": {"type": "array", "uniqueItems": true, "items": {"type": "string", "enum": ["lint", "test", "scan"], "enumNames": ["Lint", "Tests", "Scan"]}},
            "tags": {"type": "array", "items": {"type": "string"}, "ui:field": "EntityTagsPicker"},
            "repoUrl": {"type": "string", "ui:field": "RepoUrlPicker"},
            "token": {"type": "string", "ui:field": "Secret", "minLength": 8},
            "region": {"type": "string", "default": "eu", "ui:readonly": true},
        },
        "ui:order": ["public", "*", "tags"],
        "dependencies": {
            "notify": ["channel"],
            "database": {"oneOf": [
                {"properties": {"database": {"enum": ["none"]}}},
                {"properties": {"database": {"const": "postgres"}, "size": {"type": "string", "enum": ["s", "l"], "default": "s"}}, "required": ["size"]},
                {"properties": {"database": {"const": "dynamo"}, "table": {"type": "string"}}},
            ]},
        },
        "allOf": [
            {"if": {"properties": {"public": {"const": true}}, "required": ["public"]},
             "then": {"properties": {"domain": {"type": "string", "minLength": 4}}, "required": ["domain"]},
             "else": {"properties": {"reason": {"type": "string"}}}},
            {"properties": {"channel": {"type": "string"}}},
        ],
    }))
    .unwrap()
}

fn values(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn typed(texts: &[(&str, &str)]) -> Typed {
    texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn fields(given: Value) -> Vec<Field> {
    form().pages[0].fields(&values(given), &Patterns)
}

fn names(given: Value) -> Vec<String> {
    fields(given).into_iter().map(|field| field.name).collect()
}

fn wrong(given: Value) -> Vec<(String, String)> {
    let found = validate_page(&form().pages[0], &values(given), &Patterns);
    found.into_iter().map(|error| (error.field, error.message)).collect()
}

#[test]
fn fields_come_and_go_with_the_answers_before_them() {
    let shows = |given: Value, name: &str| names(given).iter().any(|shown| shown == name);
    assert!(!shows(json!({}), "size") && !shows(json!({"database": "none"}), "size"));
    assert!(shows(json!({"database": "postgres"}), "size") && !shows(json!({"database": "postgres"}), "table"));
    assert!(shows(json!({"database": "dynamo"}), "table"));
    assert!(shows(json!({"public": true}), "domain") && !shows(json!({"public": true}), "reason"));
    assert!(shows(json!({"public": false}), "reason") && shows(json!({}), "reason"));
    assert!(!shows(json!({"limits": {}}), "limits/peak") && shows(json!({"limits": {"burst": true}}), "limits/peak"));
}

#[test]
fn what_a_dependency_asks_for_is_needed_only_then() {
    let needs = |given: Value| wrong(given).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    let fine = json!({"database": "none", "limits": {"cpu": 1}, "hosts": [{"name": "a"}]});
    assert_eq!(needs(fine.clone()), Vec::<String>::new());
    let with = |name: &str, value: Value| {
        let mut given = fine.clone();
        given[name] = value;
        given
    };
    assert_eq!(needs(with("notify", "ops".into())), ["channel"]);
    assert_eq!(needs(with("notify", Value::Null)), Vec::<String>::new(), "left empty is not said");
    assert_eq!(needs(with("public", true.into())), ["domain"]);
    assert_eq!(needs(with("limits", json!({"cpu": 1, "burst": true}))), ["limits/peak"]);
}

#[test]
fn fields_of_objects_and_lists_stand_below_their_heads() {
    let shown = fields(json!({"hosts": [{}, {}], "ports": [80]}));
    let of = |prefix: &str| {
        let found = shown.iter().filter(|field| field.name == prefix || field.name.starts_with(&format!("{prefix}/")));
        found.map(|field| (field.name.as_str(), field.widget, field.depth)).collect::<Vec<_>>()
    };
    assert_eq!(
        of("hosts"),
        [
            ("hosts", Widget::List, 0),
            ("hosts/0", Widget::Item, 1),
            ("hosts/0/name", Widget::Text, 2),
            ("hosts/0/port", Widget::Number, 2),
            ("hosts/1", Widget::Item, 1),
            ("hosts/1/name", Widget::Text, 2),
            ("hosts/1/port", Widget::Number, 2),
            ("hosts", Widget::Add, 0),
        ]
    );
    assert_eq!(of("limits")[..2], [("limits", Widget::Group, 0), ("limits/cpu", Widget::Number, 1)]);
    assert_eq!(of("ports")[2], ("ports/0", Widget::Number, 2));
    assert_eq!(shown[0].name, "public", "the author's order");
    assert_eq!(shown.last().unwrap().name, "tags");
    assert_eq!(names(json!({})).iter().filter(|name| *name == "hosts/0/name").count(), 1, "the least number of items");
}

#[test]
fn widgets_and_choices_are_what_the_author_asked_for() {
    let shown = fields(json!({}));
    let field = |name: &str| shown.iter().find(|field| field.name == name).unwrap();
    assert_eq!(
        field("database").choices.iter().map(|c| c.title.as_str()).collect::<Vec<_>>(),
        ["No database", "PostgreSQL", "dynamo"]
    );
    assert_eq!((field("public").widget, field("public").choices[0].title.as_str()), (Widget::Radio, "Yes"));
    assert_eq!(field("checks").widget, Widget::Checkboxes);
    assert_eq!(field("token").widget, Widget::Secret);
    assert_eq!(field("region").widget, Widget::Fixed);
    assert_eq!(field("repoUrl").widget, Widget::RepoUrlPicker);
}

#[test]
fn options_without_a_field_of_their_own_get_one() {
    let form = read_form(&json!({"properties": {"name": {}}, "oneOf": [
        {"title": "A queue", "properties": {"source": {"const": "queue"}, "queue": {"type": "string"}}, "required": ["queue"]},
        {"title": "A topic", "properties": {"source": {"const": "topic"}, "topic": {"type": "string"}}},
    ]}))
    .unwrap();
    let shown = |given: Value| form.pages[0].fields(&values(given), &Patterns);
    let first = shown(json!({}));
    assert_eq!(first.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["name", "source"]);
    assert_eq!(first[1].choices.iter().map(|c| c.title.as_str()).collect::<Vec<_>>(), ["A queue", "A topic"]);
    assert_eq!(shown(json!({"source": "queue"}))[2].name, "queue");
}

#[test]
fn what_was_typed_brings_up_what_depends_on_it() {
    let page = &form().pages[0];
    let sent = typed(&[
        ("database", "postgres"),
        ("hosts", "2"),
        ("hosts/0/name", "a"),
        ("hosts/0/port", ""),
        ("hosts/1/name", "B"),
        ("hosts/1/port", "80"),
        ("limits/cpu", "4"),
        ("checks/shown", "1"),
        ("checks/0", "true"),
        ("checks/2", "true"),
        ("tags", "fast, small"),
        ("repoUrl/host", "github.com"),
        ("repoUrl/owner", "acme & co"),
        ("repoUrl/repo", "orders"),
        ("token", "hunter2hunter2"),
        ("region", "us"),
    ]);
    let (read, open) = read_typed(page, &Map::new(), &sent, &Patterns);
    assert_eq!(read["hosts"], json!([{"name": "a", "port": null}, {"name": "B", "port": 80}]));
    assert_eq!(read["checks"], json!(["lint", "scan"]));
    assert_eq!(read["tags"], json!(["fast", "small"]));
    assert_eq!(read["repoUrl"], "github.com?owner=acme%20%26%20co&repo=orders");
    assert_eq!(read["region"], "eu", "what is not to be changed is not");
    assert!(!read.contains_key("token"), "secrets are no values");
    assert!(open.contains(&"size".to_owned()), "{open:?}");
    assert!(!open.contains(&"database".to_owned()) && !open.contains(&"checks".to_owned()), "{open:?}");
    let found = wrong(Value::Object(read));
    assert!(found.iter().any(|(name, _)| name == "hosts/1/name"), "{found:?}");
    assert!(found.iter().any(|(name, _)| name == "size"), "{found:?}");
}

#[test]
fn items_are_added_moved_and_taken_out() {
    let page = &form().pages[0];
    let mut all = values(json!({"hosts": [{"name": "a"}, {"name": "b"}]}));
    for (change, hosts) in [
        ("up:hosts/1", json!([{"name": "b"}, {"name": "a"}])),
        ("add:hosts", json!([{"name": "b"}, {"name": "a"}, {}])),
        ("down:hosts/0", json!([{"name": "a"}, {"name": "b"}, {}])),
        ("remove:hosts/1", json!([{"name": "a"}, {}])),
        ("up:hosts/0", json!([{"name": "a"}, {}])),
        ("remove:hosts/7", json!([{"name": "a"}, {}])),
    ] {
        let (what, path) = ListChange::parse(change).unwrap();
        assert_eq!(what.write(path), change);
        what.make(page, &mut all, path, &Patterns);
        assert_eq!(all["hosts"], hosts, "{change}");
    }
    assert_eq!(ListChange::parse("drop:hosts"), None);
}

#[test]
fn a_run_is_given_what_applies() {
    let given = json!({"database": "none", "table": "left over", "hosts": [{"name": "a", "port": null}], "limits": {"burst": false, "peak": 4}, "notify": null});
    let run = parameters(&form(), &values(given), &Patterns);
    assert_eq!(
        Value::Object(run),
        json!({"database": "none", "limits": {"cpu": 2, "burst": false}, "hosts": [{"name": "a"}], "region": "eu"})
    );
    let filled = with_defaults(&form(), &values(json!({"database": "postgres"})), &Patterns);
    assert_eq!(filled["size"], "s", "a field that only shows now has its default");
}

#[test]
fn an_address_of_a_repository_says_what_it_lacks() {
    let message = |address: &str| {
        let found = wrong(json!({"repoUrl": address}));
        found.into_iter().find(|(name, _)| name == "repoUrl").map(|(_, message)| message)
    };
    assert_eq!(message("github.com?owner=a&repo=b"), None);
    assert_eq!(message("dev.azure.com?repo=r&organization=o&project=p"), None);
    assert_eq!(message("github.com?repo=b").unwrap(), "Fill in the repository's owner; it is needed.");
    assert!(message("?owner=a&repo=b").unwrap().starts_with("Say which host"));
}

/// What a browser sends of a page that shows these values.
fn shown_on_page(form: &Form, values: &Map<String, Value>) -> Typed {
    let mut sent = Typed::new();
    for field in form.fields(values, &Patterns).iter().filter(|field| field.is_typed()) {
        sent.extend(texts_of(field, field.value(values)));
        if field.widget == Widget::Checkboxes {
            sent.insert([&field.name, "/", SHOWN].concat(), "1".to_owned());
        }
    }
    sent
}

proptest! {
    /// A page that is shown again and sent again unchanged says the same: nothing that was typed is lost between browser and server.
    #[test]
    fn what_is_shown_is_what_is_sent(
        database in "(none|postgres|dynamo|other)?", public in "(true|false)?", cpu in "[0-9x]{0,3}",
        burst in "(true|false)?", hosts in prop::collection::vec("[a-zA-Z ]{0,4}", 0..4), ticked in prop::collection::vec(0..3_usize, 0..3),
        owner in "[a-z/ &+]{0,5}", tags in "[a-z, ]{0,8}",
    ) {
        let (form, mut sent) = (form(), typed(&[("database", &database), ("public", &public), ("limits/cpu", &cpu), ("limits/burst", &burst)]));
        sent.insert("hosts".into(), hosts.len().to_string());
        for (at, host) in hosts.iter().enumerate() {
            sent.insert(format!("hosts/{at}/name"), host.clone());
        }
        for at in ticked {
            sent.insert(format!("checks/{at}"), "true".into());
        }
        sent.insert("repoUrl/host".into(), "github.com".into());
        sent.insert("repoUrl/owner".into(), owner);
        sent.insert("tags".into(), tags);
        let page = &form.pages[0];
        let (first, _) = read_typed(page, &Map::new(), &sent, &Patterns);
        let again = shown_on_page(&form, &first);
        let (second, open) = read_typed(page, &first, &again, &Patterns);
        prop_assert_eq!(open, Vec::<String>::new());
        let (third, _) = read_typed(page, &second, &shown_on_page(&form, &second), &Patterns);
        prop_assert_eq!(&second, &third);
        prop_assert_eq!(validate_page(page, &second, &Patterns), validate_page(page, &third, &Patterns));
    }

    /// What the browser says of one field as it is typed is what the server says of the page.
    #[test]
    fn a_field_alone_is_judged_as_on_its_page(database in "[a-z]{0,9}", cpu in "-?[0-9x.]{0,3}", name in "[a-zA-Z]{0,3}") {
        let form = form();
        let page = &form.pages[0];
        let sent = typed(&[("database", &database), ("limits/cpu", &cpu), ("hosts", "1"), ("hosts/0/name", &name)]);
        let (read, _) = read_typed(page, &Map::new(), &sent, &Patterns);
        let whole = validate_page(page, &read, &Patterns);
        for field in page.fields(&read, &Patterns) {
            let Some(text) = sent.get(&field.name).filter(|_| field.widget != Widget::List && field.widget != Widget::Add) else { continue };
            let alone = parse_input(&field, text).and_then(|value| validate_field(&field, value.as_ref(), &Patterns));
            let on_page = whole.iter().find(|error| error.field == field.name);
            prop_assert_eq!(alone.is_err(), on_page.is_some(), "{}: {:?} {:?}", field.name, alone, on_page);
        }
    }
}
