//! Time and randomness, as parameters, so that tests own them.

use slipway_domain::time::Timestamp;
use uuid::Uuid;

/// The time.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Ids and secrets.
pub trait Entropy: Send + Sync + std::fmt::Debug {
    /// A new UUIDv7: sorts after every one made before by the same process.
    fn uuid(&self) -> Uuid;

    /// 32 bytes fit for a secret.
    fn secret(&self) -> [u8; 32];
}
