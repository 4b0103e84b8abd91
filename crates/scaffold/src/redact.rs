//! Keeping secrets out of what is printed.

use serde_json::Value;

/// What is shown in a secret's place.
const MASK: &str = "***";

/// Knows texts that must not be shown.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    /// Longest first, so that no part of one is left.
    texts: Vec<String>,
}

impl Redactor {
    /// Hides every text in `secrets`.
    #[must_use]
    pub fn new(secrets: &Value) -> Self {
        let mut redactor = Self::default();
        redactor.add_texts(secrets);
        redactor
    }

    fn add_texts(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.add(text),
            Value::Array(items) => items.iter().for_each(|item| self.add_texts(item)),
            Value::Object(map) => map.values().for_each(|item| self.add_texts(item)),
            _ => {}
        }
    }

    fn add(&mut self, text: &str) {
        let text = text.trim();
        // One character hides nothing and would spoil every line.
        if text.chars().count() > 1 && !self.texts.iter().any(|known| known == text) {
            self.texts.push(text.to_owned());
            self.texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        }
    }

    /// Hides the texts of an input that differ from those of the same input evaluated without secrets.
    pub fn add_difference(&mut self, with: &Value, without: &Value) {
        match (with, without) {
            (Value::String(with), Value::String(without)) if with == without => {}
            (Value::String(with), _) => self.add(with),
            (Value::Array(items), other) => {
                let other = |index: usize| other.get(index).unwrap_or(&Value::Null);
                items.iter().enumerate().for_each(|(index, item)| self.add_difference(item, other(index)));
            }
            (Value::Object(map), other) => {
                let other = |key: &str| other.get(key).unwrap_or(&Value::Null);
                map.iter().for_each(|(key, item)| self.add_difference(item, other(key)));
            }
            _ => {}
        }
    }

    /// A line without secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        self.texts.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), MASK))
    }

    /// A value without secrets.
    #[must_use]
    pub fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.text(text).into(),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(map) => {
                Value::Object(map.iter().map(|(key, item)| (key.clone(), self.value(item))).collect())
            }
            other => other.clone(),
        }
    }
}
