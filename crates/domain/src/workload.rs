//! What shall run, independent of where. Modelled on Score (`score.dev/v1b1`).

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// What shall run: one container with its needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Workload {
    /// Overrides the image's command; empty keeps it.
    pub command: Vec<String>,
    /// The port the container listens on.
    pub port: u16,
    /// Plain variables. Secrets are references, never values.
    pub variables: BTreeMap<String, String>,
    /// Variable name to the name of the secret that holds its value.
    pub secrets: BTreeMap<String, String>,
    /// CPU in units of 1/1024 vCPU.
    pub cpu: u32,
    /// Memory in MiB.
    pub memory: u32,
    /// How many instances.
    pub replicas: u32,
    /// Path that answers 2xx when an instance can serve.
    pub health_path: String,
}

impl Default for Workload {
    fn default() -> Self {
        Self {
            command: Vec::new(),
            port: 8080,
            variables: BTreeMap::new(),
            secrets: BTreeMap::new(),
            cpu: 256,
            memory: 512,
            replicas: 1,
            health_path: "/healthz".to_owned(),
        }
    }
}

/// A rule that a workload breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct InvalidWorkload {
    /// The field, as it stands in the JSON form.
    pub field: &'static str,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl Workload {
    /// Checks the rules that hold on every runtime. What one runtime adds, its adapter says.
    pub fn check(&self) -> Result<(), InvalidWorkload> {
        let wrong = |field, message: String| Err(InvalidWorkload { field, message });
        if self.port == 0 {
            return wrong("port", "a port is between 1 and 65535".into());
        }
        if !(1..=100).contains(&self.replicas) {
            return wrong("replicas", format!("use 1 to 100 instances; this has {}", self.replicas));
        }
        if !(128..=16_384).contains(&self.cpu) {
            return wrong("cpu", format!("use 128 to 16384 CPU units (1024 = 1 vCPU); this has {}", self.cpu));
        }
        if !(128..=122_880).contains(&self.memory) {
            return wrong("memory", format!("use 128 to 122880 MiB; this has {}", self.memory));
        }
        if !self.health_path.starts_with('/') {
            return wrong("health_path", format!("a path starts with `/`; this is `{}`", self.health_path));
        }
        for name in self.variables.keys().chain(self.secrets.keys()) {
            let mut bytes = name.bytes();
            let first = bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
            if !first || !bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                return wrong("variables", format!("`{name}` is not a variable name; use letters, digits and `_`"));
            }
        }
        match self.secrets.keys().find(|name| self.variables.contains_key(*name)) {
            Some(name) => wrong("secrets", format!("`{name}` is also a plain variable; keep one of the two")),
            None => Ok(()),
        }
    }
}

/// A hash of everything that decides what runs: equal hash, nothing to do. 32 hex digits.
pub fn spec_hash(image: &str, workload: &Workload) -> String {
    #[expect(clippy::expect_used, reason = "a struct of strings and numbers always serialises")]
    let workload = serde_json::to_vec(workload).expect("a workload is JSON");
    let mut hash = Sha256::new();
    hash.update(image.as_bytes());
    hash.update([0]);
    hash.update(&workload);
    hex::encode(&hash.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_follows_image_and_workload_only() {
        let a = Workload::default();
        let mut b = a.clone();
        assert_eq!(spec_hash("x@sha256:1", &a), spec_hash("x@sha256:1", &b));
        assert_ne!(spec_hash("x@sha256:1", &a), spec_hash("x@sha256:2", &a));
        b.replicas = 2;
        assert_ne!(spec_hash("x@sha256:1", &a), spec_hash("x@sha256:1", &b));
    }

    #[test]
    fn a_broken_rule_names_its_field() {
        let workload = Workload { replicas: 0, ..Workload::default() };
        assert_eq!(workload.check().unwrap_err().field, "replicas");
        let workload = Workload { variables: [("1X".to_owned(), String::new())].into(), ..Workload::default() };
        assert_eq!(workload.check().unwrap_err().field, "variables");
    }
}
