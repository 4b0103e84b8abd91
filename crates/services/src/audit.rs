//! Who did what.

use crate::{Caller, Result, Slipway, errors::store};
use slipway_api_types::settings::{AuditPage, AuditRow};
use slipway_domain::access::Permission;

/// A part of the audit log, newest first.
pub async fn page(slipway: &Slipway, caller: &Caller, cursor: &str) -> Result<AuditPage> {
    caller.require(Permission::Administer, None)?;
    let mut tx = slipway.read().await?;
    let page = tx.audit((!cursor.is_empty()).then_some(cursor), 50).await.map_err(store)?;
    let items = page
        .items
        .into_iter()
        .map(|line| AuditRow {
            at: line.at.as_millis(),
            actor: line.actor,
            door: line.door,
            action: line.action,
            target: line.target,
            detail: if line.detail.as_object().is_some_and(serde_json::Map::is_empty) {
                String::new()
            } else {
                line.detail.to_string()
            },
        })
        .collect();
    Ok(AuditPage { now: slipway.clock.now().as_millis(), items, next: page.next })
}
