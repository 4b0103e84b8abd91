//! `{% for %}`.

use std::rc::Rc;

use super::Evaluator;
use crate::ast::{Expr, Node};
use crate::error::{Error, Result};
use crate::scope::Scope;
use crate::value::{Text, Value};
use crate::{js, utf16};

/// What a loop runs over.
struct Entries {
    items: Vec<Value>,
    /// The loop's length as the template sees it; an object without a `length` has none.
    length: Value,
    /// Objects and strings give pairs, of which only two names are filled.
    pairs: bool,
}

impl Evaluator<'_> {
    pub(super) fn for_each(
        &self,
        targets: &[Text],
        list: &Expr,
        body: &[Node],
        otherwise: &[Node],
        scope: &Rc<Scope>,
        out: &mut String,
    ) -> Result<()> {
        let value = self.eval(list, scope)?;
        let entries = self.entries(&value, targets.len() > 1)?;
        let length = js::number(&entries.length, &self.budget)?;
        // One frame for all rounds: what a round sets, the next one sees.
        let inner = Scope::open(scope);
        for (index, item) in entries.items.iter().enumerate() {
            self.budget.work(1)?;
            match targets {
                [target] => inner.declare(target.clone(), item.clone()),
                _ => unpack(targets, item, entries.pairs, &inner)?,
            }
            let index = index as f64;
            let number = |name: &str, value: f64| (Text::from(name), Value::Number(value));
            inner.declare(
                "loop".into(),
                Value::record([
                    number("index", index + 1.0),
                    number("index0", index),
                    number("revindex", length - index),
                    number("revindex0", length - index - 1.0),
                    ("first".into(), Value::Bool(index == 0.0)),
                    ("last".into(), Value::Bool(index == length - 1.0)),
                    ("length".into(), entries.length.clone()),
                ]),
            );
            self.run(body, &inner, out)?;
        }
        if js::truthy(&entries.length) { Ok(()) } else { self.run(otherwise, &inner, out) }
    }

    fn entries(&self, value: &Value, several: bool) -> Result<Entries> {
        let whole = |items: Vec<Value>, pairs| Entries { length: Value::Number(items.len() as f64), items, pairs };
        let pair = |key: Text, value: Value| Value::list(vec![Value::String(key), value]);
        Ok(match value {
            Value::List(list) => whole(list.0.borrow().clone(), false),
            Value::Record(record) if several => {
                whole(record.entries().iter().map(|(key, value)| pair(key.clone(), value.clone())).collect(), true)
            }
            // With one name an object is read as a list, by its "length", "0", "1" and so on; most have none.
            Value::Record(record) => {
                let length = record.get("length").cloned().unwrap_or(Value::Undefined);
                let count = js::number(&length, &self.budget)?;
                let mut items = Vec::new();
                while (items.len() as f64) < count {
                    self.budget.work(1)?;
                    items.push(record.get(&items.len().to_string()).cloned().unwrap_or(Value::Undefined));
                }
                Entries { items, length, pairs: true }
            }
            Value::String(text) | Value::Safe(text) => {
                let units = utf16::units(text);
                self.budget.work(units.len())?;
                let chars = units.iter().map(|unit| Value::text(utf16::text(&[*unit])));
                if several && matches!(value, Value::String(_)) {
                    whole(chars.enumerate().map(|(i, c)| pair(i.to_string().into(), c)).collect(), true)
                } else {
                    whole(chars.collect(), false)
                }
            }
            _ => Entries { items: Vec::new(), length: Value::Undefined, pairs: true },
        })
    }
}

/// `{% for a, b in … %}`: the parts of one item.
fn unpack(targets: &[Text], item: &Value, pairs: bool, scope: &Scope) -> Result<()> {
    if item.is_nullish() {
        return Err(Error::value("An item of this list is empty and has no parts to name"));
    }
    let count = if pairs { 2 } else { targets.len() };
    for (index, target) in targets.iter().take(count).enumerate() {
        scope.declare(target.clone(), js::member(item, &index.to_string()));
    }
    Ok(())
}
