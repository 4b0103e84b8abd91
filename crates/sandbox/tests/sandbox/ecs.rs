use aws_sdk_ecs::{
    Client,
    error::ProvideErrorMetadata,
    types::{
        AwsVpcConfiguration, Compatibility, ContainerDefinition, DeploymentCircuitBreaker, DeploymentConfiguration,
        DeploymentRolloutState, DesiredStatus, HealthCheck, KeyValuePair, LaunchType, NetworkConfiguration,
        NetworkMode, PortMapping, PropagateTags, Service, ServiceDeploymentStatus, ServiceField, Tag,
    },
};

use crate::support::{ecs, eventually, sandbox, visit};

async fn register(client: &Client, tag: &str) -> String {
    let container = ContainerDefinition::builder()
        .name("web")
        .image(format!("registry.example/team/web:{tag}"))
        .port_mappings(PortMapping::builder().container_port(8080).build())
        .environment(KeyValuePair::builder().name("MODE").value("test").build())
        .health_check(
            HealthCheck::builder()
                .command("CMD-SHELL")
                .command("curl -f http://localhost:8080/ready || exit 1")
                .build()
                .expect("a check"),
        )
        .build();
    let reply = client
        .register_task_definition()
        .family("web")
        .network_mode(NetworkMode::Awsvpc)
        .requires_compatibilities(Compatibility::Fargate)
        .cpu("256")
        .memory("512")
        .container_definitions(container)
        .send()
        .await
        .expect("registered");
    reply.task_definition().and_then(|definition| definition.task_definition_arn()).expect("an ARN").to_owned()
}

fn network() -> NetworkConfiguration {
    let vpc = AwsVpcConfiguration::builder().subnets("subnet-1").build().expect("a VPC");
    NetworkConfiguration::builder().awsvpc_configuration(vpc).build()
}

async fn create(client: &Client, tag: &str) -> Service {
    client.create_cluster().cluster_name("dev").send().await.expect("a cluster");
    let definition = register(client, tag).await;
    let breaker = DeploymentCircuitBreaker::builder().enable(true).rollback(true).build();
    let reply = client
        .create_service()
        .cluster("dev")
        .service_name("web")
        .task_definition(definition)
        .desired_count(2)
        .launch_type(LaunchType::Fargate)
        .client_token("token-1")
        .network_configuration(network())
        .deployment_configuration(DeploymentConfiguration::builder().deployment_circuit_breaker(breaker).build())
        .propagate_tags(PropagateTags::Service)
        .tags(Tag::builder().key("team").value("a").build())
        .send();
    reply.await.expect("created").service.expect("a service")
}

async fn describe(client: &Client) -> Service {
    let reply = client
        .describe_services()
        .cluster("dev")
        .services("web")
        .include(ServiceField::Tags)
        .send()
        .await
        .expect("described");
    reply.services().first().expect("the service").clone()
}

/// The newest service deployment once it has ended.
async fn rolled_out(client: &Client) -> aws_sdk_ecs::types::ServiceDeployment {
    eventually("the roll-out ends", || async {
        let arn = describe(client).await.current_service_deployment()?.to_owned();
        let reply = client.describe_service_deployments().service_deployment_arns(arn).send().await.expect("described");
        let rollout = reply.service_deployments().first().expect("the deployment").clone();
        rollout.finished_at().is_some().then_some(rollout)
    })
    .await
}

async fn images_served(client: &Client) -> Vec<String> {
    let tasks = client.list_tasks().cluster("dev").service_name("web").send().await.expect("listed");
    let tasks = client
        .describe_tasks()
        .cluster("dev")
        .set_tasks(Some(tasks.task_arns().to_vec()))
        .send()
        .await
        .expect("described");
    let mut images = Vec::new();
    for task in tasks.tasks() {
        let binding = &task.containers()[0].network_bindings()[0];
        assert_eq!((binding.bind_ip(), binding.container_port()), (Some("127.0.0.1"), Some(8080)));
        let url = format!("http://127.0.0.1:{}/", binding.host_port().expect("a port"));
        images.push(visit(&url).await.expect("an answer")["image"].as_str().expect("an image").to_owned());
    }
    images
}

#[tokio::test]
async fn a_service_is_created_updated_scaled_and_deleted() {
    let sandbox = sandbox().await;
    let client = ecs(&sandbox);
    create(&client, "v1").await;
    assert_eq!(rolled_out(&client).await.status(), Some(&ServiceDeploymentStatus::Successful));
    let service = describe(&client).await;
    assert_eq!((service.running_count(), service.pending_count(), service.deployments().len()), (2, 0, 1));
    assert_eq!(service.deployments()[0].rollout_state(), Some(&DeploymentRolloutState::Completed));
    assert_eq!(service.tags()[0].key(), Some("team"));
    assert!(service.events()[0].message().expect("a message").contains("steady state"));
    assert_eq!(images_served(&client).await, ["registry.example/team/web:v1"; 2]);

    let definition = register(&client, "v2").await;
    client.update_service().cluster("dev").service("web").task_definition(&definition).send().await.expect("updated");
    let rollout = rolled_out(&client).await;
    assert_eq!(rollout.status(), Some(&ServiceDeploymentStatus::Successful));
    let target = rollout.target_service_revision().and_then(|revision| revision.arn()).expect("a revision");
    let revisions = client.describe_service_revisions().service_revision_arns(target).send().await.expect("described");
    assert_eq!(revisions.service_revisions()[0].task_definition(), Some(definition.as_str()));
    assert_eq!(images_served(&client).await, ["registry.example/team/web:v2"; 2]);
    let history = client.list_service_deployments().cluster("dev").service("web").send().await.expect("listed");
    assert_eq!(history.service_deployments().len(), 2);

    client.update_service().cluster("dev").service("web").desired_count(3).send().await.expect("scaled");
    eventually("three tasks run", || async { (describe(&client).await.running_count() == 3).then_some(()) }).await;
    let history = client.list_service_deployments().cluster("dev").service("web").send().await.expect("listed");
    assert_eq!(history.service_deployments().len(), 2, "a new count alone is no deployment");

    let refused = client.delete_service().cluster("dev").service("web").send().await.expect_err("scaled above 0");
    assert!(refused.into_service_error().is_invalid_parameter_exception());
    client.delete_service().cluster("dev").service("web").force(true).send().await.expect("deleted");
    eventually("it is inactive", || async { (describe(&client).await.status() == Some("INACTIVE")).then_some(()) })
        .await;
    assert!(client.list_services().cluster("dev").send().await.expect("listed").service_arns().is_empty());
    sandbox.shutdown().await;
}

#[tokio::test]
async fn the_circuit_breaker_rolls_a_bad_image_back() {
    let sandbox = sandbox().await;
    let client = ecs(&sandbox);
    create(&client, "v1").await;
    rolled_out(&client).await;
    let good = describe(&client).await.task_definition().expect("a definition").to_owned();
    for (tag, code, exit) in [
        ("v2-fail-pull", "TaskFailedToStart", None),
        ("v2-crash", "EssentialContainerExited", Some(1)),
        ("v2-unhealthy", "ServiceSchedulerInitiated", Some(0)),
    ] {
        let definition = register(&client, tag).await;
        client
            .update_service()
            .cluster("dev")
            .service("web")
            .task_definition(&definition)
            .send()
            .await
            .expect("updated");
        let rollout = rolled_out(&client).await;
        assert_eq!(rollout.status(), Some(&ServiceDeploymentStatus::RollbackSuccessful), "{tag}");
        assert!(rollout.rollback().is_some());
        assert!(rollout.deployment_circuit_breaker().is_some_and(|breaker| breaker.failure_count() >= 3));
        let service = describe(&client).await;
        assert_eq!(service.task_definition(), Some(good.as_str()));
        assert_eq!(images_served(&client).await, ["registry.example/team/web:v1"; 2]);
        let why = eventually("a task of it has stopped", || async {
            let stopped = client
                .list_tasks()
                .cluster("dev")
                .service_name("web")
                .desired_status(DesiredStatus::Stopped)
                .send()
                .await
                .expect("listed");
            let stopped = client
                .describe_tasks()
                .cluster("dev")
                .set_tasks(Some(stopped.task_arns().to_vec()))
                .send()
                .await
                .expect("described");
            let of_this = stopped.tasks().iter().find(|task| {
                task.task_definition_arn() == Some(definition.as_str()) && task.last_status() == Some("STOPPED")
            });
            of_this
                .map(|task| (task.stop_code().expect("a code").as_str().to_owned(), task.containers()[0].exit_code()))
        })
        .await;
        assert_eq!(why, (code.to_owned(), exit), "{tag}");
    }
    sandbox.shutdown().await;
}

#[tokio::test]
async fn a_roll_out_is_stopped_by_hand() {
    let sandbox = sandbox().await;
    let client = ecs(&sandbox);
    create(&client, "v1").await;
    rolled_out(&client).await;
    let definition = register(&client, "v2-slow-60s").await;
    let service = client
        .update_service()
        .cluster("dev")
        .service("web")
        .task_definition(definition)
        .send()
        .await
        .expect("updated")
        .service
        .expect("a service");
    let arn = service.current_service_deployment().expect("a deployment");
    client.stop_service_deployment().service_deployment_arn(arn).send().await.expect("stopped");
    assert_eq!(rolled_out(&client).await.status(), Some(&ServiceDeploymentStatus::RollbackSuccessful));
    assert_eq!(images_served(&client).await, ["registry.example/team/web:v1"; 2]);
    sandbox.shutdown().await;
}

#[tokio::test]
async fn mistakes_are_named_as_the_service_names_them() {
    let sandbox = sandbox().await;
    let client = ecs(&sandbox);
    let size = client
        .register_task_definition()
        .family("web")
        .network_mode(NetworkMode::Awsvpc)
        .requires_compatibilities(Compatibility::Fargate)
        .cpu("256")
        .memory("8192")
        .container_definitions(ContainerDefinition::builder().name("web").image("registry.example/web:v1").build())
        .send()
        .await
        .expect_err("no such size")
        .into_service_error();
    assert!(size.is_client_exception());
    assert_eq!(size.message(), Some("No Fargate configuration exists for given values."));
    let cluster = client.describe_services().cluster("none").services("web").send().await.expect_err("no cluster");
    assert!(cluster.into_service_error().is_cluster_not_found_exception());
    let first = create(&client, "v1").await;
    let again = create(&client, "v1").await;
    assert_eq!(first.created_at(), again.created_at(), "the same client token is the same request");
    let other = client
        .create_service()
        .cluster("dev")
        .service_name("web")
        .task_definition("web")
        .desired_count(1)
        .network_configuration(network())
        .send()
        .await;
    assert!(other.expect_err("taken").into_service_error().is_invalid_parameter_exception());
    let service =
        client.update_service().cluster("dev").service("none").desired_count(1).send().await.expect_err("no service");
    assert!(service.into_service_error().is_service_not_found_exception());
    let missing = client.describe_services().cluster("dev").services("none").send().await.expect("described");
    assert_eq!(missing.failures()[0].reason(), Some("MISSING"));
    client.delete_service().cluster("dev").service("web").force(true).send().await.expect("deleted");
    let inactive =
        client.update_service().cluster("dev").service("web").desired_count(1).send().await.expect_err("inactive");
    assert!(inactive.into_service_error().is_service_not_active_exception());
    sandbox.shutdown().await;
}
