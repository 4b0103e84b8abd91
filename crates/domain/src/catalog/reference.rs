//! `kind:namespace/name`.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A text that is not an entity reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an entity reference; write [kind:][namespace/]name, e.g. component:default/checkout")]
pub struct InvalidRef {
    /// What was given.
    pub text: String,
}

/// The name of an entity: lower-cased `kind:namespace/name`, which is what makes it unique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntityRef {
    kind: String,
    namespace: String,
    name: String,
}

impl EntityRef {
    /// From parts; lower-cases them.
    pub fn new(kind: &str, namespace: &str, name: &str) -> Self {
        Self { kind: kind.to_lowercase(), namespace: namespace.to_lowercase(), name: name.to_lowercase() }
    }

    /// Reads `[kind:][namespace/]name`, filling in what is left out. `default_kind` of `None` makes the kind required.
    pub fn parse(text: &str, default_kind: Option<&str>, default_namespace: &str) -> Result<Self, InvalidRef> {
        let invalid = || InvalidRef { text: text.to_owned() };
        let (kind, rest) = match text.split_once(':') {
            Some((kind, rest)) => (kind, rest),
            None => (default_kind.ok_or_else(invalid)?, text),
        };
        let (namespace, name) = rest.split_once('/').unwrap_or((default_namespace, rest));
        let part = |part: &str| !part.is_empty() && !part.contains([':', '/']) && !part.contains(char::is_whitespace);
        if part(kind) && part(namespace) && part(name) { Ok(Self::new(kind, namespace, name)) } else { Err(invalid()) }
    }

    /// Lower-cased kind.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Lower-cased namespace.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Lower-cased name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its page's path: `/catalog/component/default/checkout`.
    pub fn path(&self) -> String {
        format!("/catalog/{}/{}/{}", self.kind, self.namespace, self.name)
    }
}

impl fmt::Display for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.kind, self.namespace, self.name)
    }
}

impl FromStr for EntityRef {
    type Err = InvalidRef;

    /// Reads the full form; the namespace may be left out (`default`), the kind may not.
    fn from_str(text: &str) -> Result<Self, InvalidRef> {
        Self::parse(text, None, "default")
    }
}

impl TryFrom<String> for EntityRef {
    type Error = InvalidRef;

    fn try_from(text: String) -> Result<Self, InvalidRef> {
        text.parse()
    }
}

impl From<EntityRef> for String {
    fn from(reference: EntityRef) -> Self {
        reference.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_in_what_is_left_out_and_lower_cases() {
        let read = |text| EntityRef::parse(text, Some("group"), "default").map(|r| r.to_string());
        assert_eq!(read("Payments").unwrap(), "group:default/payments");
        assert_eq!(read("user:Ada").unwrap(), "user:default/ada");
        assert_eq!(read("ops/platform").unwrap(), "group:ops/platform");
        for bad in ["", "a:b:c", "a/b/c", "x:", "group:default/", "two words"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!("checkout".parse::<EntityRef>().is_err());
    }
}
