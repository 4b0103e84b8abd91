//! App Runner on the sandbox. There is no other emulator of it.

use crate::world::{clock, get, leave, sandbox, sandbox_image};
use async_trait::async_trait;
use aws_sdk_apprunner::types::{ImageRepository, ImageRepositoryType, SourceConfiguration};
use slipway_domain::runtime::{Desired, Target};
use slipway_ports::Runtime;
use slipway_runtime_aws::{AppRunnerConfig, AppRunnerRuntime, Credentials};
use slipway_sandbox::{RuntimeKind, Sandbox};
use slipway_testkit::runtime_contract::{Image, World};
use std::sync::Arc;

struct InSandbox {
    sandbox: Sandbox,
}

async fn in_sandbox() -> Option<InSandbox> {
    Some(InSandbox { sandbox: sandbox().await })
}

#[async_trait]
impl World for InSandbox {
    async fn connect(&self) -> Arc<dyn Runtime> {
        let config = AppRunnerConfig {
            region: "eu-west-1".into(),
            endpoint: Some(self.sandbox.aws_endpoint()),
            credentials: Credentials::Sandbox,
            access_role_arn: Some("arn:aws:iam::123456789012:role/service-role/AppRunnerECRAccessRole".into()),
            instance_role_arn: None,
            auto_scaling_configuration_arn: None,
            vpc_connector_arn: None,
        };
        Arc::new(AppRunnerRuntime::connect(config, clock()).await)
    }

    fn image(&self, image: Image) -> Option<String> {
        Some(sandbox_image(image))
    }

    async fn plant(&self, target: &Target) -> bool {
        let credentials = aws_sdk_apprunner::config::Credentials::new("000000000000", "sandbox", None, None, "test");
        let sdk = aws_config::defaults(aws_config::BehaviorVersion::latest())
            .region("eu-west-1")
            .endpoint_url(self.sandbox.aws_endpoint())
            .credentials_provider(credentials);
        let image = ImageRepository::builder()
            .image_identifier("public.ecr.aws/example/web:v1")
            .image_repository_type(ImageRepositoryType::EcrPublic)
            .build()
            .unwrap();
        let source = SourceConfiguration::builder().image_repository(image).auto_deployments_enabled(false).build();
        let client = aws_sdk_apprunner::Client::new(&sdk.load().await);
        let made = client.create_service().service_name(target.resource_name()).source_configuration(source);
        made.send().await.unwrap();
        true
    }

    async fn leave(&self, desired: &Desired) -> bool {
        leave(&self.sandbox, RuntimeKind::AppRunner, desired).await;
        true
    }

    async fn get(&self, url: &str) -> Option<u16> {
        Some(get(url).await)
    }

    fn says_why(&self) -> bool {
        false
    }
}

slipway_testkit::runtime_contract!(in_sandbox());
