//! Bodies and queries, with errors that name the field.

use super::problem::Failure;
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
};
use http::{header, request::Parts};
use serde::de::DeserializeOwned;
use slipway_api_types::AppError;

/// A JSON body.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        // A form of another site cannot send this type without asking first.
        if kind != "application/json" && !(kind.starts_with("application/") && kind.ends_with("+json")) {
            return Err(AppError::invalid("content-type", "Send JSON with `Content-Type: application/json`.").into());
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| AppError::invalid("body", "The body could not be read; it may be larger than 2 MiB."))?;
        read(&bytes).map(Self).map_err(Failure)
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let message = error.inner().to_string();
        AppError::invalid(&field(&error.path().to_string(), &message), format!("{message}."))
    })?;
    reader.end().map_err(|error| AppError::invalid("body", format!("{error}.")))?;
    Ok(value)
}

/// serde reports an unknown or missing field at its parent; the reader wants the field.
fn field(path: &str, message: &str) -> String {
    let named =
        ["unknown field `", "missing field `"].iter().find_map(|words| message.strip_prefix(words)?.split('`').next());
    match (path, named) {
        (".", Some(name)) => name.to_owned(),
        (".", None) => "body".to_owned(),
        (path, Some(name)) if !path.ends_with(name) => format!("{path}.{name}"),
        (path, _) => path.to_owned(),
    }
}

/// The query of an address. Its structs hold text only, so that what can be wrong is a name.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        match axum::extract::Query::try_from_uri(&parts.uri) {
            Ok(axum::extract::Query(query)) => Ok(Self(query)),
            Err(error) => {
                let text = error.body_text();
                let message = text.rsplit_once("query string: ").map_or(text.as_str(), |(_, message)| message);
                // A wrong parameter stands before its message.
                let (path, message) =
                    message.split_once(": ").filter(|(path, _)| !path.contains(' ')).unwrap_or((".", message));
                Err(AppError::invalid(&field(path, message), format!("{message}.")).into())
            }
        }
    }
}

/// Reads `limit`: 1 to `most`, `usual` when it is left out.
///
/// # Errors
/// When it is no such number.
pub fn limit(text: Option<&str>, usual: u32, most: u32) -> Result<u32, AppError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(usual) };
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| AppError::invalid("limit", format!("Use a number from 1 to {most}.")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only its reading is tested")]
        inner: Inner,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its reading is tested")]
        days: u32,
    }

    #[test]
    fn a_wrong_body_names_the_field() {
        for (body, field) in [
            (r#"{"inner": {"days": "x"}}"#, "inner.days"),
            (r#"{"inner": {}}"#, "inner.days"),
            (r#"{"inner": {"days": 1, "weeks": 1}}"#, "inner.weeks"),
            (r#"{"outer": 1}"#, "outer"),
            ("[", "body"),
            (r#"{"inner": {"days": 1}} x"#, "body"),
        ] {
            let error = read::<Outer>(body.as_bytes()).unwrap_err();
            assert_eq!(error.fields[0].field, field, "{body}: {error}");
        }
    }

    #[test]
    fn a_limit_has_a_limit() {
        assert_eq!(limit(None, 20, 200).unwrap(), 20);
        assert_eq!(limit(Some("200"), 20, 200).unwrap(), 200);
        for wrong in ["0", "201", "-1", "x"] {
            assert_eq!(limit(Some(wrong), 20, 200).unwrap_err().fields[0].field, "limit");
        }
    }
}
