//! ECS. "Completed" means steady; a failure is only told with the circuit breaker on; a roll-back is only in `reason`.

use slipway_dora::{Deployment, Status};

use super::Envelope;
use crate::{Fact, Invalid, Lookup, Told};

pub(super) fn read(envelope: &Envelope<'_>) -> Result<Option<Told>, Invalid> {
    let detail = &envelope.detail;
    let status = match detail.get("eventName").text()? {
        "SERVICE_DEPLOYMENT_IN_PROGRESS" => Status::InProgress,
        "SERVICE_DEPLOYMENT_COMPLETED" => Status::Success,
        "SERVICE_DEPLOYMENT_FAILED" => Status::Failure,
        _ => return Ok(None),
    };
    let arn = envelope.arn()?;
    let deployment = detail.get("deploymentId").text()?;
    let at = detail.get("updatedAt").maybe_instant()?.unwrap_or(envelope.at);
    let key = format!("aws:ecs:{arn}:{deployment}");
    let reason = detail.get("reason").maybe_text().unwrap_or_default().to_ascii_lowercase();
    let record = Deployment {
        started_at: (status == Status::InProgress).then_some(at),
        finished_at: (status != Status::InProgress).then_some(at),
        // A deployment under way for that reason goes back itself; one that failed is what is gone back from.
        rollback: status != Status::Failure && reason.contains("rolling back"),
        ..Deployment::new(key.as_str(), "", at, status)
    };
    let lookups = vec![Lookup::EcsService { arn: arn.to_owned() }];
    let name = arn.rsplit('/').next().unwrap_or(arn);
    Ok(Some(Told { key, at, subject: envelope.subject(name), fact: Fact::Deployment(record), lookups }))
}
