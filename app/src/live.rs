//! What changed, as it changes. One stream for the whole page carries topics, ids and versions, never data: whoever shows
//! a thing reads it again when its topic moves. A stream that is cut costs nothing but one more reading.

#[cfg(feature = "hydrate")]
mod browser;

use leptos::prelude::*;

/// Something has a new version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveEvent {
    /// "deployment", "service", "scaffold_run"…
    pub topic: String,
    pub id: String,
}

/// How it stands with the stream.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Connection {
    /// Not asked for, or not yet there.
    #[default]
    Idle,
    Open,
    /// Down for more than three seconds; since when, epoch milliseconds by the browser's clock.
    Lost {
        since: f64,
    },
}

/// Counts the changes of each topic. In context from the app's root.
#[derive(Clone, Copy)]
pub struct Live {
    /// Whether what is shown can be trusted to be new.
    pub connection: RwSignal<Connection>,
    topics: StoredValue<Vec<(String, ArcRwSignal<u64>)>>,
}

impl Live {
    /// Puts the counters in context. Nothing is connected yet.
    pub fn provide() -> Self {
        let live = Self { connection: RwSignal::new(Connection::Idle), topics: StoredValue::new(Vec::new()) };
        provide_context(live);
        live
    }

    /// Opens the stream after hydration and keeps it open. Does nothing on the server.
    #[cfg_attr(not(feature = "hydrate"), expect(unused_variables, reason = "only a browser connects"))]
    pub fn connect(self, url: &'static str) {
        #[cfg(feature = "hydrate")]
        Effect::new(move || browser::connect(self, url));
    }

    fn counter(self, key: &str) -> ArcRwSignal<u64> {
        let found = self
            .topics
            .with_value(|topics| topics.iter().find(|(name, _)| name == key).map(|(_, count)| count.clone()));
        found.unwrap_or_else(|| {
            let count = ArcRwSignal::new(0);
            self.topics.update_value(|topics| topics.push((key.to_owned(), count.clone())));
            count
        })
    }

    /// Takes note of what the stream says.
    #[cfg_attr(not(any(feature = "hydrate", test)), expect(dead_code, reason = "only a browser hears the stream"))]
    fn note(self, event: &LiveEvent) {
        let one = key(&event.topic, &event.id);
        let moved = self.topics.with_value(|topics| {
            topics
                .iter()
                .filter(|(name, _)| *name == event.topic || *name == one)
                .map(|(_, count)| count.clone())
                .collect::<Vec<_>>()
        });
        for count in moved {
            count.update(|count| *count += 1);
        }
    }

    /// Everything may have changed: the stream was away.
    #[cfg_attr(not(any(feature = "hydrate", test)), expect(dead_code, reason = "only a browser hears the stream"))]
    fn note_all(self) {
        for (_, count) in self.topics.get_value() {
            count.update(|count| *count += 1);
        }
    }
}

fn key(topic: &str, id: &str) -> String {
    [topic, "/", id].concat()
}

/// Rises whenever something of the topic changes: make it part of a resource's source. Zero where nothing is live.
#[must_use]
pub fn use_live(topic: &str) -> Signal<u64> {
    use_context::<Live>().map_or_else(Signal::default, |live| live.counter(topic).into())
}

/// Rises whenever this one thing changes.
#[must_use]
pub fn use_live_one(topic: &str, id: &str) -> Signal<u64> {
    use_context::<Live>().map_or_else(Signal::default, |live| live.counter(&key(topic, id)).into())
}

/// How long to wait before the next try, in milliseconds: doubling from one second to thirty, and between half and all of
/// that, so that browsers do not come back all at once. `chance` lies in 0..1.
#[cfg_attr(not(any(feature = "hydrate", test)), expect(dead_code, reason = "only a browser hears the stream"))]
pub(crate) fn backoff(attempt: u32, chance: f64) -> u64 {
    let full = 1_000_u64.saturating_mul(1 << attempt.min(5)).min(30_000);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "at most 30,000"
    )]
    let part = (full as f64 * (0.5 + chance / 2.0)) as u64;
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(topic: &str, id: &str) -> LiveEvent {
        LiveEvent { topic: topic.to_owned(), id: id.to_owned() }
    }

    #[test]
    fn waiting_doubles_and_ends_at_half_a_minute() {
        assert_eq!([0, 1, 4, 5, 40].map(|attempt| backoff(attempt, 1.0)), [1_000, 2_000, 16_000, 30_000, 30_000]);
        assert_eq!(backoff(0, 0.0), 500);
    }

    #[test]
    fn only_what_changed_moves_and_a_gap_moves_all() {
        let owner = Owner::new();
        owner.set();
        let live = Live::provide();
        let (all, one, other) =
            (use_live("deployment"), use_live_one("deployment", "d1"), use_live_one("deployment", "d2"));
        live.note(&event("deployment", "d1"));
        assert_eq!([all, one, other].map(|count| count.get_untracked()), [1, 1, 0]);
        live.note_all();
        assert_eq!([all, one, other].map(|count| count.get_untracked()), [2, 2, 1]);
    }
}
