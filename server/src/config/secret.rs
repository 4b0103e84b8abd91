//! Values that must not be printed.

use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// What stands where a secret was.
const HIDDEN: &str = "…";

/// A URL or path that may hold a password. It prints without it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// Wraps a URL or path.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The whole of it; for whoever connects.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&without_password(&self.0), f)
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_password(&self.0))
    }
}

impl Serialize for SecretUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&without_password(&self.0))
    }
}

/// `scheme://user:password@host` without the password, and `?password=…` without its value.
fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = match authority.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:{HIDDEN}@{host}"),
            // A lone word before the `@` is a user for a database and a token for a Git host.
            None if scheme.starts_with("http") => format!("{HIDDEN}@{host}"),
            None => format!("{user}@{host}"),
        },
        None => authority.to_owned(),
    };
    let path = match path.split_once('?') {
        Some((path, query)) => {
            let parameters = query.split('&').map(|parameter| match parameter.split_once('=') {
                Some((name, _)) if is_secret(name) => format!("{name}={HIDDEN}"),
                _ => parameter.to_owned(),
            });
            format!("{path}?{}", parameters.collect::<Vec<_>>().join("&"))
        }
        None => path.to_owned(),
    };
    format!("{scheme}://{authority}{path}")
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "token", "secret"].iter().any(|word| name.contains(word))
}

/// Hides what is secret by its name, and passwords in URLs, at any depth.
pub(super) fn redact(value: &mut toml::Value) {
    match value {
        toml::Value::String(text) => *text = without_password(text),
        toml::Value::Array(items) => items.iter_mut().for_each(redact),
        toml::Value::Table(table) => {
            for (name, value) in table.iter_mut() {
                if is_secret(name) && value.is_str() {
                    *value = toml::Value::String(HIDDEN.to_owned());
                } else {
                    redact(value);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_printed() {
        for (url, printed) in [
            ("postgres://slipway:hunter2@db/slipway", "postgres://slipway:…@db/slipway"),
            ("postgres://slipway@db/slipway?sslmode=require", "postgres://slipway@db/slipway?sslmode=require"),
            ("postgres://db/slipway?user=a&password=hunter2", "postgres://db/slipway?user=a&password=…"),
            ("postgres://a:p@ss:w@rd@db/x", "postgres://a:…@db/x"),
            ("https://ghp_hunter2@git.example.com/a/b", "https://…@git.example.com/a/b"),
            ("/var/lib/slipway/slipway.db", "/var/lib/slipway/slipway.db"),
        ] {
            let secret = SecretUrl::new(url);
            assert_eq!(secret.to_string(), printed);
            assert_eq!(format!("{secret:?}"), format!("{printed:?}"));
            assert_eq!(secret.expose(), url);
        }
    }

    #[test]
    fn named_secrets_are_hidden_at_any_depth() {
        let mut value: toml::Value = toml::toml! {
            [apps]
            kind = "kubernetes"
            token = "hunter2"
            [apps.deeper]
            api_token = "hunter2"
            endpoint = "https://a:hunter2@host"
        }
        .into();
        redact(&mut value);
        let text = value.to_string();
        assert!(!text.contains("hunter2"), "{text}");
        assert!(text.contains("kubernetes"), "{text}");
    }
}
