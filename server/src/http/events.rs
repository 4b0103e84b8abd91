//! `/events`: what changed, as it changes. Topics, ids and versions, never data: pages read again what they show.
//!
//! A stream ends by itself before proxies that cut at two minutes would cut it; the browser comes back with `Last-Event-ID` and misses
//! nothing that happened within the last hour.

use super::{failure, session::Session, state::AppState};
use axum::{
    Extension, Router,
    extract::{Query, State},
    response::{
        IntoResponse as _, Response, Sse,
        sse::{Event, KeepAlive},
    },
    routing::get,
};
use futures::Stream;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use slipway_api_types::{AppError, ErrorCode};
use slipway_ports::{Store, store::feed::FeedEntry};
use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

/// How long one stream lasts. Some platforms cut every response at 120 s.
const LASTS: Duration = Duration::from_secs(110);
/// How often a stream says that it is alive.
const ALIVE: Duration = Duration::from_secs(15);
/// How soon a browser comes back.
const RETRY: Duration = Duration::from_secs(1);
/// How many entries are read at once.
const PART: u32 = 500;

/// The route.
pub fn router() -> Router<AppState> {
    Router::new().route("/events", get(events))
}

#[derive(Deserialize)]
struct Resume {
    last_event_id: Option<String>,
}

async fn events(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
    Query(resume): Query<Resume>,
    headers: HeaderMap,
) -> Response {
    if session.0.is_none() {
        return failure::respond(&AppError::sign_in_required(), &failure::Form::Problem);
    }
    let header = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let last = header.or(resume.last_event_id.as_deref()).and_then(|id| id.parse::<i64>().ok());
    let store = state.slipway.store.clone();
    // Subscribed before the head is read: what is published between the two wakes the stream.
    let bell = store.watch();
    let head = match head(&*store).await {
        Ok(head) => head,
        Err(error) => return failure::respond(&error, &failure::Form::Problem),
    };
    // An id from another database (restored, or another instance on this address) may be ahead of this one.
    let seq = last.map_or(head, |last| last.clamp(0, head));
    let follower = Follower {
        store,
        bell,
        seq,
        waiting: VecDeque::new(),
        greeted: false,
        ends: Instant::now() + LASTS,
        stop: state.shutdown,
    };
    let mut response = Sse::new(follower.stream()).keep_alive(KeepAlive::new().interval(ALIVE)).into_response();
    // Proxies that collect answers would make live pages anything but.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

async fn head(store: &dyn Store) -> Result<i64, AppError> {
    let unavailable = |_| AppError::new(ErrorCode::Internal, "The database could not be read.");
    store.begin_read().await.map_err(unavailable)?.feed_head().await.map_err(unavailable)
}

/// One line of the stream.
#[derive(Serialize)]
struct Line<'a> {
    topic: &'a str,
    id: &'a str,
    version: i64,
}

struct Follower {
    store: Arc<dyn Store>,
    bell: watch::Receiver<u64>,
    /// The last entry that was read.
    seq: i64,
    waiting: VecDeque<FeedEntry>,
    greeted: bool,
    ends: Instant,
    stop: CancellationToken,
}

impl Follower {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> + Send {
        futures::stream::unfold(self, |mut follower| async move {
            let event = follower.next().await?;
            Some((Ok(event), follower))
        })
    }

    /// The next event; `None` when it is time to end.
    async fn next(&mut self) -> Option<Event> {
        if !self.greeted {
            self.greeted = true;
            // An id without data moves `Last-Event-ID` and reaches no listener.
            return Some(Event::default().id(self.seq.to_string()).retry(RETRY));
        }
        loop {
            if let Some(entry) = self.waiting.pop_front() {
                let line = Line { topic: &entry.topic, id: &entry.id, version: entry.version };
                // Strings and a number always have a JSON form.
                let text = serde_json::to_string(&line).unwrap_or_default();
                return Some(Event::default().id(entry.seq.to_string()).data(text));
            }
            self.bell.mark_unchanged();
            if !self.read().await {
                return None;
            }
            if !self.waiting.is_empty() {
                continue;
            }
            tokio::select! {
                rung = self.bell.changed() => rung.ok()?,
                () = tokio::time::sleep_until(self.ends) => return None,
                () = self.stop.cancelled() => return None,
            }
        }
    }

    /// Reads what is new. `false` when the database failed: the browser comes back.
    async fn read(&mut self) -> bool {
        let entries = async { self.store.begin_read().await?.feed_after(self.seq, PART).await }.await;
        match entries {
            Ok(entries) => {
                self.seq = entries.last().map_or(self.seq, |entry| entry.seq);
                self.waiting.extend(entries);
                true
            }
            Err(error) => {
                tracing::warn!(error.cause = %error, "a live stream ended: the feed could not be read");
                false
            }
        }
    }
}
