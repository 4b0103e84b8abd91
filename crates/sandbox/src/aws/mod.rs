//! What the AWS JSON protocols 1.0 and 1.1 have in common: the request's target, errors, paging, tags, time.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::config::Millis;

/// The account that owns everything in the sandbox.
pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const DEFAULT_REGION: &str = "eu-west-1";

/// The emulated services, told apart by the prefix of `X-Amz-Target`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    AppRunner,
    Ecs,
    Logs,
}

/// One AWS request: which operation of which service, in which region, with what input.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) api: Api,
    pub(crate) operation: String,
    pub(crate) region: String,
    pub(crate) input: Value,
}

/// An error in the service's own words. `code` is the exception's name in its API model.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct AwsError {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    status: StatusCode,
}

pub(crate) type Reply = Result<Value, AwsError>;

impl AwsError {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), status: StatusCode::BAD_REQUEST }
    }

    /// The sandbox itself failed; an SDK retries this.
    pub(crate) fn internal(api: Api, message: impl Into<String>) -> Self {
        let code = match api {
            Api::AppRunner => "InternalServiceErrorException",
            Api::Ecs => "ServerException",
            Api::Logs => "ServiceUnavailableException",
        };
        Self { code, message: message.into(), status: StatusCode::INTERNAL_SERVER_ERROR }
    }
}

impl Call {
    /// Reads a request, if its `X-Amz-Target` names a service that is emulated.
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, AwsError> {
        let text =
            |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let target = text(header::HeaderName::from_static("x-amz-target"));
        let (prefix, operation) = target.split_once('.').unwrap_or((target, ""));
        let api = match prefix {
            "AppRunner" => Api::AppRunner,
            "AmazonEC2ContainerServiceV20141113" => Api::Ecs,
            "Logs_20140328" => Api::Logs,
            _ => {
                return Err(AwsError::new(
                    "UnknownOperationException",
                    format!("The sandbox does not emulate {target:?}."),
                ));
            }
        };
        if text(header::AUTHORIZATION).is_empty() {
            return Err(AwsError::new("MissingAuthenticationTokenException", "Missing Authentication Token"));
        }
        let body = if body.is_empty() { b"{}" } else { body };
        let input =
            serde_json::from_slice(body).map_err(|error| AwsError::new("SerializationException", error.to_string()))?;
        Ok(Self { api, operation: operation.to_owned(), region: signed_region(text(header::AUTHORIZATION)), input })
    }

    /// Operations that only read need not wait for the state to be written.
    pub(crate) fn only_reads(&self) -> bool {
        ["Describe", "List", "Get"].iter().any(|verb| self.operation.starts_with(verb))
    }

    pub(crate) fn unknown(&self) -> AwsError {
        AwsError::new("UnknownOperationException", format!("The sandbox does not emulate {:?}.", self.operation))
    }
}

/// The region in the credential scope of a Signature V4 header: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
fn signed_region(authorization: &str) -> String {
    authorization
        .split("Credential=")
        .nth(1)
        .and_then(|scope| scope.split('/').nth(2))
        .filter(|region| {
            !region.is_empty() && region.len() < 32 && region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
        .unwrap_or(DEFAULT_REGION)
        .to_owned()
}

/// The answer on the wire.
pub(crate) fn respond(api: Api, reply: Reply) -> Response {
    let content_type = match api {
        Api::AppRunner => "application/x-amz-json-1.0",
        Api::Ecs | Api::Logs => "application/x-amz-json-1.1",
    };
    match reply {
        Ok(value) => ([(header::CONTENT_TYPE, content_type)], Body::from(value.to_string())).into_response(),
        Err(error) => {
            let (namespace, member) = match api {
                Api::AppRunner => ("com.amazonaws.apprunner#", "Message"),
                Api::Ecs | Api::Logs => ("", "message"),
            };
            let body = json!({ "__type": format!("{namespace}{}", error.code), member: error.message });
            let headers = [(header::CONTENT_TYPE.as_str(), content_type), ("x-amzn-errortype", error.code)];
            (error.status, headers, Body::from(body.to_string())).into_response()
        }
    }
}

/// An instant as the JSON protocols write it: seconds since the epoch with a fraction.
pub(crate) fn seconds(at: Millis) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit in 52 bits for the next 140,000 years")]
    let seconds = at as f64 / 1000.0;
    json!(seconds)
}

pub(crate) fn optional_seconds(at: Option<Millis>) -> Value {
    at.map_or(Value::Null, seconds)
}

/// One page of `keys`, beginning at `token`, and the token of the next page. `Err` when the token is not one of ours.
pub(crate) fn page(keys: Vec<String>, token: Option<&str>, size: usize) -> Result<(Vec<String>, Option<String>), ()> {
    let from = match token {
        None => 0,
        Some(token) => {
            let key = hex::decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(())?;
            // The item that the token names may be gone by now; in sorted lists the next one takes its place.
            match keys.iter().position(|other| *other == key) {
                Some(at) => at,
                None if keys.is_sorted() => keys.partition_point(|other| *other < key),
                None => return Err(()),
            }
        }
    };
    let next = keys.get(from + size).map(hex::encode);
    Ok((keys.into_iter().skip(from).take(size).collect(), next))
}

pub(crate) type Tags = BTreeMap<String, String>;

/// Removes members that are null: the services leave them out.
pub(crate) fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.is_null());
    }
    value
}

/// Something that happened, in the platform's own words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) at: Millis,
    pub(crate) message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_cover_everything_once() {
        let keys: Vec<String> = (0..7).map(|n| format!("key-{n}")).collect();
        let (mut seen, mut token) = (Vec::new(), None);
        loop {
            let (items, next) = page(keys.clone(), token.as_deref(), 3).expect("own token");
            seen.extend(items);
            token = next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, keys);
        assert!(page(keys, Some("nonsense"), 3).is_err());
    }

    #[test]
    fn the_region_is_the_signed_one() {
        let header =
            "AWS4-HMAC-SHA256 Credential=AKID/20261121/us-west-2/ecs/aws4_request, SignedHeaders=host, Signature=0";
        assert_eq!(signed_region(header), "us-west-2");
        assert_eq!(signed_region("Bearer x"), DEFAULT_REGION);
    }
}
