use leptos::prelude::*;

use crate::live::use_live;

/// Rises after something of one of these topics has changed: make it part of a resource's source. A burst of changes
/// counts once.
pub fn changes(topics: &'static [&'static str]) -> Signal<u64> {
    let counters: Vec<Signal<u64>> = topics.iter().map(|topic| use_live(topic)).collect();
    settled(Signal::derive(move || counters.iter().map(Get::get).sum()))
}

#[cfg(feature = "hydrate")]
fn settled(count: Signal<u64>) -> Signal<u64> {
    /// Long enough for a burst, short enough to be called live.
    const PAUSE: std::time::Duration = std::time::Duration::from_millis(300);
    let calm = RwSignal::new(count.get_untracked());
    let waiting = StoredValue::new(false);
    Effect::watch(
        move || count.get(),
        move |_, _, _| {
            if !waiting.get_value() {
                waiting.set_value(true);
                // The page may be gone by then, and its signals with it.
                set_timeout(
                    move || {
                        waiting.try_set_value(false);
                        if let Some(count) = count.try_get_untracked() {
                            calm.try_set(count);
                        }
                    },
                    PAUSE,
                );
            }
        },
        false,
    );
    calm.into()
}

#[cfg(not(feature = "hydrate"))]
fn settled(count: Signal<u64>) -> Signal<u64> {
    count
}
