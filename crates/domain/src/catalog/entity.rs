//! One entity and the rules Backstage's catalogue checks (catalog-model 1.10: policies and kind schemas).

use super::EntityRef;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A rule that an entity breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct InvalidEntity {
    /// Path of the field: `metadata.name`.
    pub field: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// One entity as it stands in a file: every field is kept, known or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Entity {
    body: Value,
}

impl Entity {
    /// Checks `body` and takes it.
    ///
    /// # Errors
    /// The first rule it breaks, in the order a reader meets the fields.
    pub fn new(body: Value) -> Result<Self, InvalidEntity> {
        check(&body)?;
        Ok(Self { body })
    }

    /// The whole document.
    pub fn body(&self) -> &Value {
        &self.body
    }

    /// Its unique name.
    pub fn reference(&self) -> EntityRef {
        EntityRef::new(self.kind(), self.namespace(), self.name())
    }

    /// The kind as written: `Component`.
    pub fn kind(&self) -> &str {
        self.text(&["kind"]).unwrap_or_default()
    }

    /// The name as written.
    pub fn name(&self) -> &str {
        self.text(&["metadata", "name"]).unwrap_or_default()
    }

    /// The namespace; `default` when left out.
    pub fn namespace(&self) -> &str {
        self.text(&["metadata", "namespace"]).unwrap_or("default")
    }

    /// Title, or the name when there is none.
    pub fn title(&self) -> &str {
        self.text(&["metadata", "title"]).unwrap_or_else(|| self.name())
    }

    /// Description, empty when there is none.
    pub fn description(&self) -> &str {
        self.text(&["metadata", "description"]).unwrap_or_default()
    }

    /// `spec.type`.
    pub fn entity_type(&self) -> Option<&str> {
        self.text(&["spec", "type"])
    }

    /// `spec.lifecycle`.
    pub fn lifecycle(&self) -> Option<&str> {
        self.text(&["spec", "lifecycle"])
    }

    /// `spec.owner` as a reference; groups are the default kind.
    pub fn owner(&self) -> Option<EntityRef> {
        EntityRef::parse(self.text(&["spec", "owner"])?, Some("group"), self.namespace()).ok()
    }

    /// `spec.system` as a reference.
    pub fn system(&self) -> Option<EntityRef> {
        EntityRef::parse(self.text(&["spec", "system"])?, Some("system"), self.namespace()).ok()
    }

    /// `metadata.tags`.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.list(&["metadata", "tags"]).filter_map(Value::as_str)
    }

    /// One annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.body.get("metadata")?.get("annotations")?.get(key)?.as_str()
    }

    /// A text at a path of keys.
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        self.at(path)?.as_str()
    }

    /// A list at a path of keys; empty when there is none.
    pub fn list(&self, path: &[&str]) -> impl Iterator<Item = &Value> {
        self.at(path).and_then(Value::as_array).into_iter().flatten()
    }

    fn at(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(&self.body, |value, key| value.get(key))
    }

    /// Everything a search should find it by, in one text.
    pub fn search_text(&self) -> String {
        let mut words = vec![self.name(), self.title(), self.description()];
        words.extend(self.entity_type());
        words.extend(self.tags());
        let owner = self.owner();
        words.extend(owner.as_ref().map(EntityRef::name));
        words.join(" ")
    }
}

fn invalid<T>(field: impl Into<String>, message: impl Into<String>) -> Result<T, InvalidEntity> {
    Err(InvalidEntity { field: field.into(), message: message.into() })
}

fn check(body: &Value) -> Result<(), InvalidEntity> {
    let Some(root) = body.as_object() else {
        return invalid("", "an entity is a mapping with apiVersion, kind, metadata and spec");
    };
    let api_version = required(root, "apiVersion", "apiVersion")?;
    if !is_api_version(api_version) {
        return invalid(
            "apiVersion",
            format!("`{api_version}` is not a version of the format; write backstage.io/v1alpha1, for instance"),
        );
    }
    let kind = required(root, "kind", "kind")?;
    if !kind.starts_with(|c: char| c.is_ascii_alphabetic())
        || !kind.bytes().all(|b| b.is_ascii_alphanumeric())
        || kind.len() > 63
    {
        return invalid("kind", format!("`{kind}` is not a kind; use up to 63 letters and digits, a letter first"));
    }
    if let Some(key) = root
        .keys()
        .find(|k| !matches!(k.as_str(), "apiVersion" | "kind" | "metadata" | "spec" | "relations" | "status"))
    {
        return invalid(
            key,
            format!("`{key}` does not belong at the top; only apiVersion, kind, metadata and spec do"),
        );
    }
    let Some(metadata) = root.get("metadata").and_then(Value::as_object) else {
        return invalid("metadata", "metadata is missing; it needs at least a name");
    };
    check_metadata(metadata)?;
    let empty = Map::new();
    let spec = match root.get("spec") {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(spec)) => spec,
        Some(_) => return invalid("spec", "spec is a mapping"),
    };
    if matches!(api_version, "backstage.io/v1alpha1" | "backstage.io/v1beta1") || kind.eq_ignore_ascii_case("template")
    {
        check_spec(kind, spec)?;
    }
    Ok(())
}

fn check_metadata(metadata: &Map<String, Value>) -> Result<(), InvalidEntity> {
    let name = required(metadata, "name", "metadata.name")?;
    if !is_name(name) {
        return invalid(
            "metadata.name",
            format!(
                "`{name}` is not a name; use up to 63 letters, digits, `-`, `_` and `.`, a letter or digit at both ends"
            ),
        );
    }
    if let Some(namespace) = metadata.get("namespace") {
        let text = namespace.as_str().unwrap_or_default();
        let label = !text.is_empty()
            && text.len() <= 63
            && !text.starts_with('-')
            && !text.ends_with('-')
            && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if !label {
            return invalid(
                "metadata.namespace",
                format!("{namespace} is not a namespace; use up to 63 lower-case letters, digits and `-`"),
            );
        }
    }
    for key in ["title", "description"] {
        match metadata.get(key) {
            Some(Value::String(text)) if key == "title" && text.is_empty() => {
                return invalid("metadata.title", "the title is empty; write one or leave it out");
            }
            None | Some(Value::String(_)) => {}
            Some(Value::Null) => return invalid(format!("metadata.{key}"), format!("{key} is empty; leave it out")),
            Some(_) => return invalid(format!("metadata.{key}"), format!("{key} is a text; put it in quotes")),
        }
    }
    if let Some(tags) = metadata.get("tags") {
        let Some(tags) = tags.as_array() else { return invalid("metadata.tags", "tags is a list of texts") };
        for (i, tag) in tags.iter().enumerate() {
            let text = tag.as_str().unwrap_or_default();
            if text.is_empty()
                || text.len() > 63
                || text.starts_with('-')
                || text.ends_with('-')
                || !text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b':' | b'+' | b'#' | b'-'))
            {
                return invalid(
                    format!("metadata.tags.{i}"),
                    format!("{tag} is not a tag; use lower-case letters, digits, `-`, `:`, `+` and `#`"),
                );
            }
        }
    }
    for group in ["annotations", "labels"] {
        match metadata.get(group) {
            None => {}
            Some(Value::Object(entries)) => {
                entries.iter().try_for_each(|(key, value)| check_entry(group, key, value))?
            }
            Some(Value::Null) => {
                return invalid(format!("metadata.{group}"), format!("{group} is empty; leave it out"));
            }
            Some(_) => return invalid(format!("metadata.{group}"), format!("{group} is a mapping of texts")),
        }
    }
    if let Some(links) = metadata.get("links") {
        let Some(links) = links.as_array() else { return invalid("metadata.links", "links is a list") };
        for (i, link) in links.iter().enumerate() {
            let url = link.get("url").and_then(Value::as_str).unwrap_or_default();
            if !is_absolute_url(url) {
                return invalid(
                    format!("metadata.links.{i}.url"),
                    "a link needs an absolute URL, e.g. https://example.com",
                );
            }
            for key in ["title", "icon"] {
                if link.get(key).is_some_and(|value| value.as_str().is_none_or(str::is_empty)) {
                    return invalid(
                        format!("metadata.links.{i}.{key}"),
                        format!("{key} is a text; write one or leave it out"),
                    );
                }
            }
        }
    }
    Ok(())
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

/// Labels of lower-case letters, digits and inner dashes, with dots between them.
fn is_subdomain(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    text.len() <= 253 && text.split('.').all(label)
}

fn is_absolute_url(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
            && !rest.trim_start_matches('/').is_empty()
            && !rest.contains(char::is_whitespace)
    })
}

fn check_spec(kind: &str, spec: &Map<String, Value>) -> Result<(), InvalidEntity> {
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
                return invalid("spec.remotes", "an API of the type mcp-server has a list of remotes");
            }
            continue;
        }
        required(spec, key, &format!("spec.{key}"))?;
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
        return invalid(format!("spec.{key}"), format!("{key} is missing; it is a list and may be empty"));
    }
    for (key, default_kind) in super::relation::REFERENCE_FIELDS {
        check_references(key, *default_kind, spec.get(*key))?;
    }
    if kind.eq_ignore_ascii_case("location") { check_location(spec) } else { Ok(()) }
}

fn check_location(spec: &Map<String, Value>) -> Result<(), InvalidEntity> {
    for key in ["type", "target"] {
        if spec.contains_key(key) {
            required(spec, key, &format!("spec.{key}"))?;
        }
    }
    match spec.get("targets").map(Value::as_array) {
        None => {}
        Some(Some(targets)) if targets.iter().all(|target| target.as_str().is_some_and(|t| !t.is_empty())) => {}
        Some(_) => return invalid("spec.targets", "targets is a list of addresses"),
    }
    match spec.get("presence").map(Value::as_str) {
        None | Some(Some("required" | "optional")) => Ok(()),
        Some(_) => invalid("spec.presence", "presence is required or optional"),
    }
}

fn check_references(key: &str, default_kind: Option<&str>, value: Option<&Value>) -> Result<(), InvalidEntity> {
    let one = |field: String, value: &Value| match value.as_str() {
        Some(text) => match EntityRef::parse(text, default_kind, "default") {
            Ok(_) => Ok(()),
            Err(error) => invalid(field, error.to_string()),
        },
        None => invalid(field, "a reference is a text, e.g. group:default/platform"),
    };
    match value {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Array(items)) => {
            items.iter().enumerate().try_for_each(|(i, item)| one(format!("spec.{key}.{i}"), item))
        }
        Some(value) => one(format!("spec.{key}"), value),
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn component() -> Value {
        json!({
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "Component",
            "metadata": {"name": "checkout", "annotations": {"example.com/unknown": "kept"}},
            "spec": {"type": "service", "lifecycle": "production", "owner": "payments", "x-unknown": [1, 2]},
        })
    }

    #[test]
    fn keeps_what_it_does_not_know() {
        let entity = Entity::new(component()).unwrap();
        assert_eq!(serde_json::to_value(&entity).unwrap(), component());
        assert_eq!(entity.reference().to_string(), "component:default/checkout");
        assert_eq!(entity.owner().unwrap().to_string(), "group:default/payments");
    }

    #[test]
    fn a_broken_rule_names_its_field() {
        let broken = |pointer: &str, value: Value| {
            let mut body = component();
            *body.pointer_mut(pointer).unwrap() = value;
            Entity::new(body).unwrap_err().field
        };
        assert_eq!(broken("/metadata/name", json!("-x")), "metadata.name");
        assert_eq!(broken("/metadata/name", json!(7)), "metadata.name");
        assert_eq!(broken("/kind", json!("My Kind")), "kind");
        assert_eq!(broken("/spec/owner", json!("a b")), "spec.owner");
        assert_eq!(broken("/spec/lifecycle", json!("")), "spec.lifecycle");
        assert_eq!(broken("/metadata/annotations", json!({"a": true})), "metadata.annotations.a");
        assert_eq!(
            broken("/metadata/annotations", json!({"Example.com/a": "b"})),
            "metadata.annotations.Example.com/a"
        );
        assert_eq!(broken("/metadata/annotations", json!(null)), "metadata.annotations");
        assert_eq!(broken("/apiVersion", json!("Backstage_io/v1")), "apiVersion");
        let mut body = component();
        body["colour"] = json!("red");
        assert_eq!(Entity::new(body).unwrap_err().field, "colour");
        assert_eq!(Entity::new(json!([])).unwrap_err().field, "");
    }

    #[test]
    fn other_api_versions_are_taken_as_they_are() {
        let body = json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}});
        assert!(Entity::new(body).is_ok());
    }
}
