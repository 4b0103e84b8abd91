//! CodeDeploy. Best effort; revision and roll-back are in `GetDeployment`.

use slipway_dora::{Deployment, Status};

use super::Envelope;
use crate::{Fact, Invalid, Lookup, Told};

pub(super) fn read(envelope: &Envelope<'_>) -> Result<Option<Told>, Invalid> {
    let detail = &envelope.detail;
    let state = detail.get("state");
    let status = match state.text()? {
        "START" | "READY" => Status::InProgress,
        "SUCCESS" => Status::Success,
        "FAILURE" => Status::Failure,
        "STOP" => Status::Cancelled,
        other => return Err(state.wrong(format!("\"{other}\" is not a state of a deployment"))),
    };
    let deployment = detail.get("deploymentId").text()?;
    let key = format!("aws:codedeploy:{deployment}");
    let group = detail.get("deploymentGroup").maybe_text();
    let record = Deployment {
        environment: group.map(Into::into),
        started_at: (status == Status::InProgress).then_some(envelope.at),
        finished_at: (status != Status::InProgress).then_some(envelope.at),
        ..Deployment::new(key.as_str(), "", envelope.at, status)
    };
    let mut subject = envelope.subject(detail.get("application").text()?);
    subject.environment = group.map(str::to_owned);
    let lookups = vec![Lookup::CodeDeployDeployment { deployment: deployment.to_owned() }];
    Ok(Some(Told { key, at: envelope.at, subject, fact: Fact::Deployment(record), lookups }))
}
