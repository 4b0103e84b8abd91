use leptos::prelude::*;
use serde::de::DeserializeOwned;
use slipway_api_types::{
    AppError,
    text_json::{PageText, read},
};
use std::{
    future::Future,
    marker::PhantomData,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

type Answer = Result<String, AppError>;
type Asking = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// The data of a page, asked for. All pages share the one resource of text: the machinery of a resource is large, and would stand
/// in the browser's module once for each type of data.
pub struct PageData<T> {
    text: Resource<Answer>,
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
    pub(super) fn text(self) -> Resource<Answer> {
        self.text
    }

    /// What is there now. Tracked.
    pub fn get(self) -> Option<Result<T, AppError>> {
        self.text.with(|answer| answer.as_ref().map(as_page))
    }

    /// Waits for the first answer.
    pub async fn first(self) -> Result<T, AppError> {
        as_page(&untrack(|| self.text.into_future()).await)
    }
}

fn as_page<T: DeserializeOwned>(answer: &Answer) -> Result<T, AppError> {
    answer.as_ref().map_err(AppError::clone).and_then(|text| read(text))
}

/// Asks for a page's data, and again whenever a signal moves that `ask` looks at.
pub fn page_data<T, F>(ask: impl Fn() -> F + Send + Sync + 'static) -> PageData<T>
where
    T: 'static,
    F: Future<Output = Result<PageText<T>, AppError>> + Send + 'static,
{
    let asking = move || {
        let answer = ask();
        Box::pin(async move { answer.await.map(PageText::into_text) }) as Asking
    };
    PageData { text: resource(Arc::new(asking)), of: PhantomData }
}

fn resource(ask: Arc<dyn Fn() -> Asking + Send + Sync>) -> Resource<Answer> {
    let turn = AtomicU64::new(0);
    let signals = ask.clone();
    let source = move || {
        // Nothing is sent: a question that nobody waits for only looks at its signals.
        drop(signals());
        turn.fetch_add(1, Ordering::Relaxed)
    };
    Resource::new(source, move |_| ask())
}
