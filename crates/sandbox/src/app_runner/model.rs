//! What App Runner knows about a service.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    aws::{Event, Tags, optional_seconds, seconds, without_nulls},
    cluster::{
        behaviour::{BEHAVIOUR_VARIABLE, Behaviour},
        container::Spec,
    },
    config::Millis,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Status {
    CreateFailed,
    Running,
    Deleted,
    Paused,
    OperationInProgress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum OperationType {
    StartDeployment,
    CreateService,
    PauseService,
    ResumeService,
    DeleteService,
    UpdateService,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum OperationStatus {
    InProgress,
    Failed,
    Succeeded,
    RollbackInProgress,
    RollbackSucceeded,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) kind: OperationType,
    pub(super) status: OperationStatus,
    pub(super) started_at: Millis,
    pub(super) ended_at: Option<Millis>,
    pub(super) updated_at: Millis,
}

/// The work of the operation under way.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Pending {
    pub(super) kind: OperationType,
    /// The instances that are to replace the live ones.
    pub(super) candidates: Vec<String>,
    /// The operation does not end before this.
    pub(super) not_before: Millis,
    /// What to go back to if the candidates fail.
    pub(super) previous: Option<(Configuration, Status)>,
}

/// The parts of a service that an update replaces, in the API's own shapes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Configuration {
    pub(super) source: Value,
    pub(super) instance: Value,
    pub(super) health: Value,
    pub(super) network: Value,
    pub(super) observability: Value,
    pub(super) scaling_arn: Option<String>,
}

impl Configuration {
    pub(super) fn image(&self) -> &str {
        self.source["ImageRepository"]["ImageIdentifier"].as_str().unwrap_or_default()
    }

    pub(super) fn spec(&self, service: &str, revision: &str) -> Spec {
        let image = &self.source["ImageRepository"]["ImageConfiguration"];
        let behaviour = Behaviour::of(self.image(), image["RuntimeEnvironmentVariables"][BEHAVIOUR_VARIABLE].as_str());
        Spec {
            service: service.to_owned(),
            image: self.image().to_owned(),
            revision: revision.to_owned(),
            container_port: image["Port"].as_str().and_then(|port| port.parse().ok()).unwrap_or(8080),
            health_path: self.health["Path"].as_str().unwrap_or("/").to_owned(),
            behaviour,
        }
    }

    /// With `Protocol: TCP` an instance that listens is healthy, whatever it answers.
    pub(super) fn checks_http(&self) -> bool {
        self.health["Protocol"] == "HTTP"
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Service {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) arn: String,
    pub(super) region: String,
    /// The port of the service's stable address; a restart keeps it where it can.
    pub(super) port: u16,
    pub(super) created_at: Millis,
    pub(super) updated_at: Millis,
    pub(super) deleted_at: Option<Millis>,
    pub(super) status: Status,
    pub(super) configuration: Configuration,
    /// The containers that serve now.
    pub(super) instances: Vec<String>,
    pub(super) tags: Tags,
    /// Newest first.
    pub(super) operations: VecDeque<Operation>,
    pub(super) pending: Option<Pending>,
    /// The `service` log: why an operation failed is told nowhere else.
    pub(super) events: VecDeque<Event>,
}

const OPERATIONS_KEPT: usize = 50;
const EVENTS_KEPT: usize = 100;

impl Service {
    pub(super) fn url(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(super) fn begin(&mut self, id: String, kind: OperationType, now: Millis, pending: Pending) {
        let operation = Operation {
            id,
            kind,
            status: OperationStatus::InProgress,
            started_at: now,
            ended_at: None,
            updated_at: now,
        };
        self.operations.push_front(operation);
        self.operations.truncate(OPERATIONS_KEPT);
        self.status = Status::OperationInProgress;
        self.updated_at = now;
        self.pending = Some(pending);
    }

    pub(super) fn mark(&mut self, status: OperationStatus, now: Millis) {
        self.updated_at = now;
        if let Some(operation) = self.operations.front_mut() {
            operation.status = status;
            operation.updated_at = now;
            if !matches!(status, OperationStatus::InProgress | OperationStatus::RollbackInProgress) {
                operation.ended_at = Some(now);
            }
        }
    }

    pub(super) fn tell(&mut self, id: String, now: Millis, message: impl Into<String>) {
        if self.events.len() == EVENTS_KEPT {
            self.events.pop_front();
        }
        self.events.push_back(Event { id, at: now, message: message.into() });
    }

    pub(super) fn summary(&self) -> Value {
        json!({
            "ServiceName": self.name, "ServiceId": self.id, "ServiceArn": self.arn, "ServiceUrl": self.url(),
            "CreatedAt": seconds(self.created_at), "UpdatedAt": seconds(self.updated_at), "Status": self.status,
        })
    }

    pub(super) fn describe(&self) -> Value {
        let mut view = self.summary();
        let scaling_arn = self.configuration.scaling_arn.clone().unwrap_or_else(|| {
            let (region, account) = (&self.region, crate::aws::ACCOUNT);
            format!("arn:aws:apprunner:{region}:{account}:autoscalingconfiguration/DefaultConfiguration/1/00000000000000000000000000000001")
        });
        let scaling_name = scaling_arn.split('/').nth(1).unwrap_or("DefaultConfiguration").to_owned();
        view["DeletedAt"] = optional_seconds(self.deleted_at);
        view["SourceConfiguration"] = self.configuration.source.clone();
        view["InstanceConfiguration"] = self.configuration.instance.clone();
        view["HealthCheckConfiguration"] = self.configuration.health.clone();
        view["NetworkConfiguration"] = self.configuration.network.clone();
        view["ObservabilityConfiguration"] = self.configuration.observability.clone();
        view["AutoScalingConfigurationSummary"] = json!({
            "AutoScalingConfigurationArn": scaling_arn, "AutoScalingConfigurationName": scaling_name,
            "AutoScalingConfigurationRevision": 1, "Status": "active",
        });
        without_nulls(view)
    }
}

impl Operation {
    pub(super) fn summary(&self, target: &str) -> Value {
        without_nulls(json!({
            "Id": self.id, "Type": self.kind, "Status": self.status, "TargetArn": target,
            "StartedAt": seconds(self.started_at), "EndedAt": optional_seconds(self.ended_at), "UpdatedAt": seconds(self.updated_at),
        }))
    }
}

/// An operation's name in sentences.
pub(super) fn title(kind: OperationType) -> &'static str {
    match kind {
        OperationType::StartDeployment => "Deployment",
        OperationType::CreateService => "Service creation",
        OperationType::PauseService => "Service pause",
        OperationType::ResumeService => "Service resumption",
        OperationType::DeleteService => "Service deletion",
        OperationType::UpdateService => "Service update",
    }
}
