//! ECS on the sandbox, and on an account when `SLIPWAY_TEST_ECS_CONFIG` names a TOML file with `images` (two good ones, by
//! digest), `missing_image` and the table `runtime` (an `EcsConfig`).

use crate::world::{clock, get, leave, sandbox, sandbox_image};
use async_trait::async_trait;
use aws_sdk_ecs::types::{ContainerDefinition, NetworkMode};
use slipway_domain::{
    runtime::{Desired, Rollout, Target},
    workload::Workload,
};
use slipway_ports::{Runtime, runtime::RuntimeError};
use slipway_runtime_aws::{Credentials, EcsConfig, EcsRuntime};
use slipway_sandbox::{RuntimeKind, Sandbox};
use slipway_testkit::runtime_contract::{Image, World};
use std::{sync::Arc, time::Duration};

pub fn config(endpoint: String) -> EcsConfig {
    EcsConfig {
        region: "eu-west-1".into(),
        endpoint: Some(endpoint),
        credentials: Credentials::Sandbox,
        cluster: "apps".into(),
        subnets: vec!["subnet-0a1b2c3d".into()],
        security_groups: vec!["sg-0a1b2c3d".into()],
        assign_public_ip: false,
        execution_role_arn: Some("arn:aws:iam::123456789012:role/ecs-execution".into()),
        task_role_arn: None,
        log_group: Some("/slipway/apps".into()),
        health_check: Some("wget -q -O /dev/null http://127.0.0.1:{port}{path}".into()),
        url: None,
    }
}

/// A client of the same place, to do what Slipway does not.
pub async fn bystander(endpoint: &str) -> aws_sdk_ecs::Client {
    let credentials = aws_sdk_ecs::config::Credentials::new("000000000000", "sandbox", None, None, "test");
    let sdk = aws_config::defaults(aws_config::BehaviorVersion::latest())
        .region("eu-west-1")
        .endpoint_url(endpoint)
        .credentials_provider(credentials);
    aws_sdk_ecs::Client::new(&sdk.load().await)
}

/// Makes a service that nobody tagged.
pub async fn plant(endpoint: &str, cluster: &str, target: &Target) {
    let (client, name) = (bystander(endpoint).await, target.resource_name());
    let container = ContainerDefinition::builder().name("web").image(sandbox_image(Image::Good(9))).build();
    let definition = client.register_task_definition().family(&name).network_mode(NetworkMode::Awsvpc);
    let definition = definition.requires_compatibilities("FARGATE".into()).cpu("256").memory("512");
    let definition = definition.execution_role_arn("arn:aws:iam::123456789012:role/ecs-execution");
    definition.container_definitions(container).send().await.unwrap();
    let vpc = aws_sdk_ecs::types::AwsVpcConfiguration::builder().subnets("subnet-0a1b2c3d").build().unwrap();
    let network = aws_sdk_ecs::types::NetworkConfiguration::builder().awsvpc_configuration(vpc).build();
    let service = client.create_service().cluster(cluster).service_name(&name).task_definition(&name);
    service.desired_count(1).launch_type("FARGATE".into()).network_configuration(network).send().await.unwrap();
}

struct InSandbox {
    sandbox: Sandbox,
}

async fn in_sandbox() -> Option<InSandbox> {
    let sandbox = sandbox().await;
    EcsRuntime::connect(config(sandbox.aws_endpoint()), clock()).await.create_cluster().await.unwrap();
    Some(InSandbox { sandbox })
}

#[async_trait]
impl World for InSandbox {
    async fn connect(&self) -> Arc<dyn Runtime> {
        Arc::new(EcsRuntime::connect(config(self.sandbox.aws_endpoint()), clock()).await)
    }

    fn image(&self, image: Image) -> Option<String> {
        Some(sandbox_image(image))
    }

    fn workload(&self) -> Workload {
        Workload { replicas: 2, ..Workload::default() }
    }

    async fn plant(&self, target: &Target) -> bool {
        plant(&self.sandbox.aws_endpoint(), "apps", target).await;
        true
    }

    async fn leave(&self, desired: &Desired) -> bool {
        leave(&self.sandbox, RuntimeKind::Ecs, desired).await;
        true
    }

    async fn get(&self, url: &str) -> Option<u16> {
        Some(get(url).await)
    }
}

slipway_testkit::runtime_contract!(in_sandbox());

#[tokio::test]
async fn a_missing_cluster_is_said_as_such() {
    let sandbox = sandbox().await;
    let runtime = EcsRuntime::connect(config(sandbox.aws_endpoint()), clock()).await;
    let error = runtime.check().await.unwrap_err();
    assert!(matches!(&error, RuntimeError::Invalid(text) if text.contains("`apps`")), "{error:?}");
}

#[tokio::test]
async fn a_place_that_does_not_answer_is_unavailable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = EcsRuntime::connect(config(endpoint), clock()).await.check().await.unwrap_err();
    assert!(matches!(error, RuntimeError::Unavailable(_)) && error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn an_update_by_somebody_else_is_seen_as_what_it_is() {
    let world = in_sandbox().await.unwrap();
    let runtime = world.connect().await;
    let target = Target { service: "checkout".into(), environment: "dev".into() };
    plant(&world.sandbox.aws_endpoint(), "apps", &target).await;
    let observed = runtime.observe(&target, None).await.unwrap();
    assert!(observed.exists && observed.spec_hash.is_none() && observed.deployment.is_none(), "{observed:?}");
    assert!(!matches!(observed.rollout, Rollout::RolledBack { .. } | Rollout::Failed { .. }));
}

mod account {
    //! An account named by the environment.

    use super::*;

    #[derive(serde::Deserialize)]
    struct File {
        images: [String; 2],
        missing_image: String,
        runtime: EcsConfig,
    }

    struct Account {
        file: File,
        suffix: String,
    }

    async fn account() -> Option<Account> {
        let Ok(path) = std::env::var("SLIPWAY_TEST_ECS_CONFIG") else {
            eprintln!("SKIPPED: SLIPWAY_TEST_ECS_CONFIG names no ECS account");
            return None;
        };
        let file = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        Some(Account { file, suffix: format!("-{}", std::process::id()) })
    }

    #[async_trait]
    impl World for Account {
        async fn connect(&self) -> Arc<dyn Runtime> {
            Arc::new(EcsRuntime::connect(self.file.runtime.clone(), clock()).await)
        }

        fn image(&self, image: Image) -> Option<String> {
            match image {
                Image::Good(version) => Some(self.file.images[version as usize % 2].clone()),
                Image::Missing => Some(self.file.missing_image.clone()),
                Image::Crashing | Image::Unhealthy => None,
            }
        }

        async fn plant(&self, _: &Target) -> bool {
            false
        }

        async fn get(&self, _: &str) -> Option<u16> {
            None
        }

        fn suffix(&self) -> String {
            self.suffix.clone()
        }

        fn patience(&self) -> Duration {
            Duration::from_secs(20 * 60)
        }
    }

    slipway_testkit::runtime_contract!(account());
}
