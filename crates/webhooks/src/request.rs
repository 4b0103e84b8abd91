//! A request as it came in.

use http::HeaderMap;

/// Headers, and the raw bytes that signatures are made over.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    pub headers: &'r HeaderMap,
    pub body: &'r [u8],
}

impl<'r> Request<'r> {
    /// A header as text; `None` when it is missing or no text. Of several with one name, the first.
    pub(crate) fn header(&self, name: &str) -> Option<&'r str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }
}
