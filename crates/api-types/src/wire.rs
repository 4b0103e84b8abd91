//! How answers of server functions travel.
//!
//! The data of a page comes to the browser by two ways: within the page, and from a server function. Both are the same text: a
//! compact form (postcard in base64) whose readers are a third of JSON's in the browser's module. A program that asks a server
//! function for JSON gets JSON.

use crate::{AppError, ErrorCode};
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post};
use std::marker::PhantomData;

/// Writes JSON, and reads it as text.
#[derive(Debug)]
pub struct JsonEncoding;

/// The codec of what actions answer: JSON in the body.
pub type Json = Post<JsonEncoding>;

impl ContentType for JsonEncoding {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonEncoding {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(output).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonEncoding {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        let text = std::str::from_utf8(&bytes).map_err(<serde_json::Error as serde::de::Error>::custom)?;
        serde_json::from_str(text)
    }
}

/// Errors: JSON in the body, as every program reads it. The browser reads it with what it has.
#[derive(Debug)]
pub struct ErrorEncoding;

impl ContentType for ErrorEncoding {
    const CONTENT_TYPE: &'static str = JsonEncoding::CONTENT_TYPE;
}

impl FormatType for ErrorEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl Encodes<AppError> for ErrorEncoding {
    type Error = serde_json::Error;

    fn encode(error: &AppError) -> Result<Bytes, Self::Error> {
        JsonEncoding::encode(error)
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Decodes<AppError> for ErrorEncoding {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<AppError, Self::Error> {
        JsonEncoding::decode(bytes)
    }
}

#[cfg(target_arch = "wasm32")]
impl Decodes<AppError> for ErrorEncoding {
    type Error = &'static str;

    fn decode(bytes: Bytes) -> Result<AppError, Self::Error> {
        browser::read_error(&bytes).ok_or("no error of Slipway's")
    }
}

/// The browser's own reader of JSON, for what is small and known.
#[cfg(target_arch = "wasm32")]
mod browser {
    use crate::{AppError, ErrorCode, FieldError};
    use js_sys::{Array, JSON, Reflect};
    use wasm_bindgen::JsValue;

    pub(super) fn read_error(bytes: &[u8]) -> Option<AppError> {
        let error = JSON::parse(std::str::from_utf8(bytes).ok()?).ok()?;
        let fields = Array::from(&get(&error, "fields")?);
        let field = |field| Some(FieldError { field: text(&field, "field")?, message: text(&field, "message")? });
        Some(AppError {
            code: ErrorCode::read(&text(&error, "code")?)?,
            message: text(&error, "message")?,
            fields: fields.iter().filter_map(field).collect(),
            reference: text(&error, "reference"),
        })
    }

    fn get(value: &JsValue, name: &str) -> Option<JsValue> {
        Reflect::get(value, &JsValue::from_str(name)).ok()
    }

    fn text(value: &JsValue, name: &str) -> Option<String> {
        get(value, name)?.as_string()
    }
}

/// The data of a page on its way: text until a view reads it. Between the two, code need not know whose data it carries, and
/// stands in the browser's module once.
#[derive(Debug)]
pub struct PageText<T> {
    text: String,
    of: PhantomData<fn() -> T>,
}

impl<T> PageText<T> {
    /// Text that is known to be of this type.
    fn of(text: String) -> Self {
        Self { text, of: PhantomData }
    }

    /// The text itself.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }
}

impl<T: Serialize> PageText<T> {
    /// Writes the data down for a view.
    ///
    /// # Errors
    /// For a type that cannot be read without its fields' names, such as one with fields that are left out: a mistake in the type.
    pub fn write(data: &T) -> Result<Self, AppError> {
        write(data).map(Self::of)
    }

    /// Writes the data down as JSON, for programs.
    ///
    /// # Errors
    /// Never for data of pages: it has no maps with keys that are no text.
    pub fn write_json(data: &T) -> Result<Self, AppError> {
        serde_json::to_string(data).map(Self::of).map_err(unwritable)
    }
}

fn unwritable(error: impl std::fmt::Display) -> AppError {
    AppError::new(ErrorCode::Internal, format!("The page's data cannot be written: {error}."))
}

/// Data in its compact form.
///
/// # Errors
/// For a type that cannot be written without its fields' names.
pub fn write<T: Serialize>(data: &T) -> Result<String, AppError> {
    postcard::to_allocvec(data).map(|bytes| BASE64_STANDARD_NO_PAD.encode(bytes)).map_err(unwritable)
}

/// Reads data in its compact form.
///
/// # Errors
/// When the text is not of this type: an old page speaks with a newer server.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, AppError> {
    bytes(text).and_then(|bytes| postcard::from_bytes(&bytes).ok()).ok_or_else(|| {
        AppError::new(ErrorCode::Internal, "The answer is of another version of Slipway; load the page again.")
    })
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD_NO_PAD.decode(text).ok()
}

impl<T: DeserializeOwned> PageText<T> {
    /// Reads what [`PageText::write`] wrote.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(&self) -> Result<T, AppError> {
        read(&self.text)
    }
}

/// Passes text on as it is.
#[derive(Debug)]
pub struct AsIs;

/// The codec of [`PageText`].
pub type PageCodec = Post<AsIs>;

impl ContentType for AsIs {
    const CONTENT_TYPE: &'static str = "application/vnd.slipway.page";
}

impl FormatType for AsIs {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T> Encodes<PageText<T>> for AsIs {
    type Error = std::convert::Infallible;

    fn encode(output: &PageText<T>) -> Result<Bytes, Self::Error> {
        Ok(Bytes::from(output.text.clone()))
    }
}

impl<T> Decodes<PageText<T>> for AsIs {
    type Error = std::string::FromUtf8Error;

    fn decode(bytes: Bytes) -> Result<PageText<T>, Self::Error> {
        String::from_utf8(bytes.to_vec()).map(PageText::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::{Value, json};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Data {
        name: String,
        count: Option<u32>,
        #[serde(with = "crate::any")]
        value: Value,
    }

    #[test]
    fn what_is_written_can_be_read_also_where_its_type_is_not_known() {
        let data = Data { name: "checkout".to_owned(), count: Some(3), value: json!({"port": 8080, "tags": ["a"]}) };
        assert_eq!(read::<Data>(&PageText::write(&data).unwrap().into_text()).unwrap(), data);
        let json = PageText::write_json(&data).unwrap().into_text();
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["value"]["port"], 8080);
    }

    #[test]
    fn text_of_another_version_is_an_error() {
        assert_eq!(read::<Data>("%").unwrap_err().code, ErrorCode::Internal);
        assert_eq!(read::<Data>("Ag").unwrap_err().code, ErrorCode::Internal);
    }
}
