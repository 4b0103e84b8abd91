//! As much of CloudWatch Logs as it takes to read what the containers wrote.

use serde_json::{Value, json};

use crate::{
    app_runner::AppRunner,
    aws::{AwsError, Call, Reply},
    cluster::{Cluster, log::Line},
    ecs::Ecs,
};

pub(crate) fn handle(call: &Call, app_runner: &AppRunner, ecs: &Ecs, cluster: &Cluster) -> Reply {
    let group = call.input["logGroupName"].as_str().unwrap_or_default();
    let streams = streams(group, &call.region, app_runner, ecs, cluster)
        .ok_or_else(|| AwsError::new("ResourceNotFoundException", "The specified log group does not exist."))?;
    match call.operation.as_str() {
        "DescribeLogStreams" => {
            let prefix = call.input["logStreamNamePrefix"].as_str().unwrap_or_default();
            let described = streams.iter().filter(|(name, _)| name.starts_with(prefix)).map(|(name, lines)| {
                json!({
                    "logStreamName": name,
                    "firstEventTimestamp": lines.first().map(|line| line.at),
                    "lastEventTimestamp": lines.last().map(|line| line.at),
                })
            });
            Ok(json!({ "logStreams": described.collect::<Vec<_>>() }))
        }
        "GetLogEvents" => {
            let wanted = call.input["logStreamName"].as_str().unwrap_or_default();
            let (_, lines) = streams.iter().find(|(name, _)| name == wanted).ok_or_else(|| {
                AwsError::new("ResourceNotFoundException", "The specified log stream does not exist.")
            })?;
            let (start, end) = (call.input["startTime"].as_i64(), call.input["endTime"].as_i64());
            let inside =
                lines.iter().filter(|line| start.is_none_or(|at| line.at >= at) && end.is_none_or(|at| line.at < at));
            let mut events: Vec<Value> = inside
                .map(|line| json!({ "timestamp": line.at, "message": line.text, "ingestionTime": line.at }))
                .collect();
            let limit = call.input["limit"].as_u64().and_then(|limit| usize::try_from(limit).ok()).unwrap_or(10_000);
            if call.input["startFromHead"] == true {
                events.truncate(limit);
            } else {
                events.drain(..events.len().saturating_sub(limit));
            }
            // A stream here is one page: the same token back means the end, as the API has it.
            Ok(json!({ "events": events, "nextForwardToken": "f/0", "nextBackwardToken": "b/0" }))
        }
        _ => Err(call.unknown()),
    }
}

type Streams = Vec<(String, Vec<Line>)>;

fn streams(group: &str, region: &str, app_runner: &AppRunner, ecs: &Ecs, cluster: &Cluster) -> Option<Streams> {
    if let Some(rest) = group.strip_prefix("/aws/apprunner/") {
        let mut parts = rest.split('/');
        return app_runner.log(parts.next()?, parts.next()?, parts.next()?, cluster);
    }
    let streams = ecs.log_group(region, group, cluster);
    (!streams.is_empty()).then_some(streams)
}
