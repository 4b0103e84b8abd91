//! ECS on ministack (PyPI), an emulator by others, when `SLIPWAY_TEST_MINISTACK` names its program.
//!
//! Without a Docker daemon its tasks are made up: they run at once, never fail and answer nowhere, so only the good paths
//! can be tried. It has no service deployments: the adapter's way without them is what is tested here.

use crate::{ecs, world::clock};
use async_trait::async_trait;
use slipway_domain::runtime::Target;
use slipway_ports::Runtime;
use slipway_runtime_aws::{EcsConfig, EcsRuntime};
use slipway_testkit::runtime_contract::{self, Image, World};
use std::{
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::process::{Child, Command};

struct Ministack {
    endpoint: String,
    /// Killed when dropped.
    _process: Child,
}

impl Ministack {
    async fn start(program: &str) -> Self {
        let port = {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            listener.local_addr().unwrap().port()
        };
        let process = Command::new(program)
            .envs([("BIND_HOST", "127.0.0.1"), ("MINISTACK_REGION", "eu-west-1"), ("LOG_LEVEL", "WARNING")])
            .env("GATEWAY_PORT", port.to_string())
            .env("DOCKER_HOST", "unix:///nonexistent")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let endpoint = format!("http://127.0.0.1:{port}");
        let deadline = Instant::now() + Duration::from_secs(60);
        while crate::world::get(&format!("{endpoint}/_ministack/health")).await != 200 {
            assert!(Instant::now() < deadline, "ministack did not start in time");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Self { endpoint, _process: process }
    }

    fn config(&self) -> EcsConfig {
        EcsConfig {
            health_check: None,
            url: Some("http://{name}.example.com/".into()),
            ..ecs::config(self.endpoint.clone())
        }
    }
}

#[async_trait]
impl World for Ministack {
    async fn connect(&self) -> Arc<dyn Runtime> {
        Arc::new(EcsRuntime::connect(self.config(), clock()).await)
    }

    fn image(&self, image: Image) -> Option<String> {
        matches!(image, Image::Good(_)).then(|| crate::world::sandbox_image(image))
    }

    async fn plant(&self, target: &Target) -> bool {
        ecs::plant(&self.endpoint, "apps", target).await;
        true
    }

    async fn get(&self, _: &str) -> Option<u16> {
        None
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ecs_works_on_an_emulator_by_others() {
    let Ok(program) = std::env::var("SLIPWAY_TEST_MINISTACK") else {
        eprintln!("SKIPPED: SLIPWAY_TEST_MINISTACK names no ministack program");
        return;
    };
    let world = Ministack::start(&program).await;
    EcsRuntime::connect(world.config(), clock()).await.create_cluster().await.unwrap();
    runtime_contract::a_service_is_created_and_answers(&world).await;
    runtime_contract::asking_twice_is_asking_once(&world).await;
    runtime_contract::a_new_version_replaces_the_old(&world).await;
    runtime_contract::the_same_version_is_deployed_again(&world).await;
    runtime_contract::a_roll_out_can_be_turned_back_half_way(&world).await;
    runtime_contract::absence_is_an_answer(&world).await;
    runtime_contract::removing_leaves_nothing(&world).await;
    runtime_contract::what_others_made_is_left_alone(&world).await;
    runtime_contract::a_restart_goes_on(&world).await;
}
