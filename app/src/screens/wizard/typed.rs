use leptos::prelude::*;
use std::collections::BTreeMap;

/// What was typed and not yet sent: going back and forth between steps loses nothing. In context from the app's root.
#[derive(Clone, Copy)]
pub struct Typed(StoredValue<BTreeMap<String, String>>);

impl Typed {
    /// Puts an empty memory in context.
    pub fn provide() {
        provide_context(Self(StoredValue::new(BTreeMap::new())));
    }

    pub(super) fn keep(self, key: String, text: String) {
        self.0.update_value(|kept| {
            kept.insert(key, text);
        });
    }

    pub(super) fn kept(self, key: &str) -> Option<String> {
        self.0.with_value(|kept| kept.get(key).cloned())
    }

    pub(super) fn forget(self, key: &str) {
        self.0.update_value(|kept| {
            kept.remove(key);
        });
    }
}
