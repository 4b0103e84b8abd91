//! YAML with the place of every value.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{Spanned, options::MergeKeyPolicy};

use crate::source::Source;

/// Line and column, both from 1.
pub type Place = (u32, u32);

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub at: Place,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// Why a text is not YAML.
#[derive(Debug)]
pub(crate) struct YamlError {
    pub at: Place,
    pub message: String,
}

/// Reads one document as YAML 1.2: `yes` and `on` are texts, `<<` is a key like others.
pub(crate) fn parse(text: &str) -> Result<Node, YamlError> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        with_snippet: false,
    };
    match serde_saphyr::from_str_with_options::<Spanned<Kind>>(text, options) {
        Ok(spanned) => {
            let mut root = node(spanned);
            core_schema(&mut root, &text.lines().collect::<Vec<_>>());
            Ok(root)
        }
        Err(error) => {
            let at = error.location().map_or((1, 1), place);
            Err(YamlError { at, message: words(&error.to_string()) })
        }
    }
}

/// The reader's message without the place, which is told apart, and without advice to whoever calls the reader.
fn words(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    if message.starts_with("budget breached") {
        return "this is more than a file may hold; an alias counts with all that it stands for".to_owned();
    }
    message.split(", set ").next().unwrap_or(message).to_owned()
}

/// Reads the document of a kind in a file of several; a file of one is read as it is.
pub(crate) fn parse_kind(text: &str, kind: &str) -> Result<Node, YamlError> {
    let parts = split(text);
    if parts.len() > 1 {
        let of_kind = |node: &Node| matches!(node.get("kind").map(|node| &node.kind), Some(Kind::Scalar(Value::String(k))) if k == kind);
        if let Some(found) = parts.iter().filter_map(|part| part.parse().ok()).find(of_kind) {
            return Ok(found);
        }
    }
    parse(text)
}

/// Gives back their text to scalars that only older versions of YAML read as something else: `1_000`, `0b11`, `tRUE`.
fn core_schema(node: &mut Node, lines: &[&str]) {
    match &mut node.kind {
        Kind::List(items) => items.iter_mut().for_each(|item| core_schema(item, lines)),
        Kind::Map(entries) => entries.iter_mut().for_each(|(_, item)| core_schema(item, lines)),
        Kind::Scalar(value @ (Value::Bool(_) | Value::Number(_))) => {
            let line = usize::try_from(node.at.0).ok().and_then(|line| lines.get(line.checked_sub(1)?));
            let skipped = usize::try_from(node.at.1).unwrap_or(1).saturating_sub(1);
            let written: String = line
                .into_iter()
                .flat_map(|line| line.chars().skip(skipped))
                .take_while(|c| !" \t,]}".contains(*c))
                .collect();
            let digits = written.trim_start_matches(['-', '+']);
            let older = if value.is_boolean() {
                written.eq_ignore_ascii_case(&value.to_string())
                    && !matches!(written.as_str(), "true" | "True" | "TRUE" | "false" | "False" | "FALSE")
            } else {
                digits.starts_with(|c: char| c.is_ascii_digit()) && (digits.contains('_') || digits.starts_with("0b"))
            };
            if older {
                *value = written.into();
            }
        }
        Kind::Scalar(_) => {}
    }
}

fn place(location: serde_saphyr::Location) -> Place {
    let narrow = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    (narrow(location.line()).max(1), narrow(location.column()).max(1))
}

fn node(spanned: Spanned<Kind>) -> Node {
    Node { at: place(spanned.referenced), kind: spanned.value }
}

impl Node {
    /// A value of elsewhere that stands for what was at a place.
    pub(crate) fn from_json(value: Value, at: Place) -> Self {
        let kind = match value {
            Value::Array(items) => Kind::List(items.into_iter().map(|item| Self::from_json(item, at)).collect()),
            Value::Object(map) => {
                Kind::Map(map.into_iter().map(|(key, value)| (key, Self::from_json(value, at))).collect())
            }
            scalar => Kind::Scalar(scalar),
        };
        Self { at, kind }
    }

    /// Moves every place.
    fn shift(&mut self, to: &dyn Fn(Place) -> Place) {
        self.at = to(self.at);
        match &mut self.kind {
            Kind::List(items) => items.iter_mut().for_each(|item| item.shift(to)),
            Kind::Map(entries) => entries.iter_mut().for_each(|(_, item)| item.shift(to)),
            Kind::Scalar(_) => {}
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Scalar(value) => value.clone(),
            Kind::List(items) => items.iter().map(Self::to_json).collect(),
            Kind::Map(entries) => {
                Value::Object(entries.iter().map(|(key, node)| (key.clone(), node.to_json())).collect::<Map<_, _>>())
            }
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, node)| node),
            Kind::List(items) => items.get(key.parse::<usize>().ok()?),
            Kind::Scalar(_) => None,
        }
    }

    /// The place of `a.b.0.c`, or of the nearest value on the way there.
    pub(crate) fn place_of(&self, path: &str) -> Place {
        let mut current = self;
        for key in path.split('.').filter(|key| !key.is_empty()) {
            match current.get(key) {
                Some(next) => current = next,
                None => break,
            }
        }
        current.at
    }

    /// Calls `visit` with every text below, its path and its place.
    pub(crate) fn texts<'a>(&'a self, path: &str, visit: &mut dyn FnMut(&str, Place, &'a str)) {
        let join = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        match &self.kind {
            Kind::Scalar(Value::String(text)) => visit(path, self.at, text),
            Kind::Scalar(_) => {}
            Kind::List(items) => {
                items.iter().enumerate().for_each(|(i, item)| item.texts(&join(&i.to_string()), visit))
            }
            Kind::Map(entries) => entries.iter().for_each(|(key, item)| item.texts(&join(key), visit)),
        }
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor)
    }
}

struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Kind, E> {
        Ok(Kind::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Kind, E> {
        Ok(Kind::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Kind, E> {
        Ok(Kind::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Kind, E> {
        // There is one kind of number: 1.0 is 1.
        if value.fract() == 0.0 && value.abs() < 9e15 {
            return Ok(Kind::Scalar((value as i64).into()));
        }
        Ok(Kind::Scalar(Number::from_f64(value).map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Kind, E> {
        Ok(Kind::Scalar(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Scalar(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Kind, E> {
        Ok(Kind::Scalar(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kind, D::Error> {
        Kind::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Kind, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element::<Spanned<Kind>>()? {
            items.push(node(item));
        }
        Ok(Kind::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Kind, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = access.next_key::<String>()? {
            entries.push((key, node(access.next_value::<Spanned<Kind>>()?)));
        }
        Ok(Kind::Map(entries))
    }
}

/// One document of a file of several, with its places.
#[derive(Clone, Debug)]
pub struct Document {
    /// From 1.
    pub number: usize,
    root: Node,
}

/// A document that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct DocumentError {
    /// The document's number, from 1.
    pub document: usize,
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

impl Document {
    /// Reads every document of a YAML file, one that is broken beside the others; empty ones are left out. `$yaml`, `$json` and
    /// `$text` are read from `source`.
    #[must_use]
    pub fn read_all(text: &str, source: &dyn Source) -> Vec<Result<Self, DocumentError>> {
        let mut documents = Vec::new();
        for part in split(text) {
            let number = documents.len() + 1;
            let error =
                |(at, message): (Place, String)| DocumentError { document: number, line: at.0, column: at.1, message };
            let read = part.parse().map_err(|error| (error.at, error.message));
            let read = read.and_then(|root| crate::placeholders::fill(root, source));
            documents.push(read.map(|root| Self { number, root }).map_err(error));
        }
        documents
    }

    /// The document as JSON.
    #[must_use]
    pub fn value(&self) -> Value {
        self.root.to_json()
    }

    /// Line and column of a field, or of the nearest one above it.
    #[must_use]
    pub fn place_of(&self, field: &str) -> Place {
        self.root.place_of(field)
    }
}

/// A document of a file of several.
struct Part {
    /// Lines of the file before it.
    before: u32,
    text: String,
}

impl Part {
    /// As [`parse`], with places in the whole file.
    fn parse(&self) -> Result<Node, YamlError> {
        let shifted = |(line, column): Place| (line.saturating_add(self.before), column);
        match parse(&self.text) {
            Ok(mut root) => {
                root.shift(&shifted);
                Ok(root)
            }
            Err(YamlError { at, message }) => Err(YamlError { at: shifted(at), message }),
        }
    }
}

/// The documents of a file; empty ones are left out.
///
/// A line that begins with `---` always ends a document in YAML, also within a block of text, so the file can be cut there.
fn split(text: &str) -> Vec<Part> {
    let mut parts = vec![Part { before: 0, text: String::new() }];
    let mut content = vec![false];
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let marker = line.strip_prefix("---").filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
        if marker.is_some() {
            parts.push(Part { before: u32::try_from(index).unwrap_or(u32::MAX), text: String::new() });
            content.push(false);
        }
        let line = marker.unwrap_or(line);
        if let (Some(part), Some(has)) = (parts.last_mut(), content.last_mut()) {
            part.text.push_str(line);
            part.text.push('\n');
            *has |= !line.trim().is_empty() && !line.trim_start().starts_with('#');
        }
    }
    parts.into_iter().zip(content).filter(|(_, has)| *has).map(|(part, _)| part).collect()
}
