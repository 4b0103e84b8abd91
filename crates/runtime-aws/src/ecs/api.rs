//! The calls, each with its error read.

use super::{EcsRuntime, request};
use crate::{error, tags, tags::Tags};
use aws_sdk_ecs::types::{
    Compatibility, DesiredStatus, LaunchType, NetworkMode, PropagateTags, Service, ServiceDeployment, ServiceField,
    SortOrder, Task, TaskDefinition, TaskDefinitionField, TaskDefinitionStatus,
};
use slipway_domain::runtime::{Desired, Target};
use slipway_ports::runtime::RuntimeError;

/// How many of the newest task definitions of a service are looked at for one that fits.
const RECENT: i32 = 10;
/// How many task definitions are cleaned up in one call of `remove`.
const SWEPT: i32 = 20;

impl EcsRuntime {
    /// The service, unless it is missing or gone.
    pub(super) async fn service(&self, name: &str) -> Result<Option<Service>, RuntimeError> {
        let call = self.client.describe_services().cluster(&self.config.cluster).services(name);
        let answer = call.include(ServiceField::Tags).send().await;
        let answer = answer.map_err(|e| error::read(&format!("look at the ECS service `{name}`"), e))?;
        let found = answer.services.unwrap_or_default().into_iter().next();
        Ok(found.filter(|service| service.status() != Some("INACTIVE")))
    }

    pub(super) async fn create_service(&self, desired: &Desired, definition: &str) -> Result<Service, RuntimeError> {
        let name = desired.target.resource_name();
        let call = self
            .client
            .create_service()
            .cluster(&self.config.cluster)
            .service_name(&name)
            .task_definition(definition)
            .desired_count(count(desired)?)
            .launch_type(LaunchType::Fargate)
            .client_token(desired.deployment.to_string())
            .deployment_configuration(request::rolling())
            .network_configuration(request::network(&self.config).map_err(|e| RuntimeError::Invalid(e.to_string()))?)
            .enable_ecs_managed_tags(true)
            .propagate_tags(PropagateTags::Service)
            .set_tags(Some(request::sdk_tags(&tags::of(desired))));
        let made = call.send().await.map_err(|e| error::read(&format!("create the ECS service `{name}`"), e))?;
        made.service.ok_or_else(|| RuntimeError::Unavailable(format!("AWS did not say what `{name}` became")))
    }

    pub(super) async fn update_service(&self, desired: &Desired, definition: &str) -> Result<(), RuntimeError> {
        let name = desired.target.resource_name();
        let call = self
            .client
            .update_service()
            .cluster(&self.config.cluster)
            .service(&name)
            .task_definition(definition)
            .desired_count(count(desired)?)
            .deployment_configuration(request::rolling())
            .network_configuration(request::network(&self.config).map_err(|e| RuntimeError::Invalid(e.to_string()))?);
        call.send().await.map_err(|e| error::read(&format!("update the ECS service `{name}`"), e))?;
        Ok(())
    }

    pub(super) async fn tag(&self, service: &Service, tags: &Tags) -> Result<(), RuntimeError> {
        let call = self.client.tag_resource().set_resource_arn(service.service_arn.clone());
        let tagged = call.set_tags(Some(request::sdk_tags(tags))).send().await;
        tagged.map_err(|e| error::read("tag the ECS service", e))?;
        Ok(())
    }

    pub(super) async fn delete_service(&self, name: &str) -> Result<(), RuntimeError> {
        let call = self.client.delete_service().cluster(&self.config.cluster).service(name).force(true);
        call.send().await.map_err(|e| error::read(&format!("delete the ECS service `{name}`"), e))?;
        Ok(())
    }

    /// The task definition made for this very deployment and spec, if there is one among the newest.
    pub(super) async fn definition_for(&self, desired: &Desired) -> Result<Option<String>, RuntimeError> {
        for arn in self.definitions(&desired.target, RECENT).await? {
            if tags::carries(&self.describe_definition(&arn).await?.1, desired) {
                return Ok(Some(arn));
            }
        }
        Ok(None)
    }

    pub(super) async fn register(&self, desired: &Desired) -> Result<String, RuntimeError> {
        let family = desired.target.resource_name();
        let what = format!("register the ECS task definition `{family}`");
        let container = request::container(desired, &self.config).map_err(|e| RuntimeError::Invalid(e.to_string()))?;
        let call = self
            .client
            .register_task_definition()
            .family(&family)
            .requires_compatibilities(Compatibility::Fargate)
            .network_mode(NetworkMode::Awsvpc)
            .cpu(desired.workload.cpu.to_string())
            .memory(desired.workload.memory.to_string())
            .set_execution_role_arn(self.config.execution_role_arn.clone())
            .set_task_role_arn(self.config.task_role_arn.clone())
            .container_definitions(container)
            .set_tags(Some(request::sdk_tags(&tags::of(desired))));
        let registered = call.send().await.map_err(|e| error::read(&what, e))?;
        let arn = registered.task_definition.and_then(|definition| definition.task_definition_arn);
        arn.ok_or_else(|| RuntimeError::Unavailable(format!("could not {what}: AWS gave no ARN")))
    }

    /// A task definition and its tags.
    pub(super) async fn describe_definition(&self, arn: &str) -> Result<(TaskDefinition, Tags), RuntimeError> {
        let call = self.client.describe_task_definition().task_definition(arn).include(TaskDefinitionField::Tags);
        let answer = call.send().await.map_err(|e| error::read("look at an ECS task definition", e))?;
        let tags = request::read_tags(answer.tags());
        Ok((answer.task_definition.unwrap_or_else(|| TaskDefinition::builder().build()), tags))
    }

    /// Deregisters the target's task definitions. `true` when none is left.
    pub(super) async fn sweep_definitions(&self, target: &Target) -> Result<bool, RuntimeError> {
        let found = self.definitions(target, SWEPT).await?;
        for arn in &found {
            if tags::check_ours(&self.describe_definition(arn).await?.1, target, "a task definition").is_ok() {
                let gone = self.client.deregister_task_definition().task_definition(arn).send().await;
                gone.map_err(|e| error::read("deregister an ECS task definition", e))?;
            }
        }
        Ok(found.len() < SWEPT as usize)
    }

    /// The newest active task definitions, newest first.
    async fn definitions(&self, target: &Target, most: i32) -> Result<Vec<String>, RuntimeError> {
        let call = self
            .client
            .list_task_definitions()
            .family_prefix(target.resource_name())
            .status(TaskDefinitionStatus::Active)
            .sort(SortOrder::Desc)
            .max_results(most);
        let answer = call.send().await.map_err(|e| error::read("list ECS task definitions", e))?;
        Ok(answer.task_definition_arns.unwrap_or_default())
    }

    /// The service's tasks in one state, at most 100.
    pub(super) async fn tasks(&self, name: &str, status: DesiredStatus) -> Result<Vec<Task>, RuntimeError> {
        let what = format!("list the tasks of the ECS service `{name}`");
        let call = self.client.list_tasks().cluster(&self.config.cluster).service_name(name).desired_status(status);
        let arns = call.send().await.map_err(|e| error::read(&what, e))?.task_arns.unwrap_or_default();
        if arns.is_empty() {
            return Ok(Vec::new());
        }
        let call = self.client.describe_tasks().cluster(&self.config.cluster).set_tasks(Some(arns));
        let answer = call.send().await.map_err(|e| error::read(&what, e))?;
        Ok(answer.tasks.unwrap_or_default())
    }

    /// The newest service deployment that rolled this task definition out. `None` where there is no such record: AWS
    /// keeps them for 90 days, and emulators may not have the API.
    pub(super) async fn operation(
        &self,
        name: &str,
        definition: &str,
    ) -> Result<Option<ServiceDeployment>, RuntimeError> {
        let what = format!("look at the deployments of the ECS service `{name}`");
        let call = self.client.list_service_deployments().cluster(&self.config.cluster).service(name).max_results(20);
        let Ok(answer) = call.send().await else { return Ok(None) };
        let mut briefs = answer.service_deployments.unwrap_or_default();
        briefs.sort_by_key(|brief| std::cmp::Reverse(brief.created_at));
        let revisions: Vec<String> = briefs.iter().filter_map(|b| b.target_service_revision_arn.clone()).collect();
        if revisions.is_empty() {
            return Ok(None);
        }
        let call = self.client.describe_service_revisions().set_service_revision_arns(Some(revisions));
        let revisions = call.send().await.map_err(|e| error::read(&what, e))?.service_revisions.unwrap_or_default();
        let fits = |arn: Option<&str>| {
            revisions.iter().any(|r| r.service_revision_arn() == arn && r.task_definition() == Some(definition))
        };
        let Some(brief) = briefs.iter().find(|brief| fits(brief.target_service_revision_arn())) else {
            return Ok(None);
        };
        let call = self.client.describe_service_deployments();
        let call = call.set_service_deployment_arns(brief.service_deployment_arn.clone().map(|arn| vec![arn]));
        let answer = call.send().await.map_err(|e| error::read(&what, e))?;
        Ok(answer.service_deployments.unwrap_or_default().into_iter().next())
    }
}

fn count(desired: &Desired) -> Result<i32, RuntimeError> {
    let replicas = desired.workload.replicas;
    i32::try_from(replicas).map_err(|_| RuntimeError::Invalid(format!("ECS cannot run {replicas} tasks")))
}
