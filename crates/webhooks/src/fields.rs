//! Reading JSON with the path at hand, so that an error can name the field.

use serde_json::Value;
use slipway_dora::Instant;

use crate::{Invalid, time};

/// A place in a JSON document. What is missing reads as null.
#[derive(Clone, Debug)]
pub(crate) struct At<'v> {
    value: &'v Value,
    path: String,
}

impl<'v> At<'v> {
    pub(crate) fn root(value: &'v Value) -> Self {
        Self { value, path: String::new() }
    }

    /// The field `name`.
    pub(crate) fn get(&self, name: &str) -> Self {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Self { value: self.value.get(name).unwrap_or(&Value::Null), path }
    }

    /// The field at a dotted path.
    pub(crate) fn at(&self, path: &str) -> Self {
        path.split('.').fold(self.clone(), |at, name| at.get(name))
    }

    /// The field `name`, whatever the case of its letters.
    pub(crate) fn get_ignoring_case(&self, name: &str) -> Self {
        let fields = self.value.as_object();
        let known = fields.and_then(|fields| fields.keys().find(|key| key.eq_ignore_ascii_case(name)));
        self.get(known.map_or(name, String::as_str))
    }

    /// The entries of a list; none where there is no list.
    pub(crate) fn items(&self) -> impl Iterator<Item = At<'v>> + use<'v> {
        let path = self.path.clone();
        let items = self.value.as_array().map_or(&[] as &[Value], Vec::as_slice);
        items.iter().enumerate().map(move |(n, value)| At { value, path: format!("{path}[{n}]") })
    }

    pub(crate) fn value(&self) -> &'v Value {
        self.value
    }

    pub(crate) fn path(&self) -> &str {
        if self.path.is_empty() { "." } else { &self.path }
    }

    pub(crate) fn is_null(&self) -> bool {
        self.value.is_null()
    }

    pub(crate) fn wrong(&self, message: impl Into<String>) -> Invalid {
        Invalid::new(self.path(), message)
    }

    /// What is here if it is a text that is not empty.
    pub(crate) fn maybe_text(&self) -> Option<&'v str> {
        self.value.as_str().filter(|text| !text.is_empty())
    }

    pub(crate) fn text(&self) -> Result<&'v str, Invalid> {
        self.maybe_text().ok_or_else(|| self.wrong(self.instead("a text")))
    }

    /// A name: a text or a number.
    pub(crate) fn maybe_id(&self) -> Option<String> {
        match self.value {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    pub(crate) fn id(&self) -> Result<String, Invalid> {
        self.maybe_id().ok_or_else(|| self.wrong(self.instead("a name or number")))
    }

    pub(crate) fn whole(&self) -> Result<u64, Invalid> {
        self.value.as_u64().ok_or_else(|| self.wrong(self.instead("a whole number")))
    }

    /// Only `true` is true.
    pub(crate) fn is_true(&self) -> bool {
        self.value == &Value::Bool(true)
    }

    /// An instant in any of the forms of [`time`]; `None` where there is null or nothing.
    pub(crate) fn maybe_instant(&self) -> Result<Option<Instant>, Invalid> {
        let read = match self.value {
            Value::Null => return Ok(None),
            Value::String(text) if text.is_empty() => return Ok(None),
            Value::String(text) => time::parse(text),
            Value::Number(number) => number.as_i64().map(time::of_epoch),
            _ => None,
        };
        read.map(Some).ok_or_else(|| self.wrong(self.instead("an instant")))
    }

    pub(crate) fn instant(&self) -> Result<Instant, Invalid> {
        self.maybe_instant()?.ok_or_else(|| self.wrong(self.instead("an instant")))
    }

    fn instead(&self, wanted: &str) -> String {
        match self.value {
            Value::Null => format!("missing; {wanted} is needed"),
            Value::String(text) => format!("\"{}\" is not {wanted}", text.chars().take(80).collect::<String>()),
            Value::Array(_) => format!("a list is not {wanted}"),
            Value::Object(_) => format!("an object is not {wanted}"),
            other => format!("{other} is not {wanted}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn errors_name_the_field_and_what_was_there() {
        let value = json!({"a": {"b": 7, "list": [{"at": "noon"}]}});
        let root = At::root(&value);
        assert_eq!(root.at("a.b").text().unwrap_err().to_string(), "a.b: 7 is not a text");
        assert_eq!(root.at("a.c").id().unwrap_err().to_string(), "a.c: missing; a name or number is needed");
        let item = root.at("a.list").items().next().unwrap();
        assert_eq!(item.get("at").instant().unwrap_err().to_string(), "a.list[0].at: \"noon\" is not an instant");
        assert_eq!(root.get_ignoring_case("A").get("b").id().unwrap(), "7");
    }
}
