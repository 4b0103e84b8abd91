//! What is seen of a Deployment, in Slipway's words.

use crate::{
    config::KubernetesConfig,
    manifest::{self, SPEC_HASH},
    rollout,
};
use k8s_openapi::{
    api::{
        apps::v1::Deployment,
        core::v1::{Event, Pod, Service},
    },
    jiff,
};
use slipway_domain::{
    runtime::{Instance, Observed, Rollout, RuntimeEvent, Target},
    time::Timestamp,
};

/// How many instances and events are told.
const MOST: usize = 50;
/// Where the sandbox says at which address of the machine a Service answers.
const SANDBOX_ENDPOINT: &str = "sandbox.slipway.dev/endpoint";

/// What was seen.
pub(crate) struct Seen<'a> {
    pub(crate) deployment: &'a Deployment,
    pub(crate) service: Option<&'a Service>,
    pub(crate) pods: &'a [Pod],
    pub(crate) events: &'a [Event],
    pub(crate) rollout: Rollout,
    pub(crate) handle: Option<&'a str>,
    pub(crate) target: &'a Target,
    pub(crate) config: &'a KubernetesConfig,
    pub(crate) now: Timestamp,
}

pub(crate) fn observed(seen: Seen<'_>) -> Observed {
    let metadata = &seen.deployment.metadata;
    let mut pods: Vec<&Pod> = seen.pods.iter().collect();
    pods.sort_by_key(|pod| std::cmp::Reverse(pod.metadata.creation_timestamp.as_ref().map(|at| at.0)));
    let ready = pods.iter().filter(|pod| rollout::is_ready(pod)).count();
    let url = url(&seen);
    let wanted = seen.deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
    Observed {
        seen_at: seen.now,
        exists: true,
        spec_hash: manifest::get(&metadata.annotations, SPEC_HASH).map(str::to_owned),
        deployment: manifest::deployment_of(&metadata.annotations),
        // While two versions run it is the older one that has proven itself.
        image: pods.iter().rev().find(|pod| rollout::is_ready(pod)).and_then(|pod| image(pod)),
        desired: u32::try_from(wanted).unwrap_or_default(),
        ready: u32::try_from(ready).unwrap_or(u32::MAX),
        rollout: seen.rollout,
        handle: seen.handle.map(str::to_owned).or_else(|| handle(seen.deployment)),
        url,
        instances: pods.iter().take(MOST).map(|pod| instance(pod)).collect(),
        events: events(seen.events),
    }
}

/// `<deployment id>:<generation>`: who asked, and which of the Deployment's generations that was.
fn handle(deployment: &Deployment) -> Option<String> {
    let asked = manifest::deployment_of(&deployment.metadata.annotations)?;
    Some(format!("{asked}:{}", deployment.metadata.generation?))
}

fn url(seen: &Seen<'_>) -> Option<String> {
    let service = seen.service?;
    let (name, namespace) = (seen.target.resource_name(), &seen.config.namespace);
    if let Some(url) = &seen.config.url {
        let filled = url
            .replace("{service}", &seen.target.service)
            .replace("{environment}", &seen.target.environment)
            .replace("{namespace}", namespace)
            .replace("{name}", &name);
        return Some(filled.trim_end_matches('/').to_owned());
    }
    if let Some(endpoint) = manifest::get(&service.metadata.annotations, SANDBOX_ENDPOINT) {
        return Some(endpoint.trim_end_matches('/').to_owned());
    }
    let port = service.spec.as_ref()?.ports.as_ref()?.first()?.port;
    Some(format!("http://{name}.{namespace}.svc.cluster.local:{port}"))
}

fn instance(pod: &Pod) -> Instance {
    let status = pod.status.as_ref();
    let waiting = rollout::waiting(pod);
    let leaving = pod.metadata.deletion_timestamp.is_some().then_some("Terminating");
    let phase = status.and_then(|status| status.phase.as_deref());
    let message = waiting.map(|(_, message)| message).filter(|message| !message.is_empty());
    Instance {
        id: pod.metadata.name.clone().unwrap_or_default(),
        state: leaving.or(waiting.map(|(reason, _)| reason)).or(phase).unwrap_or("Unknown").to_owned(),
        ready: rollout::is_ready(pod),
        image: image(pod),
        started_at: status.and_then(|status| status.start_time.as_ref()).map(|at| instant(at.0)),
        reason: message.map(str::to_owned),
    }
}

/// As asked for: Slipway deploys by digest only.
fn image(pod: &Pod) -> Option<String> {
    pod.spec.as_ref()?.containers.first()?.image.clone()
}

fn events(events: &[Event]) -> Vec<RuntimeEvent> {
    let mut events: Vec<RuntimeEvent> = events.iter().filter_map(event).collect();
    events.sort_by_key(|event| event.at);
    events.split_off(events.len().saturating_sub(MOST))
}

fn event(event: &Event) -> Option<RuntimeEvent> {
    let seen = event.last_timestamp.as_ref().map(|at| at.0).or(event.event_time.as_ref().map(|at| at.0));
    let at = seen
        .or(event.first_timestamp.as_ref().map(|at| at.0))
        .or_else(|| event.metadata.creation_timestamp.as_ref().map(|at| at.0))?;
    let (about, reason) = (event.involved_object.name.as_deref()?, event.reason.as_deref().unwrap_or_default());
    Some(RuntimeEvent {
        id: event.metadata.uid.clone()?,
        at: instant(at),
        message: format!("{about}: {reason}: {}", event.message.as_deref().unwrap_or_default().trim()),
        warning: event.type_.as_deref() == Some("Warning"),
    })
}

fn instant(at: jiff::Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millisecond())
}
