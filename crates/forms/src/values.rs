//! From what was typed to values, and back to where each stands.

use crate::{
    check::{PatternMatcher, parse_input},
    field::{Field, FieldType, Form, Page, Widget, shown},
    fields::MOST_ITEMS,
    repository,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One answer can bring up fields whose answers bring up others; more often than this is a circle.
const ROUNDS: usize = 8;

/// What was typed, by the name of the field.
pub type Typed = BTreeMap<String, String>;

/// The value at `path`: names of properties and numbers of items with `/` between them.
pub fn value_at<'a>(values: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut parts = path.split('/');
    let first = values.get(parts.next()?)?;
    parts.try_fold(first, |value, part| match value {
        Value::Object(object) => object.get(part),
        Value::Array(items) => items.get(part.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Puts a value where its path says, if what is above it is there.
pub fn put(values: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((above, last)) = path.rsplit_once('/') else {
        values.insert(path.to_owned(), value);
        return;
    };
    let mut parts = above.split('/');
    let Some(mut place) = parts.next().and_then(|first| values.get_mut(first)) else { return };
    for part in parts {
        let next = match place {
            Value::Object(object) => object.get_mut(part),
            Value::Array(items) => part.parse::<usize>().ok().and_then(|at| items.get_mut(at)),
            _ => None,
        };
        let Some(next) = next else { return };
        place = next;
    }
    match place {
        Value::Object(object) => {
            object.insert(last.to_owned(), value);
        }
        Value::Array(items) => {
            if let Some(item) = last.parse::<usize>().ok().and_then(|at| items.get_mut(at)) {
                *item = value;
            }
        }
        _ => {}
    }
}

/// What stands in the inputs of a field: its name, or names below it where it has several.
pub fn texts_of(field: &Field, value: Option<&Value>) -> Vec<(String, String)> {
    let named = |part: &str, text: String| ([&field.name, "/", part].concat(), text);
    match (field.widget, value) {
        (Widget::Checkboxes, Some(Value::Array(chosen))) => {
            let ticked = |value: &Value| match field.choices.iter().position(|choice| choice.value == *value) {
                Some(at) => at.to_string(),
                None => shown(value),
            };
            chosen.iter().map(|value| named(&ticked(value), "true".to_owned())).collect()
        }
        (Widget::RepoUrlPicker, value) => {
            let parts = repository::parts(value.and_then(Value::as_str).unwrap_or_default());
            parts.into_iter().map(|(part, text)| named(part, text)).collect()
        }
        (Widget::List, _) => vec![(field.name.clone(), field.count.to_string())],
        (_, value) => vec![(field.name.clone(), field.show(value))],
    }
}

/// Whether a field was on the page that these texts come from.
fn was_shown(field: &Field, typed: &Typed) -> bool {
    typed.contains_key(&field.name) || below(field, typed).next().is_some()
}

/// Texts of the inputs below a field's name, by the rest of theirs.
fn below<'a>(field: &'a Field, typed: &'a Typed) -> impl Iterator<Item = (&'a str, &'a String)> {
    let start = typed.range([&field.name, "/"].concat()..);
    start.map_while(|(name, text)| Some((name.strip_prefix(&field.name)?.strip_prefix('/')?, text)))
}

/// The value that was typed into a field; `None`, if it was not on the page. What was left empty is null, so that it counts as answered;
/// what cannot be read stays the text it is, and the check says so.
fn read(field: &Field, typed: &Typed, before: Option<&Value>) -> Option<Value> {
    match field.widget {
        Widget::Item | Widget::Add | Widget::Secret => None,
        Widget::Hidden | Widget::Fixed => before.cloned().or_else(|| Some(field.default.clone().unwrap_or_default())),
        Widget::Group => before.filter(|value| value.is_object()).cloned().or_else(|| Some(Map::new().into())),
        Widget::List => {
            let count = typed.get(&field.name).and_then(|text| text.parse::<usize>().ok());
            let mut items = before.and_then(Value::as_array).cloned().unwrap_or_default();
            let count = count.unwrap_or(items.len()).max(field.rules.min_length.unwrap_or_default());
            let blank = if field.schema["items"]["type"] == "object" { Map::new().into() } else { Value::Null };
            items.resize(count.min(MOST_ITEMS), blank);
            Some(items.into())
        }
        _ if !was_shown(field, typed) => None,
        Widget::Checkboxes => {
            let ticked =
                |(key, _): (&str, &String)| match key.parse::<usize>().ok().and_then(|at| field.choices.get(at)) {
                    Some(choice) => Some(choice.value.clone()),
                    // The mark of a field that was on the page with nothing ticked.
                    None if key == SHOWN => None,
                    None => Some(Value::String(key.to_owned())),
                };
            Some(below(field, typed).filter_map(ticked).collect())
        }
        Widget::RepoUrlPicker => {
            let parts: BTreeMap<&str, &str> = below(field, typed).map(|(part, text)| (part, text.trim())).collect();
            let whole = typed.get(&field.name).map(|text| text.trim().to_owned());
            let text = whole.unwrap_or_else(|| repository::address(&parts));
            Some(if text.is_empty() { Value::Null } else { Value::String(text) })
        }
        _ => {
            let text = typed.get(&field.name).map_or("", String::as_str);
            let value = parse_input(field, text);
            Some(value.map_or_else(|_| Value::String(text.to_owned()), Option::unwrap_or_default))
        }
    }
}

/// What stands below the name of a field whose inputs are only sent when they are ticked, so that it is known to have been there.
pub const SHOWN: &str = "shown";

/// `values` with what was typed on a page, and the names of fields that it has now and that were not on it.
pub fn read_typed(
    page: &Page,
    values: &Map<String, Value>,
    typed: &Typed,
    patterns: &dyn PatternMatcher,
) -> (Map<String, Value>, Vec<String>) {
    let mut all = values.clone();
    for _ in 0..ROUNDS {
        let before = all.clone();
        for field in page.fields(&before, patterns) {
            if let Some(value) = read(&field, typed, value_at(&all, &field.name)) {
                put(&mut all, &field.name, value);
            }
        }
        if all == before {
            break;
        }
    }
    let mut fields = page.fields(&all, patterns);
    fields.retain(|field| field.is_typed() && !was_shown(field, typed));
    (all, fields.into_iter().map(|field| field.name).collect())
}

/// `values` with defaults where nothing was said.
pub fn with_defaults(form: &Form, values: &Map<String, Value>, patterns: &dyn PatternMatcher) -> Map<String, Value> {
    let mut filled = values.clone();
    for _ in 0..ROUNDS {
        let before = filled.clone();
        for field in form.fields(&before, patterns).iter().filter(|field| field.widget != Widget::Secret) {
            let said = value_at(&filled, &field.name);
            let blank = match field.kind {
                // Blank items of a list are no answer.
                FieldType::Fields if field.widget == Widget::Group => Some(Map::new().into()),
                _ => None,
            };
            if let (None, Some(default)) = (said, field.default.clone().or(blank)) {
                put(&mut filled, &field.name, default);
            }
        }
        if filled == before {
            break;
        }
    }
    filled
}

/// What a run is given: the answers of the fields that apply, defaults filled in, what was left empty left out.
pub fn parameters(form: &Form, values: &Map<String, Value>, patterns: &dyn PatternMatcher) -> Map<String, Value> {
    let filled = with_defaults(form, values, patterns);
    let mut kept = Map::new();
    for field in form.fields(&filled, patterns).iter().filter(|field| field.has_value()) {
        let value = match (field.widget, field.value(&filled)) {
            (Widget::Secret, _) => continue,
            (Widget::Group, _) => Map::new().into(),
            (Widget::List, Some(Value::Array(items))) => {
                let blank = if field.schema["items"]["type"] == "object" { Map::new().into() } else { Value::Null };
                vec![blank; items.len()].into()
            }
            (_, Some(value)) => value.clone(),
            (_, None) => continue,
        };
        put(&mut kept, &field.name, value);
    }
    kept
}

impl Form {
    /// Every field of every page that applies, in order.
    pub fn fields(&self, values: &Map<String, Value>, patterns: &dyn PatternMatcher) -> Vec<Field> {
        self.pages.iter().flat_map(|page| page.fields(values, patterns)).collect()
    }

    /// The secrets that a run with these values is given: those of the pages that apply, and those that no page names.
    pub fn secret_fields(&self, values: &Map<String, Value>, patterns: &dyn PatternMatcher) -> Vec<Field> {
        let mut secrets = self.fields(values, patterns);
        secrets.retain(|field| field.widget == Widget::Secret);
        for field in self.secrets.fields(values, patterns) {
            if !secrets.iter().any(|other| other.name == field.name) {
                secrets.push(field);
            }
        }
        secrets
    }
}

/// A change of a list's items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListChange {
    /// One more at the end.
    Add,
    /// One less.
    Remove,
    /// One place up.
    Up,
    /// One place down.
    Down,
}

impl ListChange {
    /// Reads `add:hosts` or `up:hosts/1`: what, and where.
    pub fn parse(text: &str) -> Option<(Self, &str)> {
        let (what, path) = text.split_once(':')?;
        let change = match what {
            "add" => Self::Add,
            "remove" => Self::Remove,
            "up" => Self::Up,
            "down" => Self::Down,
            _ => return None,
        };
        Some((change, path))
    }

    /// As [`Self::parse`] reads it.
    pub fn write(self, path: &str) -> String {
        let what = match self {
            Self::Add => "add:",
            Self::Remove => "remove:",
            Self::Up => "up:",
            Self::Down => "down:",
        };
        [what, path].concat()
    }

    /// Makes the change, if there is such an item. `path` is the list's for [`Self::Add`], else the item's.
    pub fn make(self, page: &Page, values: &mut Map<String, Value>, path: &str, patterns: &dyn PatternMatcher) {
        let (list, at) = match self {
            Self::Add => (path, None),
            _ => match path.rsplit_once('/') {
                Some((list, at)) => (list, at.parse::<usize>().ok()),
                None => return,
            },
        };
        let fields = page.fields(values, patterns);
        let Some(head) = fields.iter().find(|field| field.name == list && field.widget == Widget::List) else { return };
        let blank = if head.schema["items"]["type"] == "object" { Map::new().into() } else { Value::Null };
        let mut items = head.value(values).and_then(Value::as_array).cloned().unwrap_or_default();
        items.resize(head.count, blank.clone());
        match (self, at.filter(|at| *at < items.len())) {
            (Self::Add, _) if items.len() < MOST_ITEMS => items.push(blank),
            (Self::Remove, Some(at)) => {
                items.remove(at);
            }
            (Self::Up, Some(at)) if at > 0 => items.swap(at, at - 1),
            (Self::Down, Some(at)) if at + 1 < items.len() => items.swap(at, at + 1),
            _ => return,
        }
        put(values, list, items.into());
    }
}
