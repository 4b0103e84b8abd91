use aws_sdk_apprunner::{
    Client,
    error::ProvideErrorMetadata,
    types::{
        AuthenticationConfiguration, HealthCheckConfiguration, HealthCheckProtocol, ImageConfiguration,
        ImageRepository, ImageRepositoryType, InstanceConfiguration, OperationStatus, ServiceStatus,
        SourceConfiguration, Tag,
    },
};

use crate::support::{app_runner, eventually, sandbox, visit};

const REPOSITORY: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/orders";

fn source(tag: &str) -> SourceConfiguration {
    let image = ImageRepository::builder()
        .image_identifier(format!("{REPOSITORY}:{tag}"))
        .image_repository_type(ImageRepositoryType::Ecr)
        .image_configuration(ImageConfiguration::builder().port("8080").build())
        .build()
        .expect("a repository");
    SourceConfiguration::builder()
        .image_repository(image)
        .auto_deployments_enabled(false)
        .authentication_configuration(
            AuthenticationConfiguration::builder().access_role_arn("arn:aws:iam::123456789012:role/access").build(),
        )
        .build()
}

fn health() -> HealthCheckConfiguration {
    HealthCheckConfiguration::builder().protocol(HealthCheckProtocol::Http).path("/healthz").build()
}

async fn finished(client: &Client, arn: &str, operation: &str) -> OperationStatus {
    eventually("the operation ends", || async {
        let operations = client.list_operations().service_arn(arn).send().await.expect("operations");
        let found = operations
            .operation_summary_list()
            .iter()
            .find(|summary| summary.id() == Some(operation))
            .expect("the operation");
        found.ended_at().and(found.status()).cloned()
    })
    .await
}

async fn created(client: &Client, tag: &str) -> (String, OperationStatus) {
    let reply = client
        .create_service()
        .service_name("orders")
        .source_configuration(source(tag))
        .health_check_configuration(health())
        .send();
    let reply = reply.await.expect("created");
    let arn = reply.service().expect("a service").service_arn().to_owned();
    assert_eq!(reply.service().expect("a service").status(), &ServiceStatus::OperationInProgress);
    let status = finished(client, &arn, reply.operation_id()).await;
    (arn, status)
}

async fn described(client: &Client, arn: &str) -> aws_sdk_apprunner::types::Service {
    client.describe_service().service_arn(arn).send().await.expect("described").service.expect("a service")
}

fn image(service: &aws_sdk_apprunner::types::Service) -> String {
    let source = service.source_configuration().expect("a source");
    source.image_repository().expect("a repository").image_identifier().to_owned()
}

#[tokio::test]
async fn a_service_is_created_updated_paused_resumed_and_deleted() {
    let sandbox = sandbox().await;
    let client = app_runner(&sandbox);
    let (arn, status) = created(&client, "v1").await;
    assert_eq!(status, OperationStatus::Succeeded);
    let service = described(&client, &arn).await;
    assert_eq!(service.status(), &ServiceStatus::Running);
    let url = format!("http://{}/", service.service_url().expect("a URL"));
    assert_eq!(visit(&url).await.expect("an answer")["image"], format!("{REPOSITORY}:v1"));

    let update =
        client.update_service().service_arn(&arn).source_configuration(source("v2")).send().await.expect("updated");
    let busy =
        client.update_service().service_arn(&arn).source_configuration(source("v3")).send().await.expect_err("busy");
    assert!(busy.into_service_error().is_invalid_state_exception());
    assert_eq!(finished(&client, &arn, update.operation_id()).await, OperationStatus::Succeeded);
    assert_eq!(
        visit(&url).await.expect("an answer")["image"],
        format!("{REPOSITORY}:v2"),
        "the same address serves the new version"
    );

    let pause = client.pause_service().service_arn(&arn).send().await.expect("paused");
    assert_eq!(finished(&client, &arn, pause.operation_id().expect("an operation")).await, OperationStatus::Succeeded);
    assert_eq!(described(&client, &arn).await.status(), &ServiceStatus::Paused);
    let resume = client.resume_service().service_arn(&arn).send().await.expect("resumed");
    assert_eq!(finished(&client, &arn, resume.operation_id().expect("an operation")).await, OperationStatus::Succeeded);
    assert!(visit(&url).await.is_some());

    let delete = client.delete_service().service_arn(&arn).send().await.expect("deleted");
    assert_eq!(finished(&client, &arn, delete.operation_id()).await, OperationStatus::Succeeded);
    assert!(visit(&url).await.is_none());
    assert!(client.list_services().send().await.expect("listed").service_summary_list().is_empty());
    sandbox.shutdown().await;
}

#[tokio::test]
async fn a_bad_update_is_rolled_back_and_the_service_runs_the_old_image() {
    let sandbox = sandbox().await;
    let client = app_runner(&sandbox);
    let (arn, _) = created(&client, "v1").await;
    for tag in ["v2-fail-pull", "v2-crash", "v2-unhealthy"] {
        let update =
            client.update_service().service_arn(&arn).source_configuration(source(tag)).send().await.expect("accepted");
        assert_eq!(finished(&client, &arn, update.operation_id()).await, OperationStatus::RollbackSucceeded, "{tag}");
        let service = described(&client, &arn).await;
        assert_eq!((service.status(), image(&service)), (&ServiceStatus::Running, format!("{REPOSITORY}:v1")), "{tag}");
        let url = format!("http://{}/", service.service_url().expect("a URL"));
        assert_eq!(visit(&url).await.expect("an answer")["image"], format!("{REPOSITORY}:v1"));
    }
    sandbox.shutdown().await;
}

#[tokio::test]
async fn a_creation_that_failed_is_mended_by_an_update() {
    let sandbox = sandbox().await;
    let client = app_runner(&sandbox);
    let (arn, status) = created(&client, "fail-pull").await;
    assert_eq!(status, OperationStatus::Failed);
    assert_eq!(described(&client, &arn).await.status(), &ServiceStatus::CreateFailed);
    let update =
        client.update_service().service_arn(&arn).source_configuration(source("v2")).send().await.expect("accepted");
    assert_eq!(finished(&client, &arn, update.operation_id()).await, OperationStatus::Succeeded);
    assert_eq!(described(&client, &arn).await.status(), &ServiceStatus::Running);
    sandbox.shutdown().await;
}

#[tokio::test]
async fn mistakes_are_named_as_the_service_names_them() {
    let sandbox = sandbox().await;
    let client = app_runner(&sandbox);
    let short = client
        .create_service()
        .service_name("abc")
        .source_configuration(source("v1"))
        .send()
        .await
        .expect_err("too short");
    let short = short.into_service_error();
    assert!(short.is_invalid_request_exception());
    assert!(short.message().expect("a message").contains("serviceName"));
    let pair = InstanceConfiguration::builder().cpu("256").memory("2048").build();
    let pair = client
        .create_service()
        .service_name("orders")
        .source_configuration(source("v1"))
        .instance_configuration(pair)
        .send()
        .await;
    assert!(pair.expect_err("no such pair").into_service_error().is_invalid_request_exception());
    let missing = "arn:aws:apprunner:eu-west-1:123456789012:service/none/00000000000000000000000000000000";
    let missing = client.describe_service().service_arn(missing).send().await.expect_err("missing");
    assert!(missing.into_service_error().is_resource_not_found_exception());
    created(&client, "v1").await;
    let twice = client
        .create_service()
        .service_name("orders")
        .source_configuration(source("v1"))
        .send()
        .await
        .expect_err("taken");
    assert!(twice.into_service_error().message().expect("a message").contains("already exists"));
    sandbox.shutdown().await;
}

#[tokio::test]
async fn tags_and_pages() {
    let sandbox = sandbox().await;
    let client = app_runner(&sandbox);
    let (arn, _) = created(&client, "v1").await;
    client
        .tag_resource()
        .resource_arn(&arn)
        .tags(Tag::builder().key("team").value("a").build())
        .send()
        .await
        .expect("tagged");
    client
        .tag_resource()
        .resource_arn(&arn)
        .tags(Tag::builder().key("env").value("dev").build())
        .send()
        .await
        .expect("tagged");
    client.untag_resource().resource_arn(&arn).tag_keys("env").send().await.expect("untagged");
    let tags = client.list_tags_for_resource().resource_arn(&arn).send().await.expect("tags");
    assert_eq!(tags.tags().iter().map(|tag| (tag.key(), tag.value())).collect::<Vec<_>>(), [(Some("team"), Some("a"))]);
    for name in ["billing", "catalog"] {
        client.create_service().service_name(name).source_configuration(source("v1")).send().await.expect("created");
    }
    let (mut names, mut token) = (Vec::new(), None);
    loop {
        let page = client.list_services().max_results(2).set_next_token(token).send().await.expect("a page");
        names
            .extend(page.service_summary_list().iter().filter_map(|service| service.service_name().map(str::to_owned)));
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert_eq!(names, ["billing", "catalog", "orders"]);
    sandbox.shutdown().await;
}
