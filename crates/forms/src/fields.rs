//! The fields that a page has now.

use crate::{
    check::PatternMatcher,
    field::{Choice, Field, FieldType, Offers, Page, Rules, Widget, shown},
    read::{FormError, text, wrong},
    resolve::{Given, resolve},
    values::value_at,
};
use serde_json::{Map, Value};

/// Names of entities, as the catalogue takes them (@backstage/catalog-model, `KubernetesValidatorFunctions.isValidObjectName`).
const ENTITY_NAME: &str = "^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$";
/// The most characters of one, and of a tag.
const ENTITY_NAME_LENGTH: usize = 63;
/// Tags of entities (the same, `isValidTag`).
const TAG: &str = "^[a-z0-9:+#]+(-[a-z0-9:+#]+)*$";
/// More items than this are not shown, whatever is asked for.
pub(crate) const MOST_ITEMS: usize = 50;

impl Page {
    /// The fields that apply, given what was said of the whole form so far; those of objects and lists stand after their heads.
    pub fn fields(&self, values: &Map<String, Value>, patterns: &dyn PatternMatcher) -> Vec<Field> {
        let mut found = Vec::new();
        add_object(&mut found, &self.schema, values, "", 0, patterns);
        found
    }

    /// Which entities the page's pickers may ever offer, by the name of the picker.
    pub fn offers(&self) -> Vec<(&str, Offers)> {
        let mut found = Vec::new();
        add_offers(&mut found, &self.schema);
        found
    }
}

fn add_offers<'a>(found: &mut Vec<(&'a str, Offers)>, schema: &'a Value) {
    match schema {
        Value::Object(rules) => {
            let ui = Ui(rules);
            if !ui.field().is_empty() {
                found.push((rules["ui:field"].as_str().unwrap_or_default(), ui.offers()));
            }
            rules.values().for_each(|part| add_offers(found, part));
        }
        Value::Array(parts) => parts.iter().for_each(|part| add_offers(found, part)),
        _ => {}
    }
}

fn add_object(
    found: &mut Vec<Field>,
    schema: &Value,
    values: &Map<String, Value>,
    path: &str,
    depth: usize,
    patterns: &dyn PatternMatcher,
) {
    let resolved = resolve(schema, &Given::Values(values, patterns));
    for (name, property) in &resolved.properties {
        let path = if path.is_empty() { name.clone() } else { [path, "/", name].concat() };
        // Every field was read once when the form was; what two conditions make together may still be none.
        let required = resolved.required.contains(name);
        let Ok(field) = field(&path, name, property, required) else { continue };
        add_field(found, Field { depth, ..field }, values.get(name), patterns);
    }
}

/// A field, and those that stand in it.
fn add_field(found: &mut Vec<Field>, head: Field, value: Option<&Value>, patterns: &dyn PatternMatcher) {
    let empty = Map::new();
    let inside = |value: Option<&Value>| value.and_then(Value::as_object).unwrap_or(&empty).clone();
    let (path, depth, schema) = (head.name.clone(), head.depth, head.schema.clone());
    match head.widget {
        Widget::Group => {
            found.push(head);
            add_object(found, &schema, &inside(value), &path, depth + 1, patterns);
        }
        Widget::List => {
            let (items, item) = (value.and_then(Value::as_array), &schema["items"]);
            let said = items.map_or(0, Vec::len);
            let list = Field { count: said.max(head.rules.min_length.unwrap_or_default()).min(MOST_ITEMS), ..head };
            let one = item["title"].as_str().unwrap_or(&list.title).to_owned();
            found.push(list.clone());
            for at in 0..list.count {
                let (path, number) = ([&path, "/", &at.to_string()].concat(), (at + 1).to_string());
                let value = items.and_then(|items| items.get(at));
                let title = [&one, " ", &number].concat();
                let place = Field { name: path.clone(), title, help: String::new(), depth: depth + 1, ..list.clone() };
                found.push(Field { widget: Widget::Item, ..place });
                if item["type"] == "object" {
                    add_object(found, item, &inside(value), &path, depth + 2, patterns);
                } else if let Ok(field) = field(&path, &one, item, true) {
                    add_field(found, Field { depth: depth + 2, ..field }, value, patterns);
                }
            }
            found.push(Field { widget: Widget::Add, title: one, ..list });
        }
        _ => found.push(head),
    }
}

/// Whether there is a secret anywhere in a schema.
pub(crate) fn has_secret(schema: &Value) -> bool {
    match schema {
        Value::Object(rules) => Ui(rules).is_secret() || rules.values().any(has_secret),
        Value::Array(parts) => parts.iter().any(has_secret),
        _ => false,
    }
}

/// One property as a field. `path` is where it stands: in the schema for messages, among the values else.
pub(crate) fn field(path: &str, name: &str, schema: &Value, required: bool) -> Result<Field, FormError> {
    let Some(rules) = schema.as_object() else { return wrong(path, "a field is a mapping") };
    let items = &schema["items"];
    let ui = Ui(rules);
    let mut choices = read_choices(path, rules)?;
    let is_text = |schema: &Value| matches!(schema["type"].as_str(), Some("string") | None);
    let kind = match own_type(path, rules)? {
        Some("number") => FieldType::Number,
        Some("integer") => FieldType::Integer,
        Some("boolean") => FieldType::Boolean,
        Some("object") => FieldType::Fields,
        Some("array") => {
            if let Some(items) = items.as_object() {
                choices = read_choices(&[path, ".items"].concat(), items)?;
            }
            match (choices.is_empty(), is_text(items)) {
                (false, _) => FieldType::Several,
                (true, true) if items.is_object() => match ui.field() {
                    "MultiEntityPicker" => FieldType::Several,
                    _ => FieldType::Strings,
                },
                _ => FieldType::Fields,
            }
        }
        Some("string") | None => FieldType::String,
        Some(other) => {
            return wrong([path, ".type"].concat(), ["fields of type `", other, "` cannot be shown"].concat());
        }
    };
    if kind == FieldType::Boolean && matches!(ui.widget(), "radio" | "select") && choices.is_empty() {
        choices = [(true, "Yes"), (false, "No")]
            .map(|(value, title)| Choice { value: value.into(), title: title.into() })
            .into();
    }
    let widget = widget(&ui, kind, rules.get("type").and_then(one_type) == Some("object"), &choices);
    let title = [ui.text("ui:title"), text(rules, "title")].into_iter().find(|title| !title.is_empty());
    let help = ["ui:help", "ui:description", "description"].into_iter().find(|key| rules.contains_key(*key));
    let lengths = match kind {
        FieldType::Strings | FieldType::Several | FieldType::Fields => ("minItems", "maxItems"),
        _ => ("minLength", "maxLength"),
    };
    let entry = match (kind, widget) {
        (FieldType::Strings, Widget::Tags) => {
            Some(Rules { pattern: Some(TAG.to_owned()), max_length: Some(ENTITY_NAME_LENGTH), ..Rules::default() })
        }
        (FieldType::Strings, _) => Some(self::rules(path, items.as_object(), ("minLength", "maxLength"), false)?),
        _ => None,
    };
    let mut own = self::rules(path, Some(rules), lengths, required)?;
    if widget == Widget::EntityName {
        own.pattern = own.pattern.or_else(|| Some(ENTITY_NAME.to_owned()));
        own.max_length = own.max_length.or(Some(ENTITY_NAME_LENGTH));
    }
    Ok(Field {
        name: path.to_owned(),
        title: title.unwrap_or_else(|| name.to_owned()),
        help: help.map(|key| text(rules, key)).unwrap_or_default(),
        placeholder: ui.text("ui:placeholder"),
        kind,
        widget,
        choices,
        default: rules.get("default").or_else(|| rules.get("const")).cloned(),
        rules: own,
        entry,
        autofocus: ui.is("ui:autofocus"),
        offers: ui.offers(),
        depth: 0,
        count: 0,
        schema: schema.clone(),
    })
}

/// The type of a field's value: what it says itself, else what its options do.
fn own_type<'a>(path: &str, schema: &'a Map<String, Value>) -> Result<Option<&'a str>, FormError> {
    let said = schema.get("type").and_then(one_type);
    let (None, Some((keyword, options))) = (said, options(schema)) else { return Ok(said) };
    let mut types = options.iter().filter_map(|option| option.get("type").and_then(one_type));
    let Some(first) = types.next() else { return Ok(None) };
    if matches!(first, "object" | "array") {
        let message = ["options that are of the type `", first, "` need `type: ", first, "` beside them"].concat();
        return wrong([path, ".", keyword].concat(), message);
    }
    match types.find(|other| *other != first) {
        None => Ok(Some(first)),
        // Whatever is typed is a text.
        Some(other) if first == "string" || other == "string" || types.any(|other| other == "string") => Ok(None),
        Some(_) => wrong([path, ".", keyword].concat(), "options of one field are of one type, or one of them a text"),
    }
}

/// What a field's value may be instead of one of `enum`, and the keyword that says so.
pub(crate) fn options(schema: &Map<String, Value>) -> Option<(&'static str, &Vec<Value>)> {
    ["oneOf", "anyOf"].into_iter().find_map(|keyword| Some((keyword, schema.get(keyword)?.as_array()?)))
}

/// The first of several types that is not null.
fn one_type(kind: &Value) -> Option<&str> {
    match kind {
        Value::Array(types) => types.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    }
}

fn rules(
    path: &str,
    schema: Option<&Map<String, Value>>,
    lengths: (&str, &str),
    required: bool,
) -> Result<Rules, FormError> {
    let get = |key: &str| schema.and_then(|schema| schema.get(key));
    let size = |key: &str| match get(key) {
        None => Ok(None),
        Some(value) => match value.as_u64() {
            Some(number) => Ok(usize::try_from(number).ok()),
            None => wrong([path, ".", key].concat(), [key, " is a whole number of at least 0"].concat()),
        },
    };
    let number = |key: &str| match get(key) {
        None => Ok(None),
        Some(value) if value.is_number() => Ok(value.as_f64()),
        Some(_) => wrong([path, ".", key].concat(), [key, " is a number"].concat()),
    };
    Ok(Rules {
        required,
        pattern: get("pattern").and_then(Value::as_str).map(str::to_owned),
        min_length: size(lengths.0)?,
        max_length: size(lengths.1)?,
        minimum: number("minimum")?,
        maximum: number("maximum")?,
        multiple_of: number("multipleOf")?,
    })
}

/// `enum` with its names, `const`, or `oneOf`/`anyOf` of consts with titles. Options that are no consts are rules for what is typed.
fn read_choices(path: &str, schema: &Map<String, Value>) -> Result<Vec<Choice>, FormError> {
    let titled = |value: &Value, title: Option<&Value>| Choice {
        value: value.clone(),
        title: title.and_then(Value::as_str).map_or_else(|| shown(value), str::to_owned),
    };
    if let Some(values) = schema.get("enum") {
        let Some(values) = values.as_array().filter(|values| !values.is_empty()) else {
            return wrong([path, ".enum"].concat(), "enum is a list of at least one value");
        };
        let names = schema.get("enumNames").or_else(|| schema.get("ui:enumNames"));
        return Ok(values
            .iter()
            .enumerate()
            .map(|(i, value)| titled(value, names.and_then(|names| names.get(i))))
            .collect());
    }
    if let Some(only) = schema.get("const") {
        return Ok(vec![titled(only, schema.get("title"))]);
    }
    let Some((_, options)) = options(schema) else { return Ok(Vec::new()) };
    if schema.get("type").and_then(one_type) == Some("object") {
        return Ok(Vec::new());
    }
    let value = |option: &Value| option.get("const").or_else(|| option["enum"].get(0)).cloned();
    let choices = options.iter().map(|option| Some(titled(&value(option)?, option.get("title"))));
    Ok(choices.collect::<Option<Vec<Choice>>>().unwrap_or_default())
}

/// What `ui:*` says of a field, directly or among `ui:options`.
struct Ui<'a>(&'a Map<String, Value>);

impl Ui<'_> {
    fn text(&self, key: &str) -> String {
        text(self.0, key)
    }

    fn option(&self, key: &str) -> Option<&Value> {
        self.0.get("ui:options")?.get(key)
    }

    fn field(&self) -> &str {
        self.0.get("ui:field").and_then(Value::as_str).unwrap_or_default()
    }

    fn widget(&self) -> &str {
        self.0.get("ui:widget").or_else(|| self.option("widget")).and_then(Value::as_str).unwrap_or_default()
    }

    fn is(&self, key: &str) -> bool {
        let said = self.0.get(key).or_else(|| self.option(key.trim_start_matches("ui:")));
        said.and_then(Value::as_bool).unwrap_or_default()
    }

    fn is_secret(&self) -> bool {
        self.field() == "Secret" || self.widget() == "password"
    }

    fn offers(&self) -> Offers {
        Offers {
            kinds: self.entity_kinds(),
            own: self.field() == "OwnedEntityPicker",
            filter: self.filter(),
            closed: self.option("allowArbitraryValues").and_then(Value::as_bool) == Some(false),
        }
    }

    /// The filter of a picker, when it asks for more than a kind.
    fn filter(&self) -> String {
        let more = |filter: &Value| filter.as_object().is_some_and(|keys| keys.keys().any(|key| key != "kind"));
        let filter = self.option("catalogFilter").filter(|filter| match filter {
            Value::Array(any) => any.iter().any(more),
            one => more(one),
        });
        filter.map(Value::to_string).unwrap_or_default()
    }

    fn entity_kinds(&self) -> Vec<String> {
        let mut kinds = Vec::new();
        let mut collect = |value: Option<&Value>| match value {
            Some(Value::String(kind)) => kinds.push(kind.clone()),
            Some(Value::Array(list)) => kinds.extend(list.iter().filter_map(Value::as_str).map(str::to_owned)),
            _ => {}
        };
        collect(self.option("allowedKinds"));
        match self.option("catalogFilter") {
            Some(Value::Array(filters)) => filters.iter().for_each(|filter| collect(filter.get("kind"))),
            Some(filter) => collect(filter.get("kind")),
            None => {}
        }
        kinds
    }
}

fn widget(ui: &Ui<'_>, kind: FieldType, is_object: bool, choices: &[Choice]) -> Widget {
    let has_choices = !choices.is_empty();
    match (ui.field(), ui.widget()) {
        (_, "hidden") => Widget::Hidden,
        _ if ui.is_secret() => Widget::Secret,
        _ if ui.is("ui:readonly") || ui.is("ui:disabled") => Widget::Fixed,
        ("OwnerPicker" | "MyGroupsPicker", _) if kind == FieldType::String => Widget::OwnerPicker,
        ("EntityPicker" | "OwnedEntityPicker", _) if kind == FieldType::String => Widget::EntityPicker,
        ("RepoUrlPicker", _) if kind == FieldType::String => Widget::RepoUrlPicker,
        ("EntityNamePicker", _) if kind == FieldType::String => Widget::EntityName,
        ("EntityTagsPicker", _) if kind == FieldType::Strings => Widget::Tags,
        (_, "radio") if has_choices && kind != FieldType::Several => Widget::Radio,
        // A field of its own that we do not know: a plain input of its type, as Backstage falls back.
        (_, said) => match kind {
            FieldType::Several => Widget::Checkboxes,
            _ if has_choices => Widget::Select,
            FieldType::String if said == "textarea" => Widget::Textarea,
            FieldType::String => Widget::Text,
            FieldType::Number | FieldType::Integer => Widget::Number,
            FieldType::Boolean => Widget::Checkbox,
            FieldType::Strings => Widget::Textarea,
            FieldType::Fields if is_object => Widget::Group,
            FieldType::Fields => Widget::List,
        },
    }
}

impl Field {
    /// The field's own value, of those of the whole form.
    pub fn value<'a>(&self, values: &'a Map<String, Value>) -> Option<&'a Value> {
        value_at(values, &self.name).filter(|value| !value.is_null())
    }
}
