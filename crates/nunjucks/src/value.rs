//! The values a template computes with: JSON's, and what JavaScript adds to them.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::{Map, Number};

use crate::ast::Macro;
use crate::budget::Budget;
use crate::error::{Error, Result};
use crate::scope::Scope;

pub(crate) type Text = Rc<str>;

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    String(Text),
    /// Text that `escape` leaves alone.
    Safe(Text),
    List(Rc<List>),
    Record(Rc<Record>),
    Regex(Rc<Regex>),
    Callable(Rc<Callable>),
}

/// A list is shared by reference, as in JavaScript: `push` is seen by everybody who holds it.
#[derive(Debug, Default)]
pub(crate) struct List(pub RefCell<Vec<Value>>);

/// Keys in the order JavaScript lists them: whole numbers ascending, then the others as they came. Never changes.
#[derive(Debug, Default)]
pub(crate) struct Record(Vec<(Text, Value)>);

#[derive(Debug)]
pub(crate) struct Regex {
    pub pattern: Text,
    pub flags: Text,
}

#[derive(Debug)]
pub(crate) enum Callable {
    Range,
    Cycler,
    Joiner,
    /// Made by `cycler(…)`; the index of the value shown now.
    Cycle {
        values: Vec<Value>,
        index: RefCell<Option<usize>>,
    },
    CycleNext(Rc<Callable>),
    CycleReset(Rc<Callable>),
    /// Made by `joiner(…)`; whether it was called before.
    Join {
        separator: Value,
        used: RefCell<bool>,
    },
    Macro {
        definition: Rc<Macro>,
        scope: Rc<Scope>,
    },
    Method {
        receiver: Value,
        name: Text,
    },
    /// A function the host gives, by its name.
    Host(Text),
}

impl Record {
    pub(crate) fn new(entries: impl IntoIterator<Item = (Text, Value)>) -> Self {
        let mut list: Vec<(Text, Value)> = Vec::new();
        let mut seen = std::collections::HashMap::<Text, usize>::new();
        for (key, value) in entries {
            match seen.entry(key.clone()) {
                std::collections::hash_map::Entry::Occupied(place) => list[*place.get()].1 = value,
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(list.len());
                    list.push((key, value));
                }
            }
        }
        list.sort_by_key(|(key, _)| array_index(key).map_or((1, 0), |index| (0, index)));
        Self(list)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(name, _)| &**name == key).map(|(_, value)| value)
    }

    pub(crate) fn entries(&self) -> &[(Text, Value)] {
        &self.0
    }
}

/// The number that a canonical array index spells ("7", not "07").
pub(crate) fn array_index(key: &str) -> Option<u32> {
    let index: u32 = key.parse().ok()?;
    (index.to_string() == key && index != u32::MAX).then_some(index)
}

impl Value {
    pub(crate) fn text(text: impl Into<Text>) -> Self {
        Self::String(text.into())
    }

    pub(crate) fn list(items: Vec<Self>) -> Self {
        Self::List(Rc::new(List(RefCell::new(items))))
    }

    pub(crate) fn record(entries: impl IntoIterator<Item = (Text, Self)>) -> Self {
        Self::Record(Rc::new(Record::new(entries)))
    }

    pub(crate) fn callable(callable: Callable) -> Self {
        Self::Callable(Rc::new(callable))
    }

    pub(crate) fn is_nullish(&self) -> bool {
        matches!(self, Self::Undefined | Self::Null)
    }

    /// The text of a string, safe or not.
    pub(crate) fn as_text(&self) -> Option<&Text> {
        match self {
            Self::String(text) | Self::Safe(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list as they are now.
    pub(crate) fn as_list(&self) -> Option<Vec<Self>> {
        match self {
            Self::List(list) => Some(list.0.borrow().clone()),
            _ => None,
        }
    }

    /// What a message calls this kind of value.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) | Self::Safe(_) => "a string",
            Self::List(_) => "a list",
            Self::Record(_) => "an object",
            Self::Regex(_) => "a regular expression",
            Self::Callable(_) => "a function",
        }
    }

    pub(crate) fn from_json(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(b) => Self::Bool(*b),
            serde_json::Value::Number(n) => Self::Number(n.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(s) => Self::text(crate::utf16::admit(s)),
            serde_json::Value::Array(items) => Self::list(items.iter().map(Self::from_json).collect()),
            serde_json::Value::Object(map) => Self::record(
                map.iter().map(|(key, value)| (Text::from(crate::utf16::admit(key)), Self::from_json(value))),
            ),
        }
    }

    /// `None` is undefined, which JSON does not have: it is left out of objects and null in lists.
    pub(crate) fn to_json(&self, budget: &Budget) -> Result<Option<serde_json::Value>> {
        budget.work(1)?;
        budget.deeper(|| {
            Ok(Some(match self {
                Self::Undefined => return Ok(None),
                Self::Null => serde_json::Value::Null,
                Self::Bool(b) => (*b).into(),
                Self::Number(n) => json_number(*n),
                Self::String(text) | Self::Safe(text) => {
                    budget.text(text.len())?;
                    crate::utf16::finish(text.to_string()).into()
                }
                Self::List(list) => {
                    let items = list.0.borrow();
                    let items = items.iter().map(|item| Ok(item.to_json(budget)?.unwrap_or_default()));
                    serde_json::Value::Array(items.collect::<Result<_>>()?)
                }
                Self::Record(record) => {
                    let mut map = Map::new();
                    for (key, value) in record.entries() {
                        if let Some(value) = value.to_json(budget)? {
                            map.insert(crate::utf16::finish(key.to_string()), value);
                        }
                    }
                    map.into()
                }
                Self::Regex(_) => crate::js::string(self, budget)?.to_string().into(),
                Self::Callable(_) => return Err(Error::value("A function cannot be a result; call it")),
            }))
        })
    }
}

/// JSON has no NaN and no infinity: both are null, as in `JSON.stringify`.
fn json_number(number: f64) -> serde_json::Value {
    if number.fract() == 0.0 {
        // By way of JavaScript's digits, so that 3 is not 3.0 and what lies beyond 2^53 reads as JavaScript writes it.
        let digits = crate::number::to_string(number);
        let whole = digits.parse::<i64>().map(Number::from).or_else(|_| digits.parse::<u64>().map(Number::from));
        if let Ok(whole) = whole {
            return whole.into();
        }
    }
    Number::from_f64(number).map_or(serde_json::Value::Null, Into::into)
}

/// Takes long chains of lists apart one by one: a template can build one that is too deep to drop recursively.
impl Drop for List {
    fn drop(&mut self) {
        drop_flat(std::mem::take(self.0.get_mut()));
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        drop_flat(std::mem::take(&mut self.0).into_iter().map(|(_, value)| value).collect());
    }
}

fn drop_flat(mut waiting: Vec<Value>) {
    while let Some(value) = waiting.pop() {
        match value {
            Value::List(list) => {
                if let Some(mut list) = Rc::into_inner(list) {
                    waiting.append(list.0.get_mut());
                }
            }
            Value::Record(record) => {
                if let Some(mut record) = Rc::into_inner(record) {
                    waiting.extend(std::mem::take(&mut record.0).into_iter().map(|(_, value)| value));
                }
            }
            _ => {}
        }
    }
}
