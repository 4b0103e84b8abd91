//! What is seen of a service, in Slipway's words.

use super::config::EcsConfig;
use crate::{access::instant, tags, tags::Tags};
use aws_sdk_ecs::types::{Container, HealthStatus, Service, Task};
use slipway_domain::{
    runtime::{Instance, Observed, Rollout, RuntimeEvent, Target},
    time::Timestamp,
};

/// How many instances and events are told.
const MOST: usize = 50;

/// What a service is known to want.
pub(super) struct Wants {
    /// The tags of the deployment that asked for it.
    pub(super) tags: Tags,
    /// The port that its container listens on.
    pub(super) port: Option<i32>,
}

/// What was seen.
pub(super) struct Seen<'a> {
    pub(super) service: &'a Service,
    /// Running and stopped ones.
    pub(super) tasks: &'a [Task],
    pub(super) wants: &'a Wants,
    pub(super) rollout: Rollout,
    pub(super) handle: &'a str,
    pub(super) target: &'a Target,
    pub(super) config: &'a EcsConfig,
    pub(super) now: Timestamp,
}

pub(super) fn observed(seen: Seen<'_>) -> Observed {
    let mut tasks: Vec<&Task> = seen.tasks.iter().collect();
    tasks.sort_by_key(|task| std::cmp::Reverse(task.created_at().copied()));
    let ready: Vec<&Task> = tasks.iter().copied().filter(|task| is_ready(task, seen.config)).collect();
    let count = |number: i32| u32::try_from(number).unwrap_or_default();
    Observed {
        seen_at: seen.now,
        exists: true,
        spec_hash: seen.wants.tags.get(tags::SPEC_HASH).cloned(),
        deployment: tags::deployment(&seen.wants.tags),
        // While two versions run it is the older one that has proven itself.
        image: ready.last().and_then(|task| image(task)),
        desired: count(seen.service.desired_count()),
        ready: u32::try_from(ready.len()).unwrap_or(u32::MAX),
        rollout: seen.rollout,
        handle: Some(seen.handle.to_owned()),
        url: url(seen.config, seen.target, &ready, seen.wants.port),
        instances: tasks.iter().take(MOST).map(|task| instance(task, seen.config)).collect(),
        events: events(seen.service),
    }
}

/// Whether a task can serve: it runs, is not on its way out, and its health check, if any, has passed.
pub(super) fn is_ready(task: &Task, config: &EcsConfig) -> bool {
    let healthy = match task.health_status() {
        Some(HealthStatus::Healthy) => true,
        Some(HealthStatus::Unhealthy) => false,
        _ => config.health_check.is_none(),
    };
    task.last_status() == Some("RUNNING") && task.desired_status() == Some("RUNNING") && healthy
}

fn instance(task: &Task, config: &EcsConfig) -> Instance {
    let id = task.task_arn().and_then(|arn| arn.rsplit('/').next()).unwrap_or_default();
    Instance {
        id: id.to_owned(),
        state: task.last_status().unwrap_or("UNKNOWN").to_owned(),
        ready: is_ready(task, config),
        image: image(task),
        started_at: task.started_at().and_then(instant),
        reason: task.stopped_reason().filter(|reason| !reason.is_empty()).map(str::to_owned),
    }
}

/// `image@digest`: as asked for when that has a digest, or with the one that was resolved.
fn image(task: &Task) -> Option<String> {
    let container = task.containers().first()?;
    let image = container.image()?;
    match container.image_digest() {
        Some(digest) if !image.contains('@') => {
            // A `:` after the last `/` begins a tag; one before it is a port.
            let name_at = image.rfind('/').map_or(0, |at| at + 1);
            let end = image[name_at..].find(':').map_or(image.len(), |at| name_at + at);
            Some(format!("{}@{digest}", &image[..end]))
        }
        _ => Some(image.to_owned()),
    }
}

/// Where the newest version answers: the configured address, or that of a task.
fn url(config: &EcsConfig, target: &Target, ready: &[&Task], port: Option<i32>) -> Option<String> {
    if let Some(url) = &config.url {
        let filled = url
            .replace("{service}", &target.service)
            .replace("{environment}", &target.environment)
            .replace("{name}", &target.resource_name());
        return Some(filled.trim_end_matches('/').to_owned());
    }
    ready.iter().find_map(|task| address(task, port))
}

/// A port of the host where there is one (emulators), or the task's private address.
fn address(task: &Task, port: Option<i32>) -> Option<String> {
    let container = task.containers().first()?;
    if let Some(binding) = container.network_bindings().iter().find(|binding| binding.host_port().is_some()) {
        let host = binding.bind_ip().filter(|ip| *ip != "0.0.0.0").unwrap_or("127.0.0.1");
        return Some(format!("http://{host}:{}", binding.host_port()?));
    }
    let ip = private_ip(task, container)?;
    Some(format!("http://{ip}:{}", port?))
}

fn private_ip<'a>(task: &'a Task, container: &'a Container) -> Option<&'a str> {
    let of_container = container.network_interfaces().iter().find_map(|interface| interface.private_ipv4_address());
    of_container.or_else(|| {
        let details = task.attachments().iter().flat_map(|attachment| attachment.details());
        details.filter(|detail| detail.name() == Some("privateIPv4Address")).find_map(|detail| detail.value())
    })
}

fn events(service: &Service) -> Vec<RuntimeEvent> {
    const BAD: [&str; 6] = ["unable", "failed", "unhealthy", "stopped:", "rolling back", "error"];
    let mut events: Vec<RuntimeEvent> = service
        .events()
        .iter()
        .take(MOST)
        .filter_map(|event| {
            let message = event.message()?.to_owned();
            let warning = BAD.iter().any(|word| message.contains(word));
            Some(RuntimeEvent {
                id: event.id()?.to_owned(),
                at: event.created_at().and_then(instant)?,
                message,
                warning,
            })
        })
        .collect();
    events.reverse();
    events
}
