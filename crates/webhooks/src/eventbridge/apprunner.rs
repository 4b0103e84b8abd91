//! App Runner. Its documents and its events do not agree on the case of the keys, so case does not matter. An event has
//! no operation's id: each end is told by itself, and the operations are to be asked for.

use slipway_dora::{Deployment, Status};

use super::Envelope;
use crate::{Fact, Invalid, Lookup, Told};

pub(super) fn read(envelope: &Envelope<'_>) -> Result<Option<Told>, Invalid> {
    let detail = &envelope.detail;
    let state = Some(detail.get_ignoring_case("operationStatus")).filter(|at| !at.is_null());
    let state = state.unwrap_or_else(|| detail.get_ignoring_case("Status")).text()?;
    let deploys = ["Deployment", "UpdateService", "CreateService"].iter().any(|word| state.starts_with(word));
    let status = match state {
        _ if !deploys => return Ok(None),
        state if state.ends_with("CompletedSuccessfully") => Status::Success,
        state if state.ends_with("Failed") => Status::Failure,
        _ => return Ok(None),
    };
    let arn = envelope.arn()?;
    let key = format!("aws:apprunner:{arn}:{}", envelope.id);
    let name = detail.get_ignoring_case("ServiceName").text()?;
    let record = Deployment::new(key.as_str(), "", envelope.at, status);
    let lookups = vec![Lookup::AppRunnerOperations { service: arn.to_owned() }];
    let subject = envelope.subject(name);
    Ok(Some(Told { key, at: envelope.at, subject, fact: Fact::Deployment(record), lookups }))
}
