//! What ECS knows: clusters, task definitions, services with their deployments, and tasks.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    aws::{Event, Tags},
    cluster::{
        behaviour::{BEHAVIOUR_VARIABLE, Behaviour},
        container::{Container, Phase, Spec},
    },
    config::Millis,
};

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ClusterRecord {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) region: String,
    pub(super) settings: Value,
    pub(super) tags: Tags,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TaskDefinition {
    pub(super) arn: String,
    pub(super) region: String,
    pub(super) family: String,
    pub(super) revision: u32,
    /// As registered, with the defaults filled in, in the API's own shape.
    pub(super) body: Value,
    pub(super) active: bool,
    pub(super) registered_at: Millis,
    pub(super) tags: Tags,
}

impl TaskDefinition {
    pub(super) fn containers(&self) -> impl Iterator<Item = &Value> {
        self.body["containerDefinitions"].as_array().into_iter().flatten()
    }

    /// The container that serves: the first with a port, or else the first.
    pub(super) fn main(&self) -> &Value {
        static NONE: Value = Value::Null;
        let with_port =
            |container: &&Value| container["portMappings"].as_array().is_some_and(|ports| !ports.is_empty());
        self.containers().find(with_port).or_else(|| self.containers().next()).unwrap_or(&NONE)
    }

    pub(super) fn has_health_check(&self) -> bool {
        self.containers().any(|container| container["healthCheck"].is_object())
    }

    /// What the engine runs for one task.
    pub(super) fn spec(&self, service: &str) -> Spec {
        let main = self.main();
        let image = main["image"].as_str().unwrap_or_default();
        let variables = main["environment"].as_array().into_iter().flatten();
        let variable =
            variables.filter(|pair| pair["name"] == BEHAVIOUR_VARIABLE).find_map(|pair| pair["value"].as_str());
        let port = main["portMappings"][0]["containerPort"].as_u64().and_then(|port| u16::try_from(port).ok());
        Spec {
            service: service.to_owned(),
            image: image.to_owned(),
            revision: format!("{}:{}", self.family, self.revision),
            container_port: port.unwrap_or(80),
            health_path: health_path(&main["healthCheck"]["command"]),
            behaviour: Behaviour::of(image, variable),
        }
    }
}

/// The path that a health check command asks for, as in `curl -f http://localhost:8080/healthz || exit 1`.
fn health_path(command: &Value) -> String {
    let words =
        command.as_array().into_iter().flatten().filter_map(Value::as_str).flat_map(|text| text.split_whitespace());
    words
        .filter_map(|word| word.split_once("://"))
        .find_map(|(_, rest)| rest.split_once('/').map(|(_, path)| format!("/{}", path.trim_end_matches(['"', '\'']))))
        .unwrap_or_else(|| "/healthz".to_owned())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum ServiceStatus {
    Active,
    Draining,
    Inactive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum RolloutState {
    InProgress,
    Completed,
    Failed,
}

/// An entry of a service's `deployments`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Deployment {
    pub(super) id: String,
    pub(super) primary: bool,
    pub(super) task_definition: String,
    /// The ARN of the service revision that it brings.
    pub(super) revision: String,
    pub(super) state: RolloutState,
    pub(super) reason: String,
    /// Was the steady state of the service once: something to go back to.
    pub(super) proven: bool,
    pub(super) failed_tasks: u32,
    pub(super) created_at: Millis,
    pub(super) updated_at: Millis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum RolloutStatus {
    InProgress,
    Successful,
    Stopped,
    RollbackInProgress,
    RollbackSuccessful,
    RollbackFailed,
}

impl RolloutStatus {
    pub(super) fn is_final(self) -> bool {
        !matches!(self, Self::InProgress | Self::RollbackInProgress)
    }
}

/// A "service deployment": the record of one roll-out from its beginning to its end.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Rollout {
    pub(super) arn: String,
    pub(super) status: RolloutStatus,
    pub(super) reason: Option<String>,
    pub(super) target: String,
    pub(super) sources: Vec<String>,
    pub(super) created_at: Millis,
    pub(super) updated_at: Millis,
    pub(super) finished_at: Option<Millis>,
    pub(super) stopped_at: Option<Millis>,
    pub(super) rollback: Option<Rollback>,
    pub(super) breaker_triggered: bool,
    pub(super) failures: u32,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Rollback {
    pub(super) reason: String,
    pub(super) started_at: Millis,
    pub(super) revision: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Revision {
    pub(super) arn: String,
    pub(super) task_definition: String,
    pub(super) created_at: Millis,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Service {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) cluster_arn: String,
    pub(super) cluster_name: String,
    pub(super) region: String,
    pub(super) status: ServiceStatus,
    pub(super) desired: u32,
    pub(super) task_definition: String,
    /// The members of CreateService and UpdateService that are kept and given back as they came.
    pub(super) settings: Value,
    pub(super) client_token: Option<String>,
    /// The primary one first.
    pub(super) deployments: Vec<Deployment>,
    /// Newest first.
    pub(super) rollouts: VecDeque<Rollout>,
    /// Newest first.
    pub(super) revisions: VecDeque<Revision>,
    /// Newest first, as the API gives them.
    pub(super) events: VecDeque<Event>,
    pub(super) tags: Tags,
    pub(super) created_at: Millis,
    pub(super) ended_at: Option<Millis>,
    /// Failed tasks are not replaced before this.
    pub(super) retry_at: Millis,
    pub(super) steady: bool,
    pub(super) tasks: Vec<Task>,
}

/// A task of a service. Its container in the engine has the same id.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Task {
    pub(super) id: String,
    pub(super) arn: String,
    pub(super) deployment: String,
    pub(super) task_definition: String,
    pub(super) created_at: Millis,
    pub(super) stop: Option<Stop>,
}

/// Why a task was told to stop, or that it stopped by itself.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Stop {
    pub(super) code: String,
    pub(super) reason: String,
    pub(super) at: Millis,
}

impl Service {
    pub(super) fn primary(&self) -> Option<&Deployment> {
        self.deployments.iter().find(|deployment| deployment.primary)
    }

    /// Its tasks fail when their health check does: ECS replaces a task on the word of a health check or a load balancer only.
    pub(super) fn has_load_balancer(&self) -> bool {
        self.settings["loadBalancers"].as_array().is_some_and(|balancers| !balancers.is_empty())
    }

    /// `minimumHealthyPercent` and `maximumPercent`.
    pub(super) fn percentages(&self) -> (u32, u32) {
        let configuration = &self.settings["deploymentConfiguration"];
        let percent =
            |field: &str, default| configuration[field].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(default);
        (percent("minimumHealthyPercent", 100), percent("maximumPercent", 200))
    }

    /// Whether the circuit breaker is on, and whether it rolls back.
    pub(super) fn breaker(&self) -> (bool, bool) {
        let breaker = &self.settings["deploymentConfiguration"]["deploymentCircuitBreaker"];
        (breaker["enable"] == true, breaker["rollback"] == true)
    }

    /// How many failed tasks trigger the circuit breaker: half of those wanted, at least 3 and at most 200.
    pub(super) fn breaker_threshold(&self) -> u32 {
        let configured =
            &self.settings["deploymentConfiguration"]["deploymentCircuitBreaker"]["thresholdConfiguration"];
        let value = configured["value"].as_u64().and_then(|n| u32::try_from(n).ok());
        match (configured["type"].as_str(), value) {
            (Some("COUNT"), Some(count)) => count.max(1),
            (Some("BOUNDED_PERCENT"), Some(percent)) => (self.desired * percent).div_ceil(100).clamp(3, 200),
            (Some("UNBOUNDED_PERCENT"), Some(percent)) => (self.desired * percent).div_ceil(100).max(1),
            _ => self.desired.div_ceil(2).clamp(3, 200),
        }
    }

    pub(super) fn tell(&mut self, id: String, now: Millis, message: impl Into<String>) {
        const KEPT: usize = 100;
        self.events.truncate(KEPT - 1);
        self.events.push_front(Event { id, at: now, message: message.into() });
    }
}

/// The `lastStatus` of a task whose container is in this phase.
pub(super) fn last_status(container: Option<&Container>) -> &'static str {
    match container.map(|container| container.phase) {
        Some(Phase::Pulling) => "PENDING",
        Some(Phase::Starting) => "ACTIVATING",
        Some(Phase::Running) => "RUNNING",
        Some(Phase::Draining) => "DEACTIVATING",
        Some(Phase::PullFailed | Phase::Exited | Phase::Stopped) | None => "STOPPED",
    }
}
