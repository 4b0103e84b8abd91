//! CodePipeline. A run that is resumed after a failure is the same deployment.

use slipway_dora::{Deployment, Status};

use super::Envelope;
use crate::{Fact, Invalid, Lookup, Told};

pub(super) fn read(envelope: &Envelope<'_>) -> Result<Option<Told>, Invalid> {
    let detail = &envelope.detail;
    let state = detail.get("state");
    let status = match state.text()? {
        "STARTED" | "RESUMED" => Status::InProgress,
        "SUCCEEDED" => Status::Success,
        "FAILED" => Status::Failure,
        "CANCELED" | "STOPPED" => Status::Cancelled,
        "SUPERSEDED" => Status::Superseded,
        "STOPPING" => return Ok(None),
        other => return Err(state.wrong(format!("\"{other}\" is not a state of a pipeline's run"))),
    };
    let execution = detail.get("execution-id").text()?;
    let pipeline = detail.get("pipeline").text()?;
    let key = format!("aws:codepipeline:{execution}");
    let started = detail.get("start-time").maybe_instant()?;
    let trigger = detail.at("execution-trigger.trigger-type").maybe_text().unwrap_or_default();
    let record = Deployment {
        started_at: started.or((status == Status::InProgress).then_some(envelope.at)),
        finished_at: (status != Status::InProgress).then_some(envelope.at),
        rollback: trigger.contains("Rollback"),
        // The event has no commit.
        ..Deployment::new(key.as_str(), "", envelope.at, status)
    };
    let lookups = vec![Lookup::PipelineRevision { pipeline: pipeline.to_owned(), execution: execution.to_owned() }];
    let subject = envelope.subject(pipeline);
    Ok(Some(Told { key, at: envelope.at, subject, fact: Fact::Deployment(record), lookups }))
}
