//! The form: pages of fields.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A template's parameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// In order; a page of the wizard each.
    pub pages: Vec<Page>,
}

impl Form {
    /// Every field of every page, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.pages.iter().flat_map(|page| &page.fields)
    }

    /// A field by name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields().find(|field| field.name == name)
    }
}

/// One page of the wizard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Its title; the template's words.
    pub title: String,
    /// More, maybe empty.
    pub description: String,
    /// In order.
    pub fields: Vec<Field>,
}

/// The JSON type of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// A text.
    String,
    /// Any number.
    Number,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// Several texts; typed one a line.
    Strings,
}

/// How a field shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Widget {
    /// One line.
    Text,
    /// Several lines.
    Textarea,
    /// A number.
    Number,
    /// Yes or no.
    Checkbox,
    /// One of `choices`, in a list.
    Select,
    /// One of `choices`, all in view.
    Radio,
    /// An entity of the catalogue.
    EntityPicker,
    /// A group or user.
    OwnerPicker,
    /// Where the repository will be.
    RepoUrlPicker,
    /// A name fit for an entity.
    EntityName,
    /// Not shown; its default counts.
    Hidden,
}

/// One value that can be chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// The value.
    pub value: Value,
    /// What is read.
    pub title: String,
}

/// What a value must keep to. Lengths count characters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// Must be there.
    pub required: bool,
    /// Regular expression that must match somewhere.
    pub pattern: Option<String>,
    /// Fewest characters, or entries of a list.
    pub min_length: Option<usize>,
    /// Most characters, or entries of a list.
    pub max_length: Option<usize>,
    /// Least number.
    pub minimum: Option<f64>,
    /// Greatest number.
    pub maximum: Option<f64>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The parameter's name.
    pub name: String,
    /// What is read above it.
    pub title: String,
    /// Help below it, maybe empty.
    pub help: String,
    /// Greyed example, maybe empty.
    pub placeholder: String,
    /// The type of its value.
    pub kind: FieldType,
    /// How it shows.
    pub widget: Widget,
    /// Values to choose from; empty when anything goes.
    pub choices: Vec<Choice>,
    /// What it is when nobody says.
    pub default: Option<Value>,
    /// What it must keep to.
    pub rules: Rules,
    /// Whether it has the cursor when the page opens.
    pub autofocus: bool,
    /// Kinds of entities an entity picker offers; empty: all.
    pub entity_kinds: Vec<String>,
}

/// A value as it stands in an input.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

impl Field {
    /// A value as it stands in this field's input.
    pub fn show(&self, value: Option<&Value>) -> String {
        value.map(shown).unwrap_or_default()
    }
}
