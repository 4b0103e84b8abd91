//! `http:backstage:request`: asks a system that the operator named in the configuration, by the path that Backstage's proxy has it at.
//! Nothing else is reached. The secret that a system wants is a reference in the configuration: no template ever sees it.

use super::{Action, ActionContext, ActionError, HTTP_REQUEST, text};
use crate::slipway::Endpoint;
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use slipway_domain::access::Permission;
use slipway_ports::{
    courier::{Answer, Call, CourierError},
    secrets::SecretText,
};
use slipway_scaffold::ActionSpec;
use std::{collections::BTreeMap, time::Duration};

/// How long an answer may take where a step does not say, and at most, milliseconds.
const PATIENCE: u64 = 60_000;

pub(super) struct HttpRequest;

#[async_trait]
impl Action for HttpRequest {
    fn spec(&self) -> ActionSpec {
        let texts = json!({"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}});
        ActionSpec {
            name: HTTP_REQUEST.to_owned(),
            description: "Asks a system that this instance is configured to reach.".to_owned(),
            input_schema: json!({
                "type": "object",
                "required": ["method", "path"],
                "properties": {
                    "method": {"enum": ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]},
                    "path": {"type": "string", "minLength": 1},
                    "headers": texts,
                    "params": texts,
                    "body": {"type": ["object", "array", "string"]},
                    "logRequestPath": {"type": "boolean"},
                    "continueOnBadResponse": {"type": "boolean"},
                    "timeout": {"type": "number", "minimum": 1, "maximum": PATIENCE},
                },
            }),
            output_schema: json!({
                "type": "object",
                "properties": {"code": {"type": "number"}, "headers": {"type": "object"}, "body": {}},
            }),
            has_undo: false,
        }
    }

    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, _plan: &Value) -> Result<Value, ActionError> {
        let team = Some(ctx.run.owner.as_str()).filter(|owner| !owner.is_empty());
        ctx.person.require(Permission::Create, team)?;
        let (method, path) = (text(input, "method"), text(input, "path"));
        let (name, endpoint, rest) = find(&ctx.slipway.settings.scaffolding.endpoints, path)?;
        let (call, secrets) = call(ctx, endpoint, rest, input)?;
        let shown = if input["logRequestPath"] == false { name } else { path };
        ctx.say(format!("{method} {shown}"));
        let answer = ctx.slipway.courier.call(&call).await.map_err(|error| failed(name, error))?;
        let now = ctx.slipway.clock.now();
        let detail = json!({"run": ctx.run.id, "method": method, "endpoint": name, "status": answer.status});
        let mut tx = ctx.write().await?;
        tx.add_audit(&ctx.person.audit(&*ctx.slipway.entropy, now, "run.request", name, team, detail)).await?;
        tx.commit().await?;
        ctx.say(format!("{name} answered {}", answer.status));
        if answer.status >= 400 && input["continueOnBadResponse"] != true {
            let message = format!("{name} answered {} to {method}.", answer.status);
            let mend = "Set continueOnBadResponse where the template goes on with that.";
            return Err(match answer.status {
                429 | 500.. => ActionError::Later { message, mend: mend.to_owned() },
                _ => ActionError::refused(message, mend),
            });
        }
        Ok(output(answer, &secrets))
    }
}

/// Which endpoint a path is of, by the longest that it begins with, and what follows. `/api/proxy/x` and `proxy/x` are the same.
fn find<'e>(
    endpoints: &'e BTreeMap<String, Endpoint>,
    path: &'e str,
) -> Result<(&'e str, &'e Endpoint, &'e str), ActionError> {
    let plain = path.trim_start_matches('/');
    let plain = plain.strip_prefix("api/").unwrap_or(plain);
    let under = |name: &str| {
        let rest = plain.strip_prefix(name)?;
        (rest.is_empty() || rest.starts_with(['/', '?'])).then_some(rest.len())
    };
    let found = endpoints.iter().filter_map(|(name, endpoint)| Some((name, endpoint, under(name)?)));
    let (name, endpoint, rest) = found.min_by_key(|(_, _, rest)| *rest).ok_or_else(|| {
        let mend = "An administrator names what may be reached in [templates.endpoints] of the configuration.";
        ActionError::refused(format!("`{path}` is no endpoint that this instance reaches."), mend)
    })?;
    let rest = &plain[plain.len() - rest..];
    let steps_out = |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    let path_only = rest.split('?').next().unwrap_or_default();
    if path_only.split('/').any(steps_out) || rest.contains(['\\', '#']) || rest.contains(char::is_control) {
        return Err(ActionError::refused(format!("path: `{path}` leads out of {name}."), "Mend the template."));
    }
    Ok((name.as_str(), endpoint, rest))
}

/// The request, and the secrets in it.
fn call(
    ctx: &ActionContext<'_>,
    endpoint: &Endpoint,
    rest: &str,
    input: &Value,
) -> Result<(Call, Vec<SecretText>), ActionError> {
    let empty = Map::new();
    let mut url = format!("{}{rest}", endpoint.url.trim_end_matches('/'));
    for (name, value) in input["params"].as_object().unwrap_or(&empty) {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(&format!("{}={}", encoded(name), encoded(&plain(value))));
    }
    let body = match &input["body"] {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        value => Some(value.to_string()),
    };
    let mut headers: BTreeMap<String, SecretText> = BTreeMap::new();
    // Asking again after a crash is asking once, for systems that keep to it.
    let asked = json!([ctx.run.id, ctx.step, input["method"], url, body]).to_string();
    headers.insert("idempotency-key".to_owned(), SecretText::new(hex::encode(Sha256::digest(asked))));
    if body.is_some() {
        headers.insert("content-type".to_owned(), SecretText::new("application/json"));
    }
    for (name, value) in input["headers"].as_object().unwrap_or(&empty) {
        headers.insert(name.to_lowercase(), SecretText::new(plain(value)));
    }
    let mut secrets = Vec::new();
    // The operator's word comes last: a template cannot put another secret in its place.
    for (name, reference) in &endpoint.headers {
        let secret = ctx.slipway.secrets.resolve(reference).map_err(|error| ActionError::Later {
            message: format!("The header {name} that {} wants cannot be had: {error}.", endpoint.url),
            mend: "An administrator mends [templates.endpoints] or the secret.".to_owned(),
        })?;
        headers.insert(name.to_lowercase(), secret.clone());
        secrets.push(secret);
    }
    let timeout = Duration::from_millis(input["timeout"].as_u64().unwrap_or(PATIENCE));
    let headers = headers.into_iter().collect();
    Ok((Call { method: text(input, "method").to_owned(), url, headers, body, timeout }, secrets))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// For a query: everything but letters, digits, `-`, `.`, `_` and `~` as `%` and two digits (RFC 3986, 2.3).
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

fn failed(name: &str, error: CourierError) -> ActionError {
    let message = format!("{name} cannot be asked: {error}.");
    match error {
        CourierError::Forbidden(_) | CourierError::Refused(_) => ActionError::refused(message, ""),
        CourierError::Unreachable(_) => ActionError::Later { message, mend: "Try again in a moment.".to_owned() },
    }
}

/// As Backstage gives it: JSON as what it says, any other text as `message`. A secret that the system echoes does not come along.
fn output(answer: Answer, secrets: &[SecretText]) -> Value {
    let clean = |text: String| {
        let secrets = secrets.iter().map(SecretText::expose).filter(|secret| !secret.is_empty());
        secrets.fold(text, |text, secret| text.replace(secret, "***"))
    };
    let body = clean(String::from_utf8_lossy(&answer.body).into_owned());
    let is_json = answer.headers.get("content-type").is_some_and(|kind| kind.contains("json"));
    let read = if is_json { serde_json::from_str(&body).ok() } else { None };
    let headers: Map<String, Value> =
        answer.headers.into_iter().map(|(name, value)| (name, Value::String(clean(value)))).collect();
    json!({"code": answer.status, "headers": headers, "body": read.unwrap_or_else(|| json!({ "message": body }))})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints() -> BTreeMap<String, Endpoint> {
        let endpoint = |url: &str| Endpoint { url: url.to_owned(), headers: BTreeMap::new() };
        [("proxy/a", "https://a.example/x"), ("proxy/a/b", "https://b.example")]
            .map(|(name, url)| (name.to_owned(), endpoint(url)))
            .into()
    }

    #[test]
    fn the_longest_endpoint_takes_a_path() {
        let endpoints = endpoints();
        for (path, name, rest) in [
            ("/api/proxy/a/jobs?x=1", "proxy/a", "/jobs?x=1"),
            ("proxy/a/b/c", "proxy/a/b", "/c"),
            ("/proxy/a", "proxy/a", ""),
            ("proxy/a/bc", "proxy/a", "/bc"),
        ] {
            let found = find(&endpoints, path).unwrap();
            assert_eq!((found.0, found.2), (name, rest), "{path}");
        }
        for path in [
            "/api/catalog/entities",
            "proxy/ab",
            "http://elsewhere.example/",
            "proxy/a/../../secret",
            "proxy/a/%2E%2e/x",
            "proxy/a/x#y",
            "proxy/a\\..\\x",
            "proxy/a/./x",
            "proxy/a@elsewhere.example/",
        ] {
            assert!(find(&endpoints, path).is_err(), "{path}");
        }
    }

    #[test]
    fn an_echoed_secret_stays_here() {
        let headers: BTreeMap<String, String> =
            [("content-type".to_owned(), "application/json".to_owned()), ("x-you-sent".to_owned(), "t0k3n".to_owned())]
                .into();
        let answer = Answer { status: 200, headers, body: br#"{"you":"t0k3n"}"#.to_vec() };
        let said = output(answer, &[SecretText::new("t0k3n")]);
        assert_eq!((&said["body"]["you"], &said["headers"]["x-you-sent"]), (&json!("***"), &json!("***")));
        assert_eq!(encoded("a b&ü"), "a%20b%26%C3%BC");
    }
}
