//! The runtime contract on the sandbox, and on a cluster when `SLIPWAY_TEST_KUBECONFIG` names a kubeconfig file.

use async_trait::async_trait;
use slipway_domain::{
    runtime::{Desired, Target},
    time::Timestamp,
    workload::Workload,
};
use slipway_ports::{Clock, Runtime, runtime::RuntimeError};
use slipway_runtime_kubernetes::{KubernetesConfig, KubernetesRuntime};
use slipway_sandbox::{Placement, RuntimeKind, Sandbox, SandboxConfig, Timings};
use slipway_testkit::runtime_contract::{Image, World};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// A clock that stands still: the adapter only writes down what it says.
#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000)
    }
}

fn config(endpoint: String) -> KubernetesConfig {
    KubernetesConfig {
        kubeconfig: None,
        context: None,
        endpoint: Some(endpoint),
        namespace: "apps".into(),
        url: None,
        progress_deadline_seconds: 8,
    }
}

/// A cluster takes any amount of CPU, but not any name (RFC 1123).
fn spoil(desired: &mut Desired) {
    desired.target.service = "Contract_Wrong".into();
}

struct InSandbox {
    sandbox: Sandbox,
}

async fn in_sandbox() -> Option<InSandbox> {
    let config = SandboxConfig { timings: Timings::fast(), ..SandboxConfig::default() };
    let sandbox = Sandbox::start(config).await.unwrap();
    connect(&sandbox).await.create_namespace().await.unwrap();
    Some(InSandbox { sandbox })
}

async fn connect(sandbox: &Sandbox) -> KubernetesRuntime {
    KubernetesRuntime::connect(config(sandbox.kubernetes_endpoint()), Arc::new(Still)).await.unwrap()
}

#[async_trait]
impl World for InSandbox {
    async fn connect(&self) -> Arc<dyn Runtime> {
        Arc::new(connect(&self.sandbox).await)
    }

    fn image(&self, image: Image) -> Option<String> {
        let (name, version) = match image {
            Image::Good(version) => ("web", version),
            Image::Missing => ("fail-pull", 0),
            Image::Crashing => ("crash", 0),
            Image::Unhealthy => ("unhealthy", 0),
        };
        Some(format!("registry.example.com/payments/{name}@sha256:{version:064x}"))
    }

    fn workload(&self) -> Workload {
        Workload { replicas: 2, ..Workload::default() }
    }

    fn spoil(&self, desired: &mut Desired) {
        spoil(desired);
    }

    async fn plant(&self, target: &Target) -> bool {
        let name = target.resource_name();
        let labels = serde_json::json!({ "app": name });
        let deployment = serde_json::json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": name },
            "spec": { "selector": { "matchLabels": labels }, "template": {
                "metadata": { "labels": labels },
                "spec": { "containers": [{ "name": "web", "image": "registry.example.com/web:v1" }] },
            } },
        });
        let url = format!("{}/apis/apps/v1/namespaces/apps/deployments", self.sandbox.kubernetes_endpoint());
        let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
        let made = client.post(url).bearer_auth("any").json(&deployment).send().await.unwrap();
        assert_eq!(made.status().as_u16(), 201);
        true
    }

    async fn leave(&self, desired: &Desired) -> bool {
        let placement = Placement {
            runtime: RuntimeKind::Kubernetes,
            name: desired.target.resource_name(),
            cluster: None,
            namespace: Some("apps".into()),
            region: None,
            image: desired.image.clone(),
            replicas: desired.workload.replicas,
            tags: slipway_runtime_kubernetes::annotations(desired),
            labels: slipway_runtime_kubernetes::labels(desired),
            variables: BTreeMap::new(),
            port: desired.workload.port,
            health_path: desired.workload.health_path.clone(),
        };
        self.sandbox.preload(&[placement]).await.unwrap();
        true
    }

    async fn get(&self, url: &str) -> Option<u16> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
        Some(client.get(url).send().await.map_or(0, |answer| answer.status().as_u16()))
    }
}

slipway_testkit::runtime_contract!(in_sandbox());

#[tokio::test]
async fn a_kubeconfig_that_is_not_there_is_said_as_such() {
    let config =
        KubernetesConfig { kubeconfig: Some("/no/such/kubeconfig".into()), endpoint: None, ..config(String::new()) };
    let error = KubernetesRuntime::connect(config, Arc::new(Still)).await.unwrap_err();
    assert!(matches!(&error, RuntimeError::Denied(text) if text.contains("kubeconfig")), "{error:?}");
}

#[tokio::test]
async fn a_cluster_that_does_not_answer_is_unavailable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let runtime = KubernetesRuntime::connect(config(endpoint), Arc::new(Still)).await.unwrap();
    let error = runtime.check().await.unwrap_err();
    assert!(matches!(error, RuntimeError::Unavailable(_)) && error.is_transient(), "{error:?}");
}

mod cluster {
    //! A cluster named by the environment: `SLIPWAY_TEST_KUBECONFIG`, and `SLIPWAY_TEST_KUBE_IMAGES` with two images by
    //! digest, separated by a comma, that listen on 8080 and answer `/healthz`.

    use super::*;

    struct InCluster {
        config: KubernetesConfig,
        images: Vec<String>,
    }

    async fn in_cluster() -> Option<InCluster> {
        let (Ok(path), Ok(images)) =
            (std::env::var("SLIPWAY_TEST_KUBECONFIG"), std::env::var("SLIPWAY_TEST_KUBE_IMAGES"))
        else {
            eprintln!("SKIPPED: SLIPWAY_TEST_KUBECONFIG and SLIPWAY_TEST_KUBE_IMAGES name no cluster and images");
            return None;
        };
        let config = KubernetesConfig {
            kubeconfig: Some(path.into()),
            endpoint: None,
            namespace: "slipway-contract".into(),
            progress_deadline_seconds: 120,
            ..config(String::new())
        };
        let images: Vec<String> = images.split(',').map(str::to_owned).collect();
        assert_eq!(images.len(), 2, "SLIPWAY_TEST_KUBE_IMAGES names two images");
        let world = InCluster { config, images };
        world.runtime().await.create_namespace().await.unwrap();
        Some(world)
    }

    impl InCluster {
        async fn runtime(&self) -> KubernetesRuntime {
            KubernetesRuntime::connect(self.config.clone(), Arc::new(Still)).await.unwrap()
        }
    }

    #[async_trait]
    impl World for InCluster {
        async fn connect(&self) -> Arc<dyn Runtime> {
            Arc::new(self.runtime().await)
        }

        fn image(&self, image: Image) -> Option<String> {
            match image {
                Image::Good(version) => Some(self.images[version as usize % 2].clone()),
                Image::Missing => Some(format!("registry.invalid/missing@sha256:{:064x}", 0)),
                Image::Crashing | Image::Unhealthy => None,
            }
        }

        fn spoil(&self, desired: &mut Desired) {
            spoil(desired);
        }

        async fn plant(&self, _: &Target) -> bool {
            false
        }

        async fn get(&self, _: &str) -> Option<u16> {
            None
        }

        fn suffix(&self) -> String {
            format!("-{}", std::process::id())
        }

        fn patience(&self) -> Duration {
            Duration::from_secs(10 * 60)
        }
    }

    slipway_testkit::runtime_contract!(in_cluster());
}
