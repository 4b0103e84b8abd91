//! The calls, each with its error read.

use super::{AppRunnerRuntime, request};
use crate::{error, tags, tags::Tags};
use aws_sdk_apprunner::types::{OperationSummary, Service, ServiceStatus};
use slipway_domain::runtime::Desired;
use slipway_ports::runtime::RuntimeError;

/// How many of the newest operations are looked at; the most that one call gives.
const RECENT: i32 = 20;

impl AppRunnerRuntime {
    /// The ARN of the service of that name. App Runner finds by ARN only, and lists twenty at a time, so ARNs are
    /// remembered.
    pub(super) async fn arn(&self, name: &str) -> Result<Option<String>, RuntimeError> {
        if let Some(arn) = self.remembered(name) {
            return Ok(Some(arn));
        }
        let what = format!("find the App Runner service `{name}`");
        let mut pages = self.client.list_services().max_results(RECENT).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| error::read(&what, e))?;
            for summary in page.service_summary_list {
                let (Some(found), Some(arn)) = (summary.service_name, summary.service_arn) else { continue };
                if found == name && summary.status != Some(ServiceStatus::Deleted) {
                    self.remember(found, arn.clone());
                    return Ok(Some(arn));
                }
            }
        }
        Ok(None)
    }

    /// `None` when it is gone.
    pub(super) async fn describe(&self, arn: &str) -> Result<Option<Service>, RuntimeError> {
        match self.client.describe_service().service_arn(arn).send().await {
            Ok(answer) => Ok(answer.service.filter(|service| service.status != ServiceStatus::Deleted)),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => Ok(None),
            Err(e) => Err(error::read("look at the App Runner service", e)),
        }
    }

    pub(super) async fn create(&self, desired: &Desired) -> Result<String, RuntimeError> {
        let name = desired.target.resource_name();
        let call = self
            .client
            .create_service()
            .service_name(&name)
            .source_configuration(request::source(desired, &self.config).map_err(invalid)?)
            .instance_configuration(request::instance(desired, &self.config))
            .health_check_configuration(request::health(desired))
            .set_auto_scaling_configuration_arn(self.config.auto_scaling_configuration_arn.clone())
            .set_network_configuration(request::network(&self.config))
            .set_tags(Some(request::sdk_tags(&tags::of(desired))));
        let made = call.send().await.map_err(|e| error::read(&format!("create the App Runner service `{name}`"), e))?;
        if let Some(service) = made.service {
            self.remember(name, service.service_arn);
        }
        Ok(made.operation_id)
    }

    pub(super) async fn update(&self, service: &Service, desired: &Desired) -> Result<String, RuntimeError> {
        let call = self
            .client
            .update_service()
            .service_arn(&service.service_arn)
            .source_configuration(request::source(desired, &self.config).map_err(invalid)?)
            .instance_configuration(request::instance(desired, &self.config))
            .health_check_configuration(request::health(desired))
            .set_auto_scaling_configuration_arn(self.config.auto_scaling_configuration_arn.clone())
            .set_network_configuration(request::network(&self.config));
        let what = format!("update the App Runner service `{}`", service.service_name);
        let updated = call.send().await.map_err(|e| error::read(&what, e))?;
        Ok(updated.operation_id)
    }

    pub(super) async fn delete(&self, service: &Service) -> Result<(), RuntimeError> {
        let deleted = self.client.delete_service().service_arn(&service.service_arn).send().await;
        let what = format!("delete the App Runner service `{}`", service.service_name);
        deleted.map_err(|e| error::read(&what, e))?;
        Ok(())
    }

    pub(super) async fn tag(&self, service: &Service, tags: &Tags) -> Result<(), RuntimeError> {
        let call = self.client.tag_resource().resource_arn(&service.service_arn);
        let tagged = call.set_tags(Some(request::sdk_tags(tags))).send().await;
        tagged.map_err(|e| error::read("tag the App Runner service", e))?;
        Ok(())
    }

    /// `None` when the service is gone.
    pub(super) async fn tags(&self, arn: &str) -> Result<Option<Tags>, RuntimeError> {
        let answer = match self.client.list_tags_for_resource().resource_arn(arn).send().await {
            Ok(answer) => answer,
            Err(e) if e.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => return Ok(None),
            Err(e) => return Err(error::read("read the tags of the App Runner service", e)),
        };
        let tags = answer.tags.unwrap_or_default().into_iter();
        Ok(Some(tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect()))
    }

    /// The newest operations, newest first. `None` when the service is gone.
    pub(super) async fn operations(&self, arn: &str) -> Result<Option<Vec<OperationSummary>>, RuntimeError> {
        let answer = match self.client.list_operations().service_arn(arn).max_results(RECENT).send().await {
            Ok(answer) => answer,
            Err(e) if e.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => return Ok(None),
            Err(e) => return Err(error::read("list the operations of the App Runner service", e)),
        };
        let mut operations = answer.operation_summary_list.unwrap_or_default();
        operations.sort_by_key(|operation| std::cmp::Reverse(operation.started_at));
        Ok(Some(operations))
    }
}

fn invalid(error: aws_sdk_apprunner::error::BuildError) -> RuntimeError {
    RuntimeError::Invalid(error.to_string())
}
