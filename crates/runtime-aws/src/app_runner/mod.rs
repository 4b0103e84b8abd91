//! AWS App Runner: one operation at a time, and success is the operation's, never the service's status: after a failed
//! update App Runner goes back by itself and the service reads `RUNNING`.
//!
//! The operation's id is the handle. What a service wants is written in its own configuration, see
//! [`request::DEPLOYMENT`].

mod api;
mod config;
mod request;
mod rollout;

pub use config::AppRunnerConfig;
pub use request::marks;

use crate::{access, error, tags};
use async_trait::async_trait;
use aws_sdk_apprunner::{
    Client,
    types::{Service, ServiceStatus},
};
use rollout::Facts;
use slipway_domain::runtime::{Desired, Observed, RuntimeKind, Target};
use slipway_ports::{Clock, Runtime, runtime::RuntimeError};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// App Runner in one account and region.
#[derive(Clone, Debug)]
pub struct AppRunnerRuntime {
    client: Client,
    config: Arc<AppRunnerConfig>,
    clock: Arc<dyn Clock>,
    /// Service name to ARN; only saves listing them all.
    arns: Arc<Mutex<HashMap<String, String>>>,
}

impl AppRunnerRuntime {
    /// Makes the client; nothing is sent yet.
    pub async fn connect(config: AppRunnerConfig, clock: Arc<dyn Clock>) -> Self {
        let sdk = access::load(&config.region, config.endpoint.as_deref(), config.credentials).await;
        Self { client: Client::new(&sdk), config: Arc::new(config), clock, arns: Arc::default() }
    }

    fn remembered(&self, name: &str) -> Option<String> {
        self.arns.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn remember(&self, name: String, arn: String) {
        self.arns.lock().unwrap_or_else(PoisonError::into_inner).insert(name, arn);
    }

    fn forget(&self, name: &str) {
        self.arns.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// All that is known of a service; `None` when there is none.
    async fn facts(&self, target: &Target) -> Result<Option<Facts>, RuntimeError> {
        let name = target.resource_name();
        // What is remembered may be of a service that was deleted, and made anew under the same name.
        for _ in 0..2 {
            let Some(arn) = self.arn(&name).await? else { return Ok(None) };
            let (operations, tags) = tokio::join!(self.operations(&arn), self.tags(&arn));
            // The service last, so that it is never older than its operations: what is said to be done is done.
            let service = self.describe(&arn).await?;
            if let (Some(operations), Some(tags), Some(service)) = (operations?, tags?, service) {
                return Ok(Some(Facts { service, tags, operations }));
            }
            self.forget(&name);
        }
        Ok(None)
    }

    /// Makes the service want `desired`, and says by which operation. `again`: even when it was told before and went back
    /// by itself.
    async fn steer(
        &self,
        desired: &Desired,
        handle: Option<&str>,
        again: bool,
    ) -> Result<Option<String>, RuntimeError> {
        let Some(facts) = self.facts(&desired.target).await? else {
            return self.create(desired).await.map(Some);
        };
        tags::check_ours(&facts.tags, &desired.target, "an App Runner service")?;
        let known = handle.filter(|handle| facts.operation(handle).is_some()).or_else(|| facts.told(desired));
        let known = known.filter(|_| !again);
        if known.is_some() || facts.wants(desired) {
            let operation = known.map(str::to_owned);
            return Ok(operation.or_else(|| facts.latest_roll_out().and_then(|operation| operation.id.clone())));
        }
        let name = desired.target.resource_name();
        if facts.service.status == ServiceStatus::OperationInProgress {
            return Err(RuntimeError::Busy(format!(
                "the App Runner service `{name}` is in the middle of an operation"
            )));
        }
        // Tags first: while an operation runs App Runner refuses to change them.
        self.tag(&facts.service, &facts.tags_before(desired)).await?;
        match self.update(&facts.service, desired).await {
            Ok(operation) => Ok(Some(operation)),
            // What could not even be created cannot always be updated: begin anew.
            Err(RuntimeError::Busy(_) | RuntimeError::Invalid(_))
                if facts.service.status == ServiceStatus::CreateFailed =>
            {
                self.delete(&facts.service).await?;
                Err(RuntimeError::Busy(format!("the App Runner service `{name}` failed to start and is made anew")))
            }
            Err(error) => Err(error),
        }
    }

    fn url(&self, service: &Service) -> Option<String> {
        let local = self.config.endpoint.as_deref().is_some_and(access::is_loopback);
        let host = service.service_url.as_deref().filter(|host| !host.is_empty())?;
        Some(format!("{}://{}", if local { "http" } else { "https" }, host.trim_end_matches('/')))
    }
}

#[async_trait]
impl Runtime for AppRunnerRuntime {
    fn kind(&self) -> RuntimeKind {
        RuntimeKind::AppRunner
    }

    async fn check(&self) -> Result<(), RuntimeError> {
        let answer = self.client.list_services().max_results(1).send().await;
        answer.map_err(|e| error::read("list the App Runner services", e))?;
        Ok(())
    }

    async fn ensure(&self, desired: &Desired, handle: Option<&str>) -> Result<Observed, RuntimeError> {
        let operation = self.steer(desired, handle, false).await?;
        self.observe(&desired.target, operation.as_deref()).await
    }

    async fn observe(&self, target: &Target, handle: Option<&str>) -> Result<Observed, RuntimeError> {
        let now = self.clock.now();
        match self.facts(target).await? {
            Some(facts) if !facts.is_leaving() => Ok(facts.observed(handle, self.url(&facts.service), now)),
            _ => Ok(Observed::absent(now)),
        }
    }

    async fn roll_back(&self, previous: &Desired, handle: Option<&str>) -> Result<Observed, RuntimeError> {
        let operation = self.steer(previous, handle, true).await?;
        self.observe(&previous.target, handle.or(operation.as_deref())).await
    }

    async fn remove(&self, target: &Target) -> Result<bool, RuntimeError> {
        let Some(facts) = self.facts(target).await? else {
            self.forget(&target.resource_name());
            return Ok(true);
        };
        tags::check_ours(&facts.tags, target, "an App Runner service")?;
        if facts.is_leaving() {
            return Ok(false);
        }
        if facts.service.status == ServiceStatus::OperationInProgress {
            let name = &facts.service.service_name;
            return Err(RuntimeError::Busy(format!(
                "the App Runner service `{name}` is in the middle of an operation"
            )));
        }
        self.delete(&facts.service).await?;
        Ok(false)
    }
}
