//! A lead's word on whether a deployment to production failed. It counts above everything inferred, and stands with its reason.

use crate::{Caller, Result, Slipway, errors::store, insights::events::SLIPWAY};
use serde_json::json;
use slipway_api_types::{AppError, incidents::VerdictView};
use slipway_domain::{access::Permission, environment::Tier, ids::DeploymentId};
use slipway_ports::{
    Tx,
    store::{
        delivery::{DeliveryEvent, DeliveryKind},
        incidents::Verdict,
    },
};

/// Says that a deployment failed (`failed`), or did not (`not-failed`). The latest word counts.
pub async fn mark(slipway: &Slipway, caller: &Caller, deployment: &str, verdict: &str, reason: &str) -> Result<()> {
    let missing = || AppError::not_found(format!("deployment with the id `{deployment}`"));
    let id: DeploymentId = deployment.parse().map_err(|_| missing())?;
    let mut tx = slipway.write().await?;
    let deployment = tx.deployment(id).await.map_err(store)?.ok_or_else(missing)?;
    let service = tx.service(deployment.service).await.map_err(store)?.ok_or_else(missing)?;
    caller.require(Permission::Manage, Some(&service.owner))?;
    let failed = match verdict {
        "failed" => true,
        "not-failed" => false,
        other => return Err(AppError::invalid("verdict", format!("`{other}` is neither failed nor not-failed."))),
    };
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(AppError::invalid("reason", "Say why in 1 to 500 characters; it stands beside the deployment."));
    }
    if !counts(&mut *tx, &deployment.environment, deployment.finished_at.is_some()).await? {
        let message = "Only deployments to production that ended are counted as failed or not.";
        return Err(AppError::conflict(message));
    }
    let now = slipway.clock.now();
    let said = Verdict {
        deployment: id.to_string(),
        service: service.id,
        failed,
        reason: reason.to_owned(),
        decided_by: caller.login.clone(),
        decided_at: now,
    };
    tx.put_verdict(&said).await.map_err(store)?;
    let event = DeliveryEvent {
        service: service.id,
        kind: DeliveryKind::Verdict,
        at: now,
        source: SLIPWAY.to_owned(),
        key: format!("verdict:{id}:{}:{failed}", now.as_millis()),
        payload: json!({"deployment": id.to_string(), "failed": failed}),
    };
    tx.add_delivery(&[event]).await.map_err(store)?;
    let detail = json!({"service": service.name, "number": deployment.number, "failed": failed, "reason": reason});
    let line = caller.audit(&*slipway.entropy, now, "deployment.verdict", id.to_string(), Some(&service.owner), detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("deployment", &id.to_string(), deployment.version, now).await.map_err(store)?;
    tx.publish("delivery", &service.name, 0, now).await.map_err(store)?;
    tx.commit().await.map_err(store)
}

/// Whether a deployment to this environment is one that metrics count.
pub(crate) async fn counts(tx: &mut dyn Tx, environment: &str, ended: bool) -> Result<bool> {
    let environments = tx.environments().await.map_err(store)?;
    Ok(ended && environments.iter().any(|known| known.name == environment && known.tier == Tier::Production))
}

/// What was said of a deployment.
pub(crate) async fn of(tx: &mut dyn Tx, deployment: DeploymentId) -> Result<Option<VerdictView>> {
    let verdict = tx.verdict(&deployment.to_string()).await.map_err(store)?;
    Ok(verdict.map(|verdict| VerdictView {
        failed: verdict.failed,
        reason: verdict.reason,
        by: verdict.decided_by,
        at: verdict.decided_at.as_millis(),
    }))
}
