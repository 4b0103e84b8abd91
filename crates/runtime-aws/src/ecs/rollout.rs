//! Judging a roll-out. "Stable" is not success: a service that the circuit breaker took back is stable too, so it is
//! always our own operation that is looked at.

use super::{cause, config::EcsConfig, view};
use aws_sdk_ecs::types::{
    Deployment, DeploymentRolloutState, Service, ServiceDeployment, ServiceDeploymentStatus, Task,
};
use slipway_domain::runtime::{Cause, Rollout};

/// What is known of one roll-out.
pub(super) struct Facts<'a> {
    pub(super) service: &'a Service,
    /// The task definition that it rolls out.
    pub(super) definition: &'a str,
    /// ECS' own record of it, where it keeps any.
    pub(super) operation: Option<ServiceDeployment>,
}

impl Facts<'_> {
    /// Whether it did not fail, and the service was told to run something else since: then it is that which counts.
    pub(super) fn is_superseded(&self) -> bool {
        use ServiceDeploymentStatus as S;
        if self.is_wanted() || !self.definition.starts_with("arn:") {
            return false;
        }
        match self.operation.as_ref().and_then(ServiceDeployment::status) {
            Some(S::RollbackRequested | S::RollbackInProgress | S::RollbackSuccessful) => false,
            Some(_) => true,
            None => self.deployment().is_some_and(|d| d.rollout_state() != Some(&DeploymentRolloutState::Failed)),
        }
    }

    pub(super) fn judge(&self, tasks: &[Task], config: &EcsConfig) -> Rollout {
        use ServiceDeploymentStatus as S;
        match self.operation.as_ref().and_then(|operation| operation.status().map(|status| (operation, status))) {
            Some((_, S::Pending | S::InProgress)) => self.in_progress(tasks, config),
            Some((_, S::Successful)) => Rollout::Completed,
            Some((operation, S::Stopped | S::RollbackFailed)) => {
                Rollout::Failed { cause: self.cause(tasks, operation.status_reason()) }
            }
            Some((operation, _)) => self.going_back(self.cause(tasks, operation.status_reason())),
            None => self.judge_by_deployments(tasks, config),
        }
    }

    /// Without a record of the operation: by the service's own list of deployments.
    fn judge_by_deployments(&self, tasks: &[Task], config: &EcsConfig) -> Rollout {
        use DeploymentRolloutState as S;
        let Some(deployment) = self.deployment() else {
            // It is not listed any more, and something else is wanted: it failed and is forgotten.
            let known = self.definition.starts_with("arn:") && !self.is_wanted();
            return if known { self.going_back(self.cause(tasks, None)) } else { Rollout::Unknown };
        };
        let failed = deployment.rollout_state() == Some(&S::Failed);
        if deployment.status() != Some("PRIMARY") {
            return self.going_back(self.cause(tasks, deployment.rollout_state_reason()));
        }
        let others =
            self.service.deployments().iter().filter(|other| {
                other.id() != deployment.id() && (other.running_count() > 0 || other.pending_count() > 0)
            });
        let whole = deployment.running_count() == self.service.desired_count() && others.count() == 0;
        match deployment.rollout_state() {
            _ if failed => Rollout::Failed { cause: self.cause(tasks, deployment.rollout_state_reason()) },
            Some(S::Completed) if whole => Rollout::Completed,
            _ => self.in_progress(tasks, config),
        }
    }

    /// It failed; how far is the version before?
    fn going_back(&self, cause: Cause) -> Rollout {
        let primary = self.service.deployments().iter().find(|deployment| deployment.status() == Some("PRIMARY"));
        match primary.and_then(Deployment::rollout_state) {
            Some(DeploymentRolloutState::Completed) if !self.is_wanted() && self.operation_is_over() => {
                Rollout::RolledBack { cause }
            }
            Some(DeploymentRolloutState::Failed) => Rollout::Failed { cause },
            _ => Rollout::RollingBack { cause },
        }
    }

    fn operation_is_over(&self) -> bool {
        let status = self.operation.as_ref().and_then(ServiceDeployment::status);
        status.is_none_or(|status| *status == ServiceDeploymentStatus::RollbackSuccessful)
    }

    fn in_progress(&self, tasks: &[Task], config: &EcsConfig) -> Rollout {
        let new = tasks.iter().filter(|task| task.task_definition_arn() == Some(self.definition));
        let ready = new.filter(|task| view::is_ready(task, config)).count();
        let wanted = self.service.desired_count();
        Rollout::InProgress { detail: format!("{ready} of {wanted} tasks run the new version") }
    }

    fn is_wanted(&self) -> bool {
        self.service.task_definition() == Some(self.definition)
    }

    fn deployment(&self) -> Option<&Deployment> {
        self.service.deployments().iter().find(|deployment| deployment.task_definition() == Some(self.definition))
    }

    fn cause(&self, tasks: &[Task], said: Option<&str>) -> Cause {
        cause::find(self.definition, tasks, self.service.events(), said)
    }
}
