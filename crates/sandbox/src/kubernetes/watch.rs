//! Watching: what happened to a kind since a version, as a stream of JSON lines that ends with its time or the sandbox.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::stream;
use http::header;
use serde_json::{Value, json};
use tokio::{sync::watch::Receiver, time::Instant};

use super::{
    resources::Resource,
    select::Selection,
    status::ApiError,
    store::{Change, Store, text},
};
use crate::shared::Shared;

/// How often a quiet watcher that wants bookmarks gets one.
const BOOKMARKS: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(300);

pub(super) struct Watch {
    pub(super) resource: &'static Resource,
    pub(super) namespace: Option<String>,
    pub(super) selection: Selection,
    /// The version to begin after; `None` begins with everything that exists.
    pub(super) from: Option<u64>,
    pub(super) initial_events: bool,
    pub(super) bookmarks: bool,
    pub(super) lasts: Option<Duration>,
}

struct Watcher {
    watch: Watch,
    shared: Arc<Shared>,
    version: u64,
    news: Receiver<u64>,
    lines: VecDeque<Bytes>,
    ends: Instant,
    over: bool,
}

pub(super) fn start(watch: Watch, shared: Arc<Shared>) -> Response {
    let news = shared.version.subscribe();
    let mut lines = VecDeque::new();
    let begin_with_all = watch.from.is_none() || watch.initial_events;
    let version = shared.read(|world| {
        let store = &world.kubernetes.store;
        if begin_with_all {
            let all = store.list(watch.resource, watch.namespace.as_deref()).map(|(_, object)| object);
            lines.extend(all.filter(|object| watch.selection.matches(object)).map(|object| line("ADDED", object)));
        }
        if begin_with_all { store.version() } else { watch.from.unwrap_or_default() }
    });
    if watch.initial_events {
        lines.push_back(bookmark(watch.resource, version, true));
    }
    let ends = Instant::now() + watch.lasts.unwrap_or(LONGEST).min(LONGEST);
    let watcher = Watcher { watch, shared, version, news, lines, ends, over: false };
    let body = Body::from_stream(stream::unfold(watcher, |mut watcher| async move {
        let line = watcher.next().await?;
        Some((Ok::<_, std::convert::Infallible>(line), watcher))
    }));
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

impl Watcher {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(line) = self.lines.pop_front() {
                return Some(line);
            }
            if self.over {
                return None;
            }
            self.news.borrow_and_update();
            self.read_news();
            if !self.lines.is_empty() {
                continue;
            }
            let ended = self.shared.ended.clone();
            tokio::select! {
                () = ended.cancelled() => return None,
                () = tokio::time::sleep_until(self.ends) => return None,
                changed = self.news.changed() => changed.ok()?,
                () = tokio::time::sleep(BOOKMARKS), if self.watch.bookmarks => {
                    self.lines.push_back(bookmark(self.watch.resource, self.version, false));
                }
            }
        }
    }

    fn read_news(&mut self) {
        let (watch, from) = (&self.watch, self.version);
        let read = |store: &Store| (store.since(watch.resource, from), store.version());
        let (changes, version) = self.shared.read(|world| read(&world.kubernetes.store));
        match changes {
            Some(changes) => self.lines.extend(changes.iter().filter_map(|change| self.watch.line(change))),
            None => {
                self.lines.push_back(encode(&json!({ "type": "ERROR", "object": ApiError::expired().body() })));
                self.over = true;
            }
        }
        self.version = version;
    }
}

impl Watch {
    fn line(&self, change: &Change) -> Option<Bytes> {
        let concerns = |object: &&Arc<Value>| {
            self.namespace.as_deref().is_none_or(|namespace| text(object, "/metadata/namespace") == namespace)
                && self.selection.matches(object)
        };
        let before = change.before.as_ref().filter(concerns);
        let after = change.after.as_ref().filter(concerns);
        match (before, after) {
            (None, Some(after)) => Some(line("ADDED", after)),
            (Some(_), Some(after)) => Some(line("MODIFIED", after)),
            (Some(before), None) => {
                // The last state, under the version of its end.
                let mut last = (**before).clone();
                last["metadata"]["resourceVersion"] = json!(change.version.to_string());
                Some(line("DELETED", &last))
            }
            (None, None) => None,
        }
    }
}

fn line(kind: &str, object: &Value) -> Bytes {
    encode(&json!({ "type": kind, "object": object }))
}

fn bookmark(resource: &Resource, version: u64, initial: bool) -> Bytes {
    let mut object = json!({ "apiVersion": resource.api_version(), "kind": resource.kind, "metadata": { "resourceVersion": version.to_string() } });
    if initial {
        object["metadata"]["annotations"] = json!({ "k8s.io/initial-events-end": "true" });
    }
    line("BOOKMARK", &object)
}

fn encode(event: &Value) -> Bytes {
    Bytes::from(format!("{event}\n"))
}
