//! Secrets, which are kept nowhere: derived when they are needed, or read from where somebody else keeps them.

use std::fmt;

/// A secret. It has no `Serialize`, and `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself; for whoever signs, compares, or shows it the one time.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

/// Why a secret cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It says neither where nor which.
    #[error("`{0}` is no reference to a secret; write env:NAME or file:NAME, with letters, digits, `_`, `-` and `.`")]
    Malformed(String),
    /// There is none of that name.
    #[error("there is no secret at {0}")]
    Missing(String),
    /// It is there and cannot be read.
    #[error("the secret at {place} cannot be read: {cause}")]
    Unreadable {
        /// Variable or file.
        place: String,
        /// The system's word.
        cause: String,
    },
}

/// Where secrets come from.
pub trait Secrets: Send + Sync + fmt::Debug {
    /// 64 hexadecimal digits that follow from the instance's key and `purpose` (HMAC-SHA256), so that they need not be kept. Whoever
    /// knows one knows nothing of another.
    fn derive(&self, purpose: &str) -> SecretText;

    /// What stands at `env:NAME` or `file:NAME`.
    ///
    /// # Errors
    /// [`SecretError`] when the reference is none, or leads nowhere.
    fn resolve(&self, reference: &str) -> Result<SecretText, SecretError>;
}
