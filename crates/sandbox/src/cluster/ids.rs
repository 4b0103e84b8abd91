//! Identifiers that follow from a seed and a counter, so that advancing the same state twice names things the same.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ids {
    seed: i64,
    next: u64,
}

impl Ids {
    pub(crate) fn new(seed: i64) -> Self {
        Self { seed, next: 0 }
    }

    /// `length` hexadecimal digits, at most 64.
    pub(crate) fn hex(&mut self, length: usize) -> String {
        self.next += 1;
        let mut digits = digest_hex(&format!("{}/{}", self.seed, self.next));
        digits.truncate(length);
        digits
    }

    /// `length` decimal digits, at most 19.
    pub(crate) fn digits(&mut self, length: usize) -> String {
        let number = u64::from_str_radix(&self.hex(15), 16).unwrap_or_default();
        let mut text = format!("{number:019}");
        text.truncate(length);
        text.chars().rev().collect()
    }

    /// A version-4-shaped UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let bits = u128::from_str_radix(&self.hex(32), 16).unwrap_or_default();
        uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid().to_string()
    }

    /// A random-looking name suffix in the alphabet that Kubernetes uses, which has no vowels.
    pub(crate) fn suffix(&mut self, length: usize) -> String {
        suffix_of(&self.hex(64), length)
    }
}

/// The SHA-256 of `text` in hexadecimal.
pub(crate) fn digest_hex(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// `length` characters of Kubernetes' name alphabet that follow from `hex`.
pub(crate) fn suffix_of(hex: &str, length: usize) -> String {
    const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    hex.as_bytes()
        .chunks(2)
        .take(length)
        .map(|pair| {
            let text = std::str::from_utf8(pair).unwrap_or_default();
            let number = usize::from_str_radix(text, 16).unwrap_or_default();
            char::from(ALPHABET[number % ALPHABET.len()])
        })
        .collect()
}
