//! JSON answers of server functions, read as text.
//!
//! The data of a page comes to the browser by two ways: within the page, as text, and as bytes, from a server function. Each
//! reader of `serde_json` is code of its own for every type, so both ways use the one for text: the module of the browser is a
//! tenth smaller by that.

use crate::{AppError, ErrorCode};
use serde::{Serialize, de::DeserializeOwned};
use server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post};
use std::marker::PhantomData;

/// Writes JSON, and reads it as text.
#[derive(Debug)]
pub struct TextJsonEncoding;

/// The codec of answers: JSON in the body.
pub type TextJson = Post<TextJsonEncoding>;

impl ContentType for TextJsonEncoding {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for TextJsonEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for TextJsonEncoding {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(output).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for TextJsonEncoding {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        let text = std::str::from_utf8(&bytes).map_err(<serde_json::Error as serde::de::Error>::custom)?;
        serde_json::from_str(text)
    }
}

/// The data of a page on its way: JSON text until a view reads it. Between the two, code need not know whose data it carries,
/// and stands in the browser's module once.
#[derive(Debug)]
pub struct PageText<T> {
    json: String,
    of: PhantomData<fn() -> T>,
}

impl<T> PageText<T> {
    /// Text that is known to be of this type.
    fn of(json: String) -> Self {
        Self { json, of: PhantomData }
    }

    /// The text itself.
    #[must_use]
    pub fn into_text(self) -> String {
        self.json
    }
}

impl<T: Serialize> PageText<T> {
    /// Writes the data down.
    ///
    /// # Errors
    /// Never for data of pages: it has no maps with keys that are no text.
    pub fn write(data: &T) -> Result<Self, AppError> {
        let unwritable =
            |error| AppError::new(ErrorCode::Internal, format!("The page's data cannot be written: {error}."));
        serde_json::to_string(data).map(Self::of).map_err(unwritable)
    }
}

/// Reads the data of a page.
///
/// # Errors
/// When the text is not of this type: an old page speaks with a newer server.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, AppError> {
    serde_json::from_str(text).map_err(|_| {
        AppError::new(ErrorCode::Internal, "The answer is of another version of Slipway; load the page again.")
    })
}

/// Passes JSON text on as it is.
#[derive(Debug)]
pub struct AsIs;

/// The codec of [`PageText`]: JSON in the body.
pub type PageJson = Post<AsIs>;

impl ContentType for AsIs {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for AsIs {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T> Encodes<PageText<T>> for AsIs {
    type Error = std::convert::Infallible;

    fn encode(output: &PageText<T>) -> Result<Bytes, Self::Error> {
        Ok(Bytes::from(output.json.clone()))
    }
}

impl<T> Decodes<PageText<T>> for AsIs {
    type Error = std::string::FromUtf8Error;

    fn decode(bytes: Bytes) -> Result<PageText<T>, Self::Error> {
        String::from_utf8(bytes.to_vec()).map(PageText::of)
    }
}
