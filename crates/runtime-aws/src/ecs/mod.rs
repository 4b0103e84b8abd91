//! Amazon ECS on Fargate, with rolling updates and the deployment circuit breaker.
//!
//! Every deployment has a task definition of its own, tagged with the deployment and the spec hash. So one call of
//! UpdateService moves both what runs and what the service is known to want, and ECS' own roll-back moves both back. The
//! task definition's ARN is the handle: it names the roll-out from the start, and is found again after a crash.

mod api;
mod cause;
mod config;
mod request;
mod rollout;
mod view;

pub use config::EcsConfig;

use crate::{access, error, tags};
use async_trait::async_trait;
use aws_sdk_ecs::{
    Client,
    types::{DesiredStatus, Service},
};
use slipway_domain::runtime::{Desired, Observed, RuntimeKind, Target};
use slipway_ports::{Clock, Runtime, runtime::RuntimeError};
use std::sync::Arc;

/// One ECS cluster.
#[derive(Clone, Debug)]
pub struct EcsRuntime {
    client: Client,
    config: Arc<EcsConfig>,
    clock: Arc<dyn Clock>,
}

/// A task definition of one deployment.
struct Definition {
    arn: String,
    /// Registered just now, so nothing was rolled out by it yet.
    is_new: bool,
}

impl EcsRuntime {
    /// Makes the client; nothing is sent yet.
    pub async fn connect(config: EcsConfig, clock: Arc<dyn Clock>) -> Self {
        let sdk = access::load(&config.region, config.endpoint.as_deref(), config.credentials).await;
        Self { client: Client::new(&sdk), config: Arc::new(config), clock }
    }

    /// Makes the configured cluster when it is not there. For emulators; in an account clusters are made on purpose.
    pub async fn create_cluster(&self) -> Result<(), RuntimeError> {
        let made = self.client.create_cluster().cluster_name(&self.config.cluster).send().await;
        made.map_err(|e| error::read(&format!("create the ECS cluster `{}`", self.config.cluster), e))?;
        Ok(())
    }

    /// Makes the service want `desired`, and says by which task definition. `again`: even when it was told before and
    /// went back by itself.
    async fn steer(&self, desired: &Desired, again: bool) -> Result<String, RuntimeError> {
        let Some(service) = self.ours(&desired.target).await? else {
            let definition = self.definition(desired).await?.arn;
            let service = self.create_service(desired, &definition).await?;
            // CreateService with a known token gives what was made before, which may want something else by now.
            return Ok(service.task_definition.unwrap_or(definition));
        };
        let name = desired.target.resource_name();
        if service.status() == Some("DRAINING") {
            return Err(RuntimeError::Busy(format!("the ECS service `{name}` is still being deleted")));
        }
        let tagged = tags::carries(&request::read_tags(service.tags()), desired);
        let definition = match service.task_definition() {
            Some(current) if tags::carries(&self.wants(&service).await?.tags, desired) => current.to_owned(),
            _ => {
                let Definition { arn, is_new } = self.definition(desired).await?;
                // Telling and tagging are two calls: a crash between them leaves ECS' record of the roll-out, which may be over and
                // taken back by now.
                let told = tagged || !is_new && self.operation(&name, &arn).await?.is_some();
                if again || !told {
                    self.update_service(desired, &arn).await?;
                }
                arn
            }
        };
        if !tagged {
            self.tag(&service, &tags::of(desired)).await?;
        }
        Ok(definition)
    }

    /// The task definition for this deployment, made when there is none.
    async fn definition(&self, desired: &Desired) -> Result<Definition, RuntimeError> {
        Ok(match self.definition_for(desired).await? {
            Some(arn) => Definition { arn, is_new: false },
            None => Definition { arn: self.register(desired).await?, is_new: true },
        })
    }

    /// The service, which must be Slipway's.
    async fn ours(&self, target: &Target) -> Result<Option<Service>, RuntimeError> {
        let found = self.service(&target.resource_name()).await?;
        if let Some(service) = &found {
            tags::check_ours(&request::read_tags(service.tags()), target, "an ECS service")?;
        }
        Ok(found)
    }

    /// What the service is known to want: by the tags of its task definition only. The service's own tags stay what they were when
    /// ECS takes a failed roll-out back.
    async fn wants(&self, service: &Service) -> Result<view::Wants, RuntimeError> {
        let (definition, tags) = self.describe_definition(service.task_definition().unwrap_or_default()).await?;
        let containers = definition.container_definitions.unwrap_or_default();
        let port = containers.iter().flat_map(|c| c.port_mappings()).find_map(|mapping| mapping.container_port());
        Ok(view::Wants { tags, port })
    }
}

#[async_trait]
impl Runtime for EcsRuntime {
    fn kind(&self) -> RuntimeKind {
        RuntimeKind::Ecs
    }

    async fn check(&self) -> Result<(), RuntimeError> {
        let cluster = &self.config.cluster;
        let answer = self.client.describe_clusters().clusters(cluster).send().await;
        let answer = answer.map_err(|e| error::read(&format!("look at the ECS cluster `{cluster}`"), e))?;
        if answer.clusters().iter().any(|cluster| cluster.status() == Some("ACTIVE")) {
            Ok(())
        } else {
            let text = format!("there is no ECS cluster `{cluster}` in {}; create it first", self.config.region);
            Err(RuntimeError::Invalid(text))
        }
    }

    async fn ensure(&self, desired: &Desired, handle: Option<&str>) -> Result<Observed, RuntimeError> {
        let definition = self.steer(desired, false).await?;
        self.observe(&desired.target, handle.or(Some(&definition))).await
    }

    async fn observe(&self, target: &Target, handle: Option<&str>) -> Result<Observed, RuntimeError> {
        let (name, now) = (target.resource_name(), self.clock.now());
        let Some(service) = self.service(&name).await?.filter(|service| service.status() != Some("DRAINING")) else {
            return Ok(Observed::absent(now));
        };
        let wants = self.wants(&service).await?;
        let wanted = service.task_definition().unwrap_or_default();
        let asked = handle.unwrap_or(wanted);
        let operation = self.operation(&name, asked).await?;
        let mut facts = rollout::Facts { service: &service, definition: asked, operation };
        if facts.is_superseded() {
            let operation = self.operation(&name, wanted).await?;
            facts = rollout::Facts { service: &service, definition: wanted, operation };
        }
        // After the verdict, so that they are never older than it: what is said to be done is done.
        let mut tasks = self.tasks(&name, DesiredStatus::Running).await?;
        tasks.extend(self.tasks(&name, DesiredStatus::Stopped).await?);
        let rollout = facts.judge(&tasks, &self.config);
        Ok(view::observed(view::Seen {
            service: &service,
            tasks: &tasks,
            wants: &wants,
            rollout,
            handle: asked,
            target,
            config: &self.config,
            now,
        }))
    }

    async fn roll_back(&self, previous: &Desired, handle: Option<&str>) -> Result<Observed, RuntimeError> {
        let definition = self.steer(previous, true).await?;
        self.observe(&previous.target, handle.or(Some(&definition))).await
    }

    async fn remove(&self, target: &Target) -> Result<bool, RuntimeError> {
        if let Some(service) = self.ours(target).await? {
            if service.status() != Some("DRAINING") {
                self.delete_service(&target.resource_name()).await?;
            }
            return Ok(false);
        }
        self.sweep_definitions(target).await
    }
}
