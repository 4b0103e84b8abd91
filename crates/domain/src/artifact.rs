//! Built images, known by digest.

use crate::{
    ids::{ArtifactId, ServiceId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// `sha256:` and 64 lower-case hex digits (OCI image specification, "Digests").
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

impl Digest {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(format!("sha256:{}", hex::encode(sha2::Sha256::digest(bytes))))
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first twelve hex digits, for people.
    pub fn short(&self) -> &str {
        &self.0["sha256:".len()..][..12]
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Digest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let hex = text.strip_prefix("sha256:").unwrap_or_default();
        if hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!("`{text}` is not a digest; write sha256: and 64 lower-case hex digits"))
        }
    }
}

impl TryFrom<String> for Digest {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.0
    }
}

/// A built image: built once, deployed anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Identity.
    pub id: ArtifactId,
    /// The service it was built for.
    pub service: ServiceId,
    /// Repository without tag or digest, e.g. `registry.example.com/payments/checkout`.
    pub image: String,
    /// What identifies the image.
    pub digest: Digest,
    /// The commit it was built from, full SHA.
    pub revision: String,
    /// A tag or version for people, when there is one.
    pub version: Option<String>,
    /// When the build finished.
    pub built_at: Timestamp,
    /// Who reported it: `sandbox-pipeline`, `github-actions`, a person's name…
    pub source: String,
}

impl Artifact {
    /// `image@digest`: the only form that is ever deployed.
    pub fn reference(&self) -> String {
        format!("{}@{}", self.image, self.digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_lower_case_sha256_is_a_digest() {
        let digest = Digest::of(b"hello");
        assert_eq!(digest.as_str().parse::<Digest>().unwrap(), digest);
        assert!("sha256:ABC".parse::<Digest>().is_err());
        assert!("latest".parse::<Digest>().is_err());
        assert_eq!(digest.short().len(), 12);
    }
}
