//! Leases with fencing tokens: who may work on what right now.

use super::Result;
use async_trait::async_trait;
use slipway_domain::time::Timestamp;

/// Proof of holding a lease. Tokens of one name only ever grow, so that a late writer is found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What it is for: `deployment:<id>`, `run:<id>`, `observer`.
    pub name: String,
    /// The fencing token.
    pub token: i64,
    /// Until when it holds unless renewed.
    pub until: Timestamp,
}

/// Leases with fencing tokens.
#[async_trait]
pub trait Leases {
    /// Takes the lease when it is free, expired, or already this owner's; the token counts up when the owner changes. `None`: another holds it.
    async fn acquire_lease(
        &mut self,
        name: &str,
        owner: &str,
        now: Timestamp,
        ttl_millis: i64,
    ) -> Result<Option<Lease>>;
    /// Fails with [`super::StoreError::LeaseLost`] unless `lease` still stands; otherwise locks it for this transaction and prolongs it. Call this in
    /// the same transaction as the writes that it guards.
    async fn hold_lease(&mut self, lease: &Lease, now: Timestamp, ttl_millis: i64) -> Result<()>;
    /// Gives it back; absence or loss is fine.
    async fn release_lease(&mut self, lease: &Lease) -> Result<()>;
    /// Forgets leases that expired before `before`.
    async fn delete_expired_leases(&mut self, before: Timestamp) -> Result<u64>;
}
