//! The stream in the browser: an `EventSource`. It reconnects by itself, with `Last-Event-ID`, unless the
//! server refused it; then this module tries again, with growing patience.

use std::{cell::RefCell, rc::Rc, time::Duration};

use js_sys::{Date, Function, JSON, Math, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{
    JsCast, JsValue,
    closure::{Closure, WasmClosure},
};
use web_sys::{Event, EventSource, MessageEvent};

use super::{Connection, Live, LiveEvent, backoff};

/// A cut shorter than this is nobody's concern: some platforms cut every stream every two minutes.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Default)]
struct Progress {
    last_id: String,
    attempt: u32,
    /// When the stream went down, if it is down. Epoch milliseconds.
    down_since: Option<f64>,
}

pub(super) fn connect(live: Live, url: &'static str) {
    open(live, url, Rc::default());
}

fn open(live: Live, url: &'static str, progress: Rc<RefCell<Progress>>) {
    let last_id = progress.borrow().last_id.clone();
    // A fresh `EventSource` cannot send the header, so the id goes into the address.
    let address = if last_id.is_empty() {
        url.to_owned()
    } else {
        [url, "?last_event_id=", &String::from(js_sys::encode_uri_component(&last_id))].concat()
    };
    // Fails only for an address that cannot be parsed.
    let Ok(source) = EventSource::new(&address) else { return };

    let on_open = {
        let progress = Rc::clone(&progress);
        move || {
            let mut progress = progress.borrow_mut();
            progress.attempt = 0;
            let was_down = progress.down_since.take().is_some();
            drop(progress);
            live.connection.set(Connection::Open);
            if was_down {
                live.note_all();
            }
        }
    };
    source.set_onopen(Some(&function(Closure::<dyn FnMut()>::new(on_open))));

    let on_message = {
        let progress = Rc::clone(&progress);
        move |message: MessageEvent| {
            let id = message.last_event_id();
            if !id.is_empty() {
                progress.borrow_mut().last_id = id;
            }
            if let Some(text) = message.data().as_string() {
                text.lines().filter_map(read).for_each(|event| live.note(&event));
            }
        }
    };
    source.set_onmessage(Some(&function(Closure::<dyn FnMut(MessageEvent)>::new(on_message))));

    let on_error = {
        let source = source.clone();
        move |_: Event| down(live, url, &progress, &source)
    };
    source.set_onerror(Some(&function(Closure::<dyn FnMut(Event)>::new(on_error))));
}

/// One line of the stream: a JSON object. One that is none is left out: it is a newer server's business.
fn read(line: &str) -> Option<LiveEvent> {
    let line = JSON::parse(line).ok()?;
    let text = |name| Reflect::get(&line, &JsValue::from_str(name)).ok()?.as_string();
    Some(LiveEvent { topic: text("topic")?, id: text("id")? })
}

fn down(live: Live, url: &'static str, progress: &Rc<RefCell<Progress>>, source: &EventSource) {
    let mut now = progress.borrow_mut();
    if now.down_since.is_none() {
        let since = Date::now();
        now.down_since = Some(since);
        let progress = Rc::clone(progress);
        set_timeout(
            move || {
                if progress.borrow().down_since == Some(since) {
                    live.connection.set(Connection::Lost { since });
                }
            },
            PATIENCE,
        );
    }
    if source.ready_state() == EventSource::CLOSED {
        let wait = backoff(now.attempt, Math::random());
        now.attempt += 1;
        let progress = Rc::clone(progress);
        set_timeout(move || open(live, url, progress), Duration::from_millis(wait));
    }
}

/// Gives a closure to the browser, which frees it together with the stream it belongs to.
fn function<T: WasmClosure + ?Sized>(closure: Closure<T>) -> Function {
    closure.into_js_value().unchecked_into()
}
