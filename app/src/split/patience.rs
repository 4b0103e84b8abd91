//! What to do when a part of the module does not come.

use futures::channel::oneshot;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::time::Duration;

use crate::{
    frame,
    live::{Connection, Live, backoff},
};

/// Tries before the reason must be another than a bad moment.
const TRIES: u32 = 3;

/// How often a part has been asked for, and for which address.
pub(super) struct Patience {
    live: Option<Live>,
    /// Path and query of the page that is to be shown.
    to: String,
    attempt: u32,
}

impl Default for Patience {
    fn default() -> Self {
        let there = use_location();
        let to = [&*there.pathname.read_untracked(), "?", &*there.search.read_untracked()].concat();
        Self { live: use_context(), to, attempt: 0 }
    }
}

impl Patience {
    /// Waits before the next try. A server that answers and still has no such part is another one than the page came from: then the page is
    /// opened anew, from it.
    pub(super) async fn wait(&mut self) {
        let connected = self.live.is_some_and(|live| live.connection.get_untracked() == Connection::Open);
        if self.attempt >= TRIES && connected && frame::is_ready() {
            // Fails only for an address that is none.
            let _ = location().assign(self.to.trim_end_matches('?'));
        }
        let (done, waited) = oneshot::channel::<()>();
        set_timeout(move || drop(done), Duration::from_millis(backoff(self.attempt, js_sys::Math::random())));
        self.attempt += 1;
        // Ends by the sender's going away.
        let _ = waited.await;
    }
}
