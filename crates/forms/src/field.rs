//! The form: pages of fields.

use crate::fields::MOST_ITEMS;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A template's parameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// In order; a page of the wizard each.
    pub pages: Vec<Page>,
    /// What is asked with the start alone: see [`read_secrets`](crate::read_secrets).
    pub secrets: Page,
}

/// One page of the wizard. Which fields it has may depend on what was said: [`Page::fields`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Its title; the template's words.
    pub title: String,
    /// More, maybe empty.
    pub description: String,
    /// The page's JSON Schema with `ui:*`, of an object. It was read whole: every field that may ever show can.
    pub(crate) schema: Value,
}

/// The JSON type of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Several of the choices.
    Several,
    /// Other fields: an object or a list. Typed in those.
    Fields,
}

/// How a field shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Widget {
    /// One line.
    Text,
    /// Several lines.
    Textarea,
    /// A number.
    Number,
    /// Yes or no.
    Checkbox,
    /// Several of `choices`, or of the entities offered.
    Checkboxes,
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
    /// Words to find an entity by.
    Tags,
    /// Asked for when the run is started, and kept nowhere.
    Secret,
    /// Shown, and not to be changed.
    Fixed,
    /// Not shown; its default counts.
    Hidden,
    /// The head of an object's fields.
    Group,
    /// The head of a list.
    List,
    /// The head of one item of a list.
    Item,
    /// The end of a list, where one more is added.
    Add,
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
    /// Numbers are multiples of this.
    pub multiple_of: Option<f64>,
}

/// One field, or the head of several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Where its value stands: names of properties and numbers of items with `/` between them, such as `hosts/0/name`.
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
    /// What each entry of a list of texts must keep to.
    pub entry: Option<Rules>,
    /// Whether it has the cursor when the page opens.
    pub autofocus: bool,
    /// Which entities a picker offers.
    pub offers: Offers,
    /// How many objects and lists it stands in.
    pub depth: usize,
    /// Items there are, for the head and the end of a list.
    pub count: usize,
    /// The field's own schema.
    pub schema: Value,
}

/// Which entities a picker offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Offers {
    /// Their kinds; empty: all.
    pub kinds: Vec<String>,
    /// Only those of one's own teams.
    pub own: bool,
    /// What else they must be: Backstage's `catalogFilter` as JSON, when it asks for more than a kind; else empty.
    pub filter: String,
    /// Whether nothing else may be typed (`allowArbitraryValues: false`).
    pub closed: bool,
}

impl Offers {
    /// Tells the lists of suggestions of different pickers apart.
    pub fn key(&self) -> String {
        [if self.own { "own " } else { "" }, &self.kinds.join(","), &self.filter].concat()
    }
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

    /// Whether a person gives its value on the page.
    pub fn is_typed(&self) -> bool {
        !matches!(
            self.widget,
            Widget::Group | Widget::Item | Widget::Add | Widget::Secret | Widget::Fixed | Widget::Hidden
        )
    }

    /// Whether a list takes no more items.
    pub fn is_full(&self) -> bool {
        self.count >= self.rules.max_length.unwrap_or(MOST_ITEMS).min(MOST_ITEMS)
    }

    /// Whether it has a value among the parameters: heads only hold others together.
    pub fn has_value(&self) -> bool {
        !matches!(self.widget, Widget::Item | Widget::Add)
    }
}
