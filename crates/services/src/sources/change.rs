//! Replacing a secret, taking a source back, reading a delivery again.

use super::{make::told, managed};
use crate::{Caller, Result, Slipway, errors::store, ingest};
use serde_json::json;
use slipway_api_types::{AppError, sources::SourceSecret};
use slipway_domain::ids::SourceDeliveryId;
use slipway_ports::store::sources::Source;

/// Replaces the secret that the instance made; the former one is good for another day. The new one is in the answer and nowhere else.
pub async fn rotate(slipway: &Slipway, caller: &Caller, id: &str) -> Result<SourceSecret> {
    let source = change(slipway, caller, id, "source.rotate", |source| {
        if source.secret.is_some() {
            let message = "Its sender makes the secret: replace it there and where Slipway reads it.";
            return Err(AppError::conflict(message));
        }
        source.generation += 1;
        source.rotated_at = Some(slipway.clock.now());
        Ok(())
    })
    .await?;
    Ok(told(slipway, &source))
}

/// Takes a source back, for good: what it sends from now on is refused. What it told stays.
pub async fn revoke(slipway: &Slipway, caller: &Caller, id: &str) -> Result<()> {
    change(slipway, caller, id, "source.revoke", |source| {
        source.revoked_at = Some(slipway.clock.now());
        Ok(())
    })
    .await
    .map(drop)
}

async fn change(
    slipway: &Slipway,
    caller: &Caller,
    id: &str,
    action: &str,
    change: impl FnOnce(&mut Source) -> Result<()>,
) -> Result<Source> {
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    let mut source = managed(&mut *tx, caller, id).await?;
    if source.revoked_at.is_some() {
        return Err(AppError::conflict(format!("{} was taken back already; make another one.", source.name)));
    }
    change(&mut source)?;
    tx.set_source_secret(&source).await.map_err(store)?;
    let detail = json!({"name": source.name, "generation": source.generation});
    let line = caller.audit(&*slipway.entropy, now, action, source.id.to_string(), source.owner.as_deref(), detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("source", &source.id.to_string(), now.as_millis(), now).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(source)
}

/// Reads a delivery again as it was kept: for what matched nothing when it came. What it told before is not told twice.
pub async fn redeliver(slipway: &Slipway, caller: &Caller, delivery: &str) -> Result<()> {
    let missing = || AppError::not_found("delivery of that id; deliveries are kept for 90 days");
    let id: SourceDeliveryId = delivery.parse().map_err(|_| missing())?;
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    let delivery = tx.source_delivery(id).await.map_err(store)?.ok_or_else(missing)?;
    let source = managed(&mut *tx, caller, &delivery.source.to_string()).await?;
    let detail = json!({"name": source.name, "key": delivery.key});
    let line = caller.audit(
        &*slipway.entropy,
        now,
        "source.redeliver",
        source.id.to_string(),
        source.owner.as_deref(),
        detail,
    );
    tx.add_audit(&line).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    ingest::tell(slipway, id).await.map(drop)
}
