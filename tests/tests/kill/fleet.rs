//! The demo's services, as what deployments go to.

use serde_json::{Value, json};
use slipway_tests::{Client, Cloud, Dice, Server, client::ADMINISTRATOR, wait};
use std::collections::{BTreeMap, VecDeque};

/// Where these tests deploy to: only production is counted by delivery metrics.
const ENVIRONMENT: &str = "production";

/// A deployment that was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub id: String,
    pub service: String,
    /// Whether its image crashes.
    pub bad: bool,
    runtime: String,
    /// Its name in the cloud.
    resource: String,
    /// How often that had been rolled out before.
    before: usize,
}

impl Asked {
    /// ECS and App Runner go back by themselves, within the same roll-out. Kubernetes has to be told.
    pub fn wanted_roll_outs(&self) -> usize {
        if self.bad && self.runtime.starts_with("kubernetes") { 2 } else { 1 }
    }
}

/// Services by the runtime that production runs on.
pub struct Fleet<'a> {
    cloud: &'a Cloud,
    person: Client,
    machine: Client,
    services: BTreeMap<String, VecDeque<String>>,
}

impl<'a> Fleet<'a> {
    /// The services of a demo whose production runs.
    pub async fn of(server: &Server, cloud: &'a Cloud) -> Self {
        let person = Client::sign_in(server, ADMINISTRATOR).await;
        let machine = person.with_new_token(&["read", "create", "deploy"]).await;
        let mut services: BTreeMap<String, VecDeque<String>> = BTreeMap::new();
        let mut cursor = String::new();
        loop {
            let page = person.read("services", &[("query[cursor]", cursor.as_str())]).await;
            for row in page["items"].as_array().into_iter().flatten() {
                let name = row["name"].as_str().unwrap_or_default();
                let placements = row["placements"].as_array().into_iter().flatten();
                let there = placements.filter(|p| p["environment"] == ENVIRONMENT && p["current"].is_object());
                for placement in there {
                    let runtime = placement["runtime"].as_str().unwrap_or_default().to_owned();
                    services.entry(runtime).or_default().push_back(name.to_owned());
                }
            }
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }
        assert_eq!(services.len(), 3, "production runs on every sort of runtime: {services:?}");
        for (runtime, services) in &services {
            assert!(services.len() >= 5, "five of these tests go to {runtime} at a time: {services:?}");
            for service in services {
                let resource = resource(service);
                wait::until(format!("{resource} runs"), || async { cloud.has(&resource).await.then_some(()) }).await;
            }
        }
        Self { cloud, person, machine, services }
    }

    /// The runtimes, by name.
    pub fn runtimes(&self) -> Vec<String> {
        self.services.keys().cloned().collect()
    }

    /// Speaks to the server that took over.
    pub fn follow(&mut self, server: &Server) {
        self.person = self.person.at(server);
        self.machine = self.machine.at(server);
    }

    /// Asks for a deployment to the service of this runtime whose turn it is.
    pub async fn ask(&mut self, runtime: &str, bad: bool, dice: &mut Dice) -> Asked {
        let services = self.services.get_mut(runtime).expect("a runtime of the fleet");
        let service = services.pop_front().expect("checked at the start");
        services.push_back(service.clone());

        let resource = resource(&service);
        let before = self.cloud.roll_outs(&resource).await;
        let digest =
            format!("sha256:{:016x}{:016x}{:016x}{:016x}", dice.throw(), dice.throw(), dice.throw(), dice.throw());
        // App Runner takes images of ECR only.
        let registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
        let image = format!("{registry}/{}/{service}", if bad { "crash" } else { "good" });
        let revision = format!("{:016x}{:016x}{:08x}", dice.throw(), dice.throw(), dice.throw() as u32);
        let artifact =
            json!({"service": service, "image": image, "digest": digest, "revision": revision, "source": "test"});
        self.machine.post("/api/v1/artifacts", &artifact).await;
        let order = json!({"service": service, "environment": ENVIRONMENT, "artifact": digest, "reason": "A test"});
        let deployment = self.machine.post("/api/v1/deployments", &order).await;
        let id = deployment["id"].as_str().unwrap_or_else(|| panic!("no id: {deployment}")).to_owned();
        Asked { id, service, bad, runtime: runtime.to_owned(), resource, before }
    }

    /// Waits until a deployment is in a state, or was before anybody looked.
    pub async fn reaches(&self, asked: &Asked, state: &str) {
        wait::until(format!("{} is {state}", asked.service), || async {
            let page = self.deployment(asked).await;
            (page["row"]["state"] == state || page["row"]["finished_at"].is_i64()).then_some(())
        })
        .await;
    }

    /// A deployment's page, as data.
    pub async fn deployment(&self, asked: &Asked) -> Value {
        self.person.read("deployment", &[("id", asked.id.as_str())]).await
    }

    /// How often its resource was rolled out since it was asked for.
    pub async fn new_roll_outs(&self, asked: &Asked) -> usize {
        self.cloud.roll_outs(&asked.resource).await - asked.before
    }
}

/// What the adapters call it. Longer names end in a hash; the demo has none.
fn resource(service: &str) -> String {
    format!("{service}-{ENVIRONMENT}")
}
