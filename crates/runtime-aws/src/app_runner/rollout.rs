//! Judging a service by its operations.

use super::request;
use crate::{access::instant, tags, tags::Tags};
use aws_sdk_apprunner::types::{OperationStatus, OperationSummary, OperationType, Service, ServiceStatus};
use slipway_domain::{
    ids::DeploymentId,
    runtime::{Cause, Desired, Observed, Rollout, RuntimeEvent},
    time::Timestamp,
};

/// The tag that names the newest operation before the one that a deployment was told by.
const AFTER: &str = "slipway:after-operation";

/// All that App Runner says of one service.
pub(super) struct Facts {
    pub(super) service: Service,
    pub(super) tags: Tags,
    /// Newest first.
    pub(super) operations: Vec<OperationSummary>,
}

impl Facts {
    pub(super) fn operation(&self, id: &str) -> Option<&OperationSummary> {
        self.operations.iter().find(|operation| operation.id() == Some(id))
    }

    /// The newest operation that replaced what runs.
    pub(super) fn latest_roll_out(&self) -> Option<&OperationSummary> {
        self.operations.iter().find(|operation| replaces(operation))
    }

    /// Tags to set just before `desired` is told: they say after which operation.
    pub(super) fn tags_before(&self, desired: &Desired) -> Tags {
        let mut tags = tags::of(desired);
        let latest = self.latest_roll_out().and_then(OperationSummary::id).unwrap_or_default();
        tags.insert(AFTER.to_owned(), latest.to_owned());
        tags
    }

    /// The operation by which this very deployment was told, also when nobody lived to write it down: the first one after the
    /// operation that the tags name. It may be over and taken back by now.
    pub(super) fn told(&self, desired: &Desired) -> Option<&str> {
        let after = self.tags.get(AFTER).filter(|_| tags::carries(&self.tags, desired))?;
        let since = self.operations.iter().filter(|operation| replaces(operation));
        since.take_while(|operation| operation.id() != Some(after)).last()?.id()
    }

    /// Whether it is being deleted.
    pub(super) fn is_leaving(&self) -> bool {
        let newest = self.operations.first().and_then(OperationSummary::r#type);
        self.service.status == ServiceStatus::OperationInProgress && newest == Some(&OperationType::DeleteService)
    }

    /// Whether this deployment is what the service was last told.
    pub(super) fn wants(&self, desired: &Desired) -> bool {
        let same = self.deployment() == Some(desired.deployment) && self.spec_hash() == Some(desired.spec_hash());
        // A paused or broken service has its old configuration, and does not run it.
        same && self.service.status != ServiceStatus::DeleteFailed
    }

    /// While an operation runs it is the tags that say what was asked for last, whatever App Runner shows as the
    /// configuration meanwhile; afterwards the configuration alone, which a roll-back has put right again and tags that were set
    /// just before a crash have not changed.
    fn marker(&self, variable: &str, tag: &str) -> Option<String> {
        if self.service.status == ServiceStatus::OperationInProgress {
            return self.tags.get(tag).cloned();
        }
        let repository = self.service.source_configuration.as_ref()?.image_repository.as_ref()?;
        let variables = repository.image_configuration.as_ref()?.runtime_environment_variables.as_ref();
        variables?.get(variable).cloned()
    }

    fn spec_hash(&self) -> Option<String> {
        self.marker(request::SPEC_HASH, tags::SPEC_HASH)
    }

    fn deployment(&self) -> Option<DeploymentId> {
        self.marker(request::DEPLOYMENT, tags::DEPLOYMENT)?.parse().ok()
    }

    pub(super) fn observed(&self, handle: Option<&str>, url: Option<String>, now: Timestamp) -> Observed {
        let asked = match handle {
            Some(handle) => self.operation(handle),
            None => self.latest_roll_out(),
        };
        let latest = self.latest_roll_out();
        // One that succeeded, and was followed by another: it is the other that counts.
        let judged = match (asked.and_then(OperationSummary::status), latest) {
            (Some(OperationStatus::Succeeded), Some(latest)) => Some(latest),
            _ => asked,
        };
        let (desired, ready) = self.counts();
        let steady = self.service.status == ServiceStatus::Running;
        let repository = self.service.source_configuration.as_ref().and_then(|source| source.image_repository.as_ref());
        Observed {
            seen_at: now,
            exists: true,
            spec_hash: self.spec_hash(),
            deployment: self.deployment(),
            image: repository.filter(|_| steady).map(|repository| repository.image_identifier.clone()),
            desired,
            ready,
            rollout: match judged {
                Some(operation) => self.judge(operation),
                // Nothing was rolled out for so long that App Runner has forgotten it.
                None if handle.is_none() && steady => Rollout::Completed,
                None => Rollout::Unknown,
            },
            handle: handle.map(str::to_owned).or_else(|| asked.and_then(|operation| operation.id.clone())),
            url,
            // App Runner does not show its instances.
            instances: Vec::new(),
            events: self.events(),
        }
    }

    /// App Runner scales by itself and does not say to how many: one stands for all.
    fn counts(&self) -> (u32, u32) {
        match self.service.status {
            ServiceStatus::Paused | ServiceStatus::Deleted => (0, 0),
            ServiceStatus::Running => (1, 1),
            ServiceStatus::OperationInProgress if self.has_served() => (1, 1),
            _ => (1, 0),
        }
    }

    /// Whether there is a version that serves on while another one is tried. A service whose creation App Runner does not
    /// list any more was created long ago.
    fn has_served(&self) -> bool {
        let succeeded = |operation: &OperationSummary| operation.status() == Some(&OperationStatus::Succeeded);
        let creates = |operation: &OperationSummary| operation.r#type() == Some(&OperationType::CreateService);
        self.operations.iter().any(succeeded) || !self.operations.iter().any(creates)
    }

    fn judge(&self, operation: &OperationSummary) -> Rollout {
        let (id, newest) = (operation.id(), self.latest_roll_out());
        let superseded = newest.filter(|newest| newest.id() != id);
        match operation.status() {
            Some(OperationStatus::Pending | OperationStatus::InProgress) => {
                Rollout::InProgress { detail: format!("App Runner works on the operation {}", kind(operation)) }
            }
            Some(OperationStatus::Succeeded) => Rollout::Completed,
            Some(OperationStatus::RollbackInProgress) => {
                Rollout::RollingBack { cause: cause(operation, &self.service) }
            }
            Some(OperationStatus::RollbackSucceeded | OperationStatus::RollbackFailed | OperationStatus::Failed)
                if superseded.is_some() =>
            {
                self.after(operation, superseded)
            }
            Some(OperationStatus::RollbackSucceeded) => Rollout::RolledBack { cause: cause(operation, &self.service) },
            Some(OperationStatus::Failed | OperationStatus::RollbackFailed) => {
                Rollout::Failed { cause: cause(operation, &self.service) }
            }
            _ => Rollout::Unknown,
        }
    }

    /// A failed operation that another one followed: the way back.
    fn after(&self, failed: &OperationSummary, newest: Option<&OperationSummary>) -> Rollout {
        let cause = cause(failed, &self.service);
        match newest.and_then(OperationSummary::status) {
            Some(OperationStatus::Succeeded) => Rollout::RolledBack { cause },
            Some(OperationStatus::Failed | OperationStatus::RollbackFailed | OperationStatus::RollbackSucceeded) => {
                Rollout::Failed { cause }
            }
            _ => Rollout::RollingBack { cause },
        }
    }

    fn events(&self) -> Vec<RuntimeEvent> {
        let mut events: Vec<RuntimeEvent> = self
            .operations
            .iter()
            .filter_map(|operation| {
                let (id, status) = (operation.id()?, operation.status()?);
                let at = operation.ended_at().or(operation.updated_at()).or(operation.started_at())?;
                Some(RuntimeEvent {
                    id: format!("{id}:{status}"),
                    at: instant(at)?,
                    message: format!("{} {status}", kind(operation)),
                    warning: matches!(
                        status,
                        OperationStatus::Failed
                            | OperationStatus::RollbackFailed
                            | OperationStatus::RollbackInProgress
                            | OperationStatus::RollbackSucceeded
                    ),
                })
            })
            .collect();
        events.reverse();
        events
    }
}

fn replaces(operation: &OperationSummary) -> bool {
    use OperationType as T;
    matches!(operation.r#type(), Some(T::CreateService | T::UpdateService | T::StartDeployment))
}

fn kind(operation: &OperationSummary) -> &str {
    operation.r#type().map_or("of unknown type", OperationType::as_str)
}

/// The API gives no reason; App Runner writes it in the service's log group only.
fn cause(operation: &OperationSummary, service: &Service) -> Cause {
    let status = operation.status().map_or("no status", OperationStatus::as_str);
    Cause {
        code: "other".to_owned(),
        message: format!("App Runner ended the operation {} with {status}.", kind(operation)),
        mend: format!(
            "Read the log group /aws/apprunner/{}/{}/service, the only place where App Runner says why; the usual reasons \
             are an image that cannot be pulled, a container that exits, and a health path that does not answer 200.",
            service.service_name, service.service_id
        ),
    }
}
