//! The rules that Backstage's catalogue checks (catalog-model 1.10: policies and kind schemas).

use super::{EntityRef, entity::InvalidEntity};
use serde_json::{Map, Value};

fn invalid<T>(field: impl Into<String>, message: impl Into<String>) -> Result<T, InvalidEntity> {
    Err(InvalidEntity { field: field.into(), message: message.into() })
}

/// What is wrong with an entity so far.
#[derive(Default)]
struct Found(Vec<InvalidEntity>);

impl Found {
    fn say(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(InvalidEntity { field: field.into(), message: message.into() });
    }

    /// What a rule found good; nothing when it is broken.
    fn good<T>(&mut self, checked: Result<T, InvalidEntity>) -> Option<T> {
        checked.map_err(|wrong| self.0.push(wrong)).ok()
    }
}

/// Every rule that a document breaks, in the order a reader meets the fields.
pub(super) fn check(body: &Value) -> Vec<InvalidEntity> {
    let mut found = Found::default();
    check_root(body, &mut found);
    found.0
}

fn check_root(body: &Value, found: &mut Found) {
    let Some(root) = body.as_object() else {
        return found.say("", "an entity is a mapping with apiVersion, kind, metadata and spec");
    };
    let api_version = found.good(required(root, "apiVersion", "apiVersion"));
    if let Some(api_version) = api_version.filter(|api_version| !is_api_version(api_version)) {
        let message =
            format!("`{api_version}` is not a version of the format; write backstage.io/v1alpha1, for instance");
        found.say("apiVersion", message);
    }
    let kind = found.good(required(root, "kind", "kind"));
    if let Some(kind) = kind.filter(|kind| !is_kind(kind)) {
        found.say("kind", format!("`{kind}` is not a kind; use up to 63 letters and digits, a letter first"));
    }
    for key in root.keys() {
        if !matches!(key.as_str(), "apiVersion" | "kind" | "metadata" | "spec" | "relations" | "status") {
            found.say(key, format!("`{key}` does not belong at the top; only apiVersion, kind, metadata and spec do"));
        }
    }
    match root.get("metadata").and_then(Value::as_object) {
        Some(metadata) => check_metadata(metadata, found),
        None => found.say("metadata", "metadata is missing; it needs at least a name"),
    }
    let empty = Map::new();
    let spec = match root.get("spec") {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(spec)) => spec,
        Some(_) => return found.say("spec", "spec is a mapping"),
    };
    let known = matches!(api_version, Some("backstage.io/v1alpha1" | "backstage.io/v1beta1"));
    if let Some(kind) = kind.filter(|kind| known || kind.eq_ignore_ascii_case("template")) {
        check_spec(kind, spec, found);
    }
}

fn check_metadata(metadata: &Map<String, Value>, found: &mut Found) {
    let name = found.good(required(metadata, "name", "metadata.name"));
    if let Some(name) = name.filter(|name| !is_name(name)) {
        let message = format!(
            "`{name}` is not a name; use up to 63 letters, digits, `-`, `_` and `.`, a letter or digit at both ends"
        );
        found.say("metadata.name", message);
    }
    if let Some(namespace) = metadata.get("namespace")
        && !is_label(namespace.as_str().unwrap_or_default())
    {
        let message = format!("{namespace} is not a namespace; use up to 63 lower-case letters, digits and `-`");
        found.say("metadata.namespace", message);
    }
    for key in ["title", "description"] {
        match metadata.get(key) {
            Some(Value::String(text)) if key == "title" && text.is_empty() => {
                found.say("metadata.title", "the title is empty; write one or leave it out");
            }
            None | Some(Value::String(_)) => {}
            Some(Value::Null) => found.say(format!("metadata.{key}"), format!("{key} is empty; leave it out")),
            Some(_) => found.say(format!("metadata.{key}"), format!("{key} is a text; put it in quotes")),
        }
    }
    match metadata.get("tags").map(Value::as_array) {
        None => {}
        Some(None) => found.say("metadata.tags", "tags is a list of texts"),
        Some(Some(tags)) => {
            for (i, tag) in tags.iter().enumerate().filter(|(_, tag)| !is_tag(tag.as_str().unwrap_or_default())) {
                let message = format!(
                    "{tag} is not a tag; use lower-case letters, digits, `:`, `+` and `#`, with single `-` between them"
                );
                found.say(format!("metadata.tags.{i}"), message);
            }
        }
    }
    for group in ["annotations", "labels"] {
        match metadata.get(group) {
            None => {}
            Some(Value::Object(entries)) => {
                for (key, value) in entries {
                    found.good(check_entry(group, key, value));
                }
            }
            Some(Value::Null) => found.say(format!("metadata.{group}"), format!("{group} is empty; leave it out")),
            Some(_) => found.say(format!("metadata.{group}"), format!("{group} is a mapping of texts")),
        }
    }
    match metadata.get("links").map(Value::as_array) {
        None => {}
        Some(None) => found.say("metadata.links", "links is a list"),
        Some(Some(links)) => {
            for (i, link) in links.iter().enumerate() {
                found.good(check_link(i, link));
            }
        }
    }
}

fn check_link(number: usize, link: &Value) -> Result<(), InvalidEntity> {
    if !is_absolute_url(link.get("url").and_then(Value::as_str).unwrap_or_default()) {
        let message = "a link needs an absolute URL, e.g. https://example.com";
        return invalid(format!("metadata.links.{number}.url"), message);
    }
    let empty = |key: &&&str| link.get(**key).is_some_and(|value| value.as_str().is_none_or(str::is_empty));
    match ["title", "icon"].iter().find(empty) {
        None => Ok(()),
        Some(key) => {
            invalid(format!("metadata.links.{number}.{key}"), format!("{key} is a text; write one or leave it out"))
        }
    }
}

fn is_kind(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.len() <= 63
}

/// Up to 63 lower-case letters, digits and inner dashes.
fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 63
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// Parts of lower-case letters, digits and `:+#` with single dashes between them.
fn is_tag(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b':' | b'+' | b'#'))
    };
    text.len() <= 63 && text.split('-').all(part)
}

/// One annotation or label.
fn check_entry(group: &str, key: &str, value: &Value) -> Result<(), InvalidEntity> {
    let field = format!("metadata.{group}.{key}");
    let (prefix, name) = key.rsplit_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    if !is_name(name) || prefix.is_some_and(|prefix| !is_subdomain(prefix)) {
        return invalid(field, format!("`{key}` is not a key; write it like example.com/name"));
    }
    match value.as_str() {
        None => invalid(field, "the value is a text; put it in quotes"),
        Some(text) if group == "labels" && !text.is_empty() && !is_name(text) => invalid(
            field,
            format!("`{text}` cannot be a label's value; use up to 63 letters, digits, `-`, `_` and `.`"),
        ),
        Some(_) => Ok(()),
    }
}

/// `example.com/v1`, or `v1`.
fn is_api_version(text: &str) -> bool {
    let (prefix, version) = text.split_once('/').map_or((None, text), |(prefix, version)| (Some(prefix), version));
    let alphanumeric = (1..=63).contains(&version.len()) && version.bytes().all(|b| b.is_ascii_alphanumeric());
    alphanumeric && prefix.is_none_or(is_subdomain)
}

/// Labels with dots between them.
fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_absolute_url(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
            && !rest.trim_start_matches('/').is_empty()
            && !rest.contains(char::is_whitespace)
    })
}

fn check_spec(kind: &str, spec: &Map<String, Value>, found: &mut Found) {
    let texts: &[&str] = match kind.to_ascii_lowercase().as_str() {
        "component" => &["type", "lifecycle", "owner"],
        "api" => &["type", "lifecycle", "owner", "definition"],
        "system" | "domain" => &["owner"],
        "resource" => &["type", "owner"],
        "group" | "template" => &["type"],
        _ => &[],
    };
    for key in texts {
        if kind.eq_ignore_ascii_case("api")
            && *key == "definition"
            && spec.get("type").and_then(Value::as_str) == Some("mcp-server")
        {
            if !spec.get("remotes").is_some_and(Value::is_array) {
                found.say("spec.remotes", "an API of the type mcp-server has a list of remotes");
            }
            continue;
        }
        found.good(required(spec, key, &format!("spec.{key}")));
    }
    let list: Option<&str> = match kind.to_ascii_lowercase().as_str() {
        "group" => Some("children"),
        "user" => Some("memberOf"),
        "template" => Some("steps"),
        _ => None,
    };
    if let Some(key) = list
        && !spec.get(key).is_some_and(Value::is_array)
    {
        found.say(format!("spec.{key}"), format!("{key} is missing; it is a list and may be empty"));
    }
    for (key, default_kind) in super::relation::REFERENCE_FIELDS {
        // What has to be a text and is none was said already.
        if !texts.contains(key) || spec.get(*key).and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty()) {
            check_references(key, *default_kind, spec.get(*key), found);
        }
    }
    if kind.eq_ignore_ascii_case("location") {
        check_location(spec, found);
    }
}

fn check_location(spec: &Map<String, Value>, found: &mut Found) {
    for key in ["type", "target"].into_iter().filter(|key| spec.contains_key(*key)) {
        found.good(required(spec, key, &format!("spec.{key}")));
    }
    match spec.get("targets").map(Value::as_array) {
        None => {}
        Some(Some(targets)) if targets.iter().all(|target| target.as_str().is_some_and(|t| !t.is_empty())) => {}
        Some(_) => found.say("spec.targets", "targets is a list of addresses"),
    }
    match spec.get("presence").map(Value::as_str) {
        None | Some(Some("required" | "optional")) => {}
        Some(_) => found.say("spec.presence", "presence is required or optional"),
    }
}

fn check_references(key: &str, default_kind: Option<&str>, value: Option<&Value>, found: &mut Found) {
    let one = |field: String, value: &Value| match value.as_str() {
        Some(text) => match EntityRef::parse(text, default_kind, "default") {
            Ok(_) => Ok(()),
            Err(error) => invalid(field, error.to_string()),
        },
        None => invalid(field, "a reference is a text, e.g. group:default/platform"),
    };
    match value {
        None | Some(Value::Null) => {}
        Some(Value::Array(items)) => {
            for (i, item) in items.iter().enumerate() {
                found.good(one(format!("spec.{key}.{i}"), item));
            }
        }
        Some(value) => {
            found.good(one(format!("spec.{key}"), value));
        }
    }
}

fn required<'a>(map: &'a Map<String, Value>, key: &str, field: &str) -> Result<&'a str, InvalidEntity> {
    match map.get(key) {
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(text),
        Some(Value::String(_)) => invalid(field, format!("{field} is empty")),
        Some(_) => invalid(field, format!("{field} is a text; put it in quotes")),
        None => invalid(field, format!("{field} is missing")),
    }
}

fn is_name(name: &str) -> bool {
    let alnum = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric());
    name.len() <= 63
        && alnum(name.bytes().next())
        && alnum(name.bytes().last())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}
