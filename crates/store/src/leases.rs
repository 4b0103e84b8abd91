//! Leases with fencing tokens.
//!
//! A lease's row is locked by the very statement that makes or reads it, so that two workers decide one after the other. Tokens
//! come from one counter for all leases and are taken under that lock: whoever holds a lease later has the greater token, even
//! when the row was forgotten in between.

use crate::{engine::both, sql};
use async_trait::async_trait;
use slipway_domain::time::Timestamp;
use slipway_ports::store::{Leases, Result, StoreError, leases::Lease};

#[derive(sqlx::FromRow)]
struct LeaseRow {
    owner: Option<String>,
    token: i64,
    until: i64,
}

impl LeaseRow {
    /// Whether somebody else holds it at `now`.
    fn is_anothers(&self, owner: &str, now: Timestamp) -> bool {
        self.until > now.as_millis() && self.owner.as_deref().is_some_and(|holder| holder != owner)
    }
}

both! {
    #[async_trait]
    impl Leases for EngineTx {
        async fn acquire_lease(&mut self, name: &str, owner: &str, now: Timestamp, ttl_millis: i64) -> Result<Option<Lease>> {
            // Most questions end here, without a write and without waiting for the holder's transaction.
            let seen: Option<LeaseRow> = self.one(sqlx::query_as(sql::leases::LOOK).bind(name)).await?;
            if seen.is_some_and(|row| row.is_anothers(owner, now)) {
                return Ok(None);
            }
            let Some(row) = self.one::<LeaseRow>(sqlx::query_as(sql::leases::LOCK).bind(name)).await? else {
                return Ok(None);
            };
            if row.is_anothers(owner, now) {
                return Ok(None);
            }
            let token = if row.owner.as_deref() == Some(owner) {
                row.token
            } else {
                self.number(sqlx::query_as(sql::leases::NEXT_TOKEN).bind(now.as_millis())).await?
            };
            let until = now.plus(ttl_millis);
            let take = sqlx::query(sql::leases::TAKE).bind(name).bind(owner).bind(token).bind(until.as_millis());
            self.change("a lease", take).await?;
            Ok(Some(Lease { name: name.to_owned(), token, until }))
        }

        // An expired lease that nobody took still stands: its token is the greatest, and this very statement keeps it so.
        async fn hold_lease(&mut self, lease: &Lease, now: Timestamp, ttl_millis: i64) -> Result<()> {
            let until = now.plus(ttl_millis).as_millis();
            let hold = sqlx::query(sql::leases::HOLD).bind(&lease.name).bind(lease.token).bind(until);
            match self.execute("a lease", hold).await? {
                1 => Ok(()),
                _ => Err(StoreError::LeaseLost(lease.name.clone())),
            }
        }

        async fn release_lease(&mut self, lease: &Lease) -> Result<()> {
            self.execute("a lease", sqlx::query(sql::leases::RELEASE).bind(&lease.name).bind(lease.token)).await?;
            Ok(())
        }

        async fn delete_expired_leases(&mut self, before: Timestamp) -> Result<u64> {
            self.execute("lease tokens", sqlx::query(sql::leases::TRIM_TOKENS).bind(before.as_millis())).await?;
            self.execute("leases", sqlx::query(sql::leases::DELETE_EXPIRED).bind(before.as_millis())).await
        }
    }
}
