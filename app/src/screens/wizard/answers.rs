use leptos::prelude::*;
use serde_json::{Map, Value};
use slipway_forms::{Field, Form, ListChange, Page, Typed as Texts, Widget, read_typed, texts_of, with_defaults};

use super::{check::Patterns, typed::Typed};

/// What stands on one page of the wizard, and which fields that makes it have.
#[derive(Clone, Copy)]
pub(super) struct Answers {
    form: StoredValue<Form>,
    /// The whole form's values as the server has them.
    stored: StoredValue<Map<String, Value>>,
    /// The inputs' texts, by name.
    texts: RwSignal<Texts>,
    /// Rises when items change places, so that their inputs are made anew.
    moved: RwSignal<u64>,
    memory: StoredValue<Option<(Typed, String)>>,
}

impl Answers {
    /// `key` names the page in the memory of what was typed and not sent.
    pub(super) fn new(page: Page, values: Map<String, Value>, memory: Option<Typed>, key: String) -> Self {
        let shown = texts_on(&page, &values);
        let kept = memory.and_then(|memory| memory.kept(&key));
        Self {
            form: StoredValue::new(Form { pages: vec![page], ..Form::default() }),
            stored: StoredValue::new(values),
            texts: RwSignal::new(kept.unwrap_or(shown)),
            moved: RwSignal::new(0),
            memory: StoredValue::new(memory.map(|memory| (memory, key))),
        }
    }

    /// What stands in inputs that depend on no others.
    pub(super) fn alone(texts: Texts) -> Self {
        Self {
            form: StoredValue::new(Form::default()),
            stored: StoredValue::new(Map::new()),
            texts: RwSignal::new(texts),
            moved: RwSignal::new(0),
            memory: StoredValue::new(None),
        }
    }

    /// The inputs' texts. Tracked.
    pub(super) fn texts(self) -> Texts {
        self.texts.get()
    }

    /// What was said of the whole form, with what stands here. Tracked.
    pub(super) fn values(self) -> Map<String, Value> {
        self.form.with_value(|form| {
            let (mut values, page) = (self.stored.get_value(), form.pages.first());
            if let Some(page) = page {
                values = self.texts.with(|texts| read_typed(page, &values, texts, &Patterns).0);
            }
            with_defaults(form, &values, &Patterns)
        })
    }

    /// The fields that apply, each with what tells it from itself after a change. Tracked.
    pub(super) fn fields(self) -> Vec<(String, Field)> {
        let (values, moved) = (self.values(), self.moved.get());
        let fields = self.form.with_value(|form| form.fields(&values, &Patterns));
        let key = |field: &Field| {
            let moved = match field.widget {
                // What is sent says how many items there are.
                Widget::List => field.count as u64,
                // A button that was pressed stays, and keeps the focus.
                Widget::Add => u64::from(field.is_full()),
                _ if field.depth == 0 => 0,
                _ => moved,
            };
            let required = if field.rules.required { " required " } else { " " };
            [
                &field.name,
                " ",
                &(field.widget as u8).to_string(),
                " ",
                &moved.to_string(),
                required,
                &field.schema.to_string(),
            ]
            .concat()
        };
        fields.into_iter().map(|field| (key(&field), field)).collect()
    }

    /// The text of an input now. Not tracked.
    pub(super) fn text(self, name: &str) -> Option<String> {
        self.texts.with_untracked(|texts| texts.get(name).cloned())
    }

    /// What stands in a field's inputs. Not tracked.
    pub(super) fn texts_of(self, field: &Field) -> Texts {
        let values = untrack(|| self.values());
        let mut texts: Texts = texts_of(field, field.value(&values)).into_iter().collect();
        self.texts.with_untracked(|typed| {
            for (name, text) in &mut texts {
                if let Some(typed) = typed.get(name) {
                    text.clone_from(typed);
                }
            }
        });
        texts
    }

    /// Notes what is typed.
    pub(super) fn set(self, name: &str, text: String) {
        self.texts.update(|texts| {
            texts.insert(name.to_owned(), text);
        });
        self.keep();
    }

    /// Forgets what stood in an input that is not sent any more.
    pub(super) fn unset(self, name: &str) {
        self.texts.update(|texts| {
            texts.remove(name);
        });
        self.keep();
    }

    /// Changes the items of a list.
    pub(super) fn change(self, change: ListChange, path: &str) {
        let mut values = untrack(|| self.values());
        let texts = self.form.with_value(|form| {
            let page = form.pages.first()?;
            change.make(page, &mut values, path, &Patterns);
            // A new item begins with its defaults.
            Some(texts_on(page, &with_defaults(form, &values, &Patterns)))
        });
        if let Some(texts) = texts {
            self.texts.set(texts);
            self.moved.update(|moved| *moved += 1);
            self.keep();
        }
    }

    fn keep(self) {
        self.memory.with_value(|memory| {
            if let Some((memory, key)) = memory {
                memory.keep(key, self.texts.get_untracked());
            }
        });
    }

    /// What is sent stands in the draft, right or wrong.
    pub(super) fn forget(self) {
        self.memory.with_value(|memory| {
            if let Some((memory, key)) = memory {
                memory.forget(key);
            }
        });
    }
}

fn texts_on(page: &Page, values: &Map<String, Value>) -> Texts {
    let fields = page.fields(values, &Patterns);
    let typed = fields.iter().filter(|field| field.is_typed() && field.widget != Widget::Secret);
    typed.flat_map(|field| texts_of(field, field.value(values))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_s_head_is_made_anew_with_each_item_and_its_end_is_left_alone() {
        let schema = json!({"properties": {"ports": {"type": "array", "maxItems": 2, "items": {"type": "integer"}}}});
        let page = slipway_forms::read_form(&schema).unwrap().pages.remove(0);
        Owner::new().with(|| {
            let answers = Answers::new(page, Map::new(), None, String::new());
            let key = |widget: Widget| {
                let found = untrack(|| answers.fields()).into_iter().find(|(_, field)| field.widget == widget);
                found.unwrap().0
            };
            let (head, end) = (key(Widget::List), key(Widget::Add));
            answers.change(ListChange::Add, "ports");
            assert_ne!(key(Widget::List), head, "it says how many items are sent");
            assert_eq!(key(Widget::Add), end, "its button keeps the focus");
            answers.change(ListChange::Add, "ports");
            assert_ne!(key(Widget::Add), end, "no more items fit");
        });
    }
}
