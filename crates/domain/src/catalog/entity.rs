//! One entity, as it stands in a file.

use super::{EntityRef, rules::check};
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
        match check(&body).into_iter().next() {
            None => Ok(Self { body }),
            Some(wrong) => Err(wrong),
        }
    }

    /// Every rule that a document breaks; none, when it is an entity.
    pub fn problems(body: &Value) -> Vec<InvalidEntity> {
        check(body)
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
    fn every_broken_rule_is_told_once() {
        let body = json!({
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "Component",
            "metadata": {"name": "a b", "tags": ["ok", "Java", "a--b"], "links": [{"url": "nope"}], "labels": {"x": 1}},
            "spec": {"owner": "", "dependsOn": ["nothing"]},
            "extra": 1,
        });
        let fields: Vec<String> = Entity::problems(&body).into_iter().map(|wrong| wrong.field).collect();
        let wrong = ["extra", "metadata.name", "metadata.tags.1", "metadata.tags.2", "metadata.labels.x"];
        let more = ["metadata.links.0.url", "spec.type", "spec.lifecycle", "spec.owner", "spec.dependsOn.0"];
        assert_eq!(fields, [&wrong[..], &more[..]].concat());
        assert!(Entity::problems(&component()).is_empty());
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
