use leptos::{prelude::*, server::codee::string::FromToStringCodec};
use serde::de::DeserializeOwned;
use slipway_api_types::{
    AppError,
    wire::{PageText, read, write},
};
use std::{
    fmt,
    future::{Future, poll_fn},
    marker::PhantomData,
    pin::{Pin, pin},
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// What the server answered. Written within the page as text after `+`, or as an error after `-`.
#[derive(Clone, Debug)]
pub(super) struct Answer(pub Result<String, AppError>);

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(text) => ["+", text].into_iter().try_for_each(|part| f.write_str(part)),
            Err(error) => {
                ["-", &write(error).map_err(|_| fmt::Error)?].into_iter().try_for_each(|part| f.write_str(part))
            }
        }
    }
}

impl FromStr for Answer {
    type Err = AppError;

    fn from_str(text: &str) -> Result<Self, AppError> {
        Ok(Self(match text.strip_prefix('+') {
            Some(text) => Ok(text.to_owned()),
            None => Err(read(text.trim_start_matches('-'))?),
        }))
    }
}

/// A page's resource of text.
pub(super) type TextResource = Resource<Answer, FromToStringCodec>;
type Asking = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// The data of a page, asked for. All pages share the one resource of text: the machinery of a resource is large, and would stand
/// in the browser's module once for each type of data.
pub struct PageData<T> {
    text: TextResource,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for PageData<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for PageData<T> {}

impl<T: DeserializeOwned> PageData<T> {
    /// As text, for whoever waits for it.
    pub(super) fn text(self) -> TextResource {
        self.text
    }

    /// What is there now. Tracked.
    pub fn get(self) -> Option<Result<T, AppError>> {
        self.text.with(|answer| answer.as_ref().map(as_page))
    }

    /// Waits for the first answer. Later ones do not make anew what waited for it, so that what is typed there stays.
    pub async fn first(self) -> Result<T, AppError> {
        let mut answer = pin!(untrack(|| self.text.into_future()));
        // Each look at an answer that may still come tracks it.
        as_page(&poll_fn(|context| untrack(|| answer.as_mut().poll(context))).await)
    }
}

fn as_page<T: DeserializeOwned>(answer: &Answer) -> Result<T, AppError> {
    answer.0.as_ref().map_err(AppError::clone).and_then(|text| read(text))
}

/// Asks for a page's data, and again whenever a signal moves that `ask` looks at.
pub fn page_data<T, F>(ask: impl Fn() -> F + Send + Sync + 'static) -> PageData<T>
where
    T: 'static,
    F: Future<Output = Result<PageText<T>, AppError>> + Send + 'static,
{
    let asking = move || {
        let answer = ask();
        Box::pin(async move { Answer(answer.await.map(PageText::into_text)) }) as Asking
    };
    PageData { text: resource(Arc::new(asking)), of: PhantomData }
}

fn resource(ask: Arc<dyn Fn() -> Asking + Send + Sync>) -> TextResource {
    let turn = AtomicU64::new(0);
    let signals = ask.clone();
    let source = move || {
        // Nothing is sent: a question that nobody waits for only looks at its signals.
        drop(signals());
        turn.fetch_add(1, Ordering::Relaxed)
    };
    Resource::new_str(source, move |_| ask())
}
