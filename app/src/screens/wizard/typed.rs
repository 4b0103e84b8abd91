use leptos::prelude::*;
use std::collections::BTreeMap;

/// What was typed and not yet sent, by page and by field: going back and forth between steps loses nothing. In context from the
/// app's root.
#[derive(Clone, Copy)]
pub struct Typed(StoredValue<BTreeMap<String, slipway_forms::Typed>>);

impl Typed {
    /// Puts an empty memory in context.
    pub fn provide() {
        provide_context(Self(StoredValue::new(BTreeMap::new())));
    }

    pub(super) fn keep(self, page: &str, texts: slipway_forms::Typed) {
        self.0.update_value(|kept| {
            kept.insert(page.to_owned(), texts);
        });
    }

    pub(super) fn kept(self, page: &str) -> Option<slipway_forms::Typed> {
        self.0.with_value(|kept| kept.get(page).cloned())
    }

    pub(super) fn forget(self, page: &str) {
        self.0.update_value(|kept| {
            kept.remove(page);
        });
    }
}
