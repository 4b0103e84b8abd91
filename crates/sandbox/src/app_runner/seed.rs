//! New services, and services that are there from the start.

use serde_json::json;

use super::{
    AppRunner, arn_of, empty,
    model::{Configuration, Service, Status},
    validate,
};
use crate::{
    aws::{AwsError, Tags},
    cluster::Cluster,
    preload::Placement,
};

/// A service without instances, and its stable address.
pub(super) fn blank(
    name: &str,
    region: &str,
    configuration: Configuration,
    tags: Tags,
    cluster: &mut Cluster,
) -> Service {
    let id = cluster.ids.hex(32);
    let arn = arn_of(region, name, &id);
    let port = cluster.open_front(&arn, 0);
    Service {
        name: name.to_owned(),
        id,
        arn,
        region: region.to_owned(),
        port,
        created_at: cluster.now,
        updated_at: cluster.now,
        deleted_at: None,
        status: Status::Running,
        configuration,
        instances: Vec::new(),
        tags,
        operations: empty(),
        pending: None,
        events: empty(),
    }
}

impl AppRunner {
    /// Adds a running service; one of that name that exists already stays as it is.
    pub(crate) fn preload(&mut self, placement: &Placement, cluster: &mut Cluster) -> Result<(), AwsError> {
        validate::name(&placement.name)?;
        let region = placement.region();
        let exists = |service: &Service| {
            service.name == placement.name && service.region == region && service.status != Status::Deleted
        };
        if self.services.values().any(exists) {
            return Ok(());
        }
        let kind = if placement.image.starts_with("public.ecr.aws/") { "ECR_PUBLIC" } else { "ECR" };
        let source = json!({
            "ImageRepository": {
                "ImageIdentifier": placement.image,
                "ImageRepositoryType": kind,
                "ImageConfiguration": {
                    "Port": placement.port.to_string(),
                    "RuntimeEnvironmentVariables": placement.variables,
                },
            },
            "AutoDeploymentsEnabled": false,
            "AuthenticationConfiguration": { "AccessRoleArn": format!("arn:aws:iam::{}:role/sandbox-access", crate::aws::ACCOUNT) },
        });
        let configuration = Configuration {
            source: validate::source(&source)?,
            instance: validate::instance(&json!({}))?,
            health: validate::health(&json!({ "Protocol": "HTTP", "Path": placement.health_path }))?,
            network: validate::network(&json!({}))?,
            observability: serde_json::Value::Null,
            scaling_arn: None,
        };
        let mut service = blank(&placement.name, region, configuration, placement.tags.clone(), cluster);
        for _ in 0..placement.replicas {
            let id = cluster.ids.hex(32);
            cluster.launch_settled(&id, service.configuration.spec(&service.name, &id[..8]));
            service.instances.push(id);
        }
        cluster.put_behind(&service.arn, service.instances.iter().map(String::as_str));
        self.services.insert(service.arn.clone(), service);
        Ok(())
    }
}
