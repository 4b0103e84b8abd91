//! Services that are there from the start.

use serde_json::json;

use super::{Ecs, progress, services};
use crate::{
    aws::{AwsError, Call},
    cluster::Cluster,
    preload::Placement,
};

impl Ecs {
    /// Adds a service in its steady state; one of that name that exists already stays as it is.
    pub(crate) fn preload(&mut self, placement: &Placement, cluster: &mut Cluster) -> Result<(), AwsError> {
        let cluster_arn = self.add_cluster(placement.region(), placement.cluster(), Default::default());
        let arn = services::service_arn(&cluster_arn, &placement.name);
        if self.services.contains_key(&arn) {
            return Ok(());
        }
        let variables: Vec<_> =
            placement.variables.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let tags: Vec<_> = placement.tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
        let call = Call {
            api: crate::aws::Api::Ecs,
            operation: "RegisterTaskDefinition".to_owned(),
            region: placement.region().to_owned(),
            input: json!({
                "family": placement.name, "tags": tags, "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
                "executionRoleArn": format!("arn:aws:iam::{}:role/sandbox-execution", crate::aws::ACCOUNT),
                "containerDefinitions": [{
                    "name": placement.name, "image": placement.image, "environment": variables,
                    "portMappings": [{ "containerPort": placement.port }],
                    "healthCheck": { "command": ["CMD-SHELL", format!("curl -f http://localhost:{}{}", placement.port, placement.health_path)] },
                }],
            }),
        };
        let registered = self.register_task_definition(&call, cluster)?;
        let definition = registered["taskDefinition"]["taskDefinitionArn"].as_str().unwrap_or_default().to_owned();
        let settings = json!({
            "launchType": "FARGATE",
            "networkConfiguration": { "awsvpcConfiguration": { "subnets": ["subnet-sandbox"], "assignPublicIp": "DISABLED" } },
            "deploymentConfiguration": { "deploymentCircuitBreaker": { "enable": true, "rollback": true } },
            "propagateTags": "SERVICE",
        });
        let mut service = services::blank(
            &arn,
            &placement.name,
            &cluster_arn,
            placement.region(),
            settings,
            placement.tags.clone(),
            cluster,
        );
        service.desired = placement.replicas;
        progress::begin(&mut service, &definition, cluster);
        let deployment = service.primary().map(|primary| primary.id.clone()).unwrap_or_default();
        if let Some(definition) = self.task_definitions.get(&definition) {
            for _ in 0..placement.replicas {
                progress::start_task(&mut service, &deployment, definition, cluster, Cluster::launch_settled);
            }
        }
        self.services.insert(arn, service);
        Ok(())
    }
}
