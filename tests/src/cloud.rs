//! The sandbox as a process of its own, so that it goes on when the server dies.

use crate::{
    needs,
    process::{Process, free_port},
    wait,
};
use serde_json::{Value, json};
use std::{path::Path, process::Command};

/// `slipway sandbox`, running.
#[derive(Debug)]
pub struct Cloud {
    /// Where all its APIs are.
    pub url: String,
    http: reqwest::Client,
    _process: Process,
}

impl Cloud {
    /// Starts it with its state in `folder`.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(folder: &Path) -> Self {
        let program = needs::path(needs::PROGRAM).expect("checked by the caller");
        let http = crate::client::http();
        loop {
            let port = free_port();
            let url = format!("http://127.0.0.1:{port}");
            let mut command = Command::new(&program);
            command.args(["sandbox", "--listen", &format!("127.0.0.1:{port}"), "--state"]).arg(folder.join("cloud"));
            let mut process = Process::start("the sandbox", command, folder.join("cloud.log"));
            let answers = wait::until("the sandbox answers", || {
                let ended = process.has_ended();
                let asked = http.get(format!("{url}/_sandbox/state")).send();
                async move { if ended { Some(false) } else { asked.await.ok().map(|_| true) } }
            })
            .await;
            if answers {
                return Self { url, http, _process: process };
            }
            assert!(process.output().contains("in use"), "the sandbox ended: {}", process.output());
        }
    }

    /// Everything in it, in short.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn state(&self) -> Value {
        let answer = self.http.get(format!("{}/_sandbox/state", self.url)).send().await.expect("the sandbox answers");
        answer.json().await.expect("its state is JSON")
    }

    /// Whether there is a service or Deployment of that name.
    pub async fn has(&self, name: &str) -> bool {
        let state = self.state().await;
        let lists = [&state["ecs"], &state["appRunner"], &state["kubernetes"]["deployments"]];
        lists.into_iter().filter_map(|list| list.as_array()).flatten().any(|item| item["name"] == name)
    }

    /// How often the resource `name` was rolled out: service deployments of ECS, operations of App Runner, generations of a
    /// Kubernetes Deployment. 0 when there is no such resource.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn roll_outs(&self, name: &str) -> usize {
        let state = self.state().await;
        let named = |list: &Value| list.as_array().into_iter().flatten().find(|item| item["name"] == name).cloned();
        if let Some(service) = named(&state["ecs"]) {
            let cluster = service["cluster"].as_str().unwrap_or_default();
            let body = json!({"service": name, "cluster": cluster});
            return self
                .aws_list(
                    "AmazonEC2ContainerServiceV20141113.ListServiceDeployments",
                    body,
                    "serviceDeployments",
                    "nextToken",
                )
                .await
                .len();
        }
        if named(&state["appRunner"]).is_some() {
            let services = self.aws_list("AppRunner.ListServices", json!({}), "ServiceSummaryList", "NextToken").await;
            let service = services.iter().find(|service| service["ServiceName"] == name);
            let arn = service.map(|service| service["ServiceArn"].clone()).expect("it was in the state");
            let body = json!({"ServiceArn": arn, "MaxResults": 20});
            return self.aws_list("AppRunner.ListOperations", body, "OperationSummaryList", "NextToken").await.len();
        }
        let url = format!("{}/apis/apps/v1/deployments?fieldSelector=metadata.name%3D{name}", self.url);
        let answer = self.http.get(url).send().await.expect("the sandbox answers");
        let list: Value = answer.json().await.expect("Kubernetes speaks JSON");
        let generation = list["items"][0]["metadata"]["generation"].as_u64().unwrap_or(0);
        usize::try_from(generation).expect("few generations")
    }

    async fn aws(&self, target: &str, body: Value) -> Value {
        let version =
            if target.starts_with("AppRunner") { "application/x-amz-json-1.0" } else { "application/x-amz-json-1.1" };
        let service = if target.starts_with("AppRunner") { "apprunner" } else { "ecs" };
        // The sandbox takes any signature, but reads the region from it.
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential=TEST/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=00"
        );
        let request = self.http.post(&self.url).header("x-amz-target", target).header("content-type", version);
        let answer = request
            .header("authorization", signature)
            .body(body.to_string())
            .send()
            .await
            .expect("the sandbox answers");
        let ok = answer.status().is_success();
        let answer: Value = answer.json().await.expect("AWS speaks JSON");
        assert!(ok, "{target} {body}: {answer}");
        answer
    }

    /// The items of a list, of all its pages.
    async fn aws_list(&self, target: &str, mut body: Value, items: &str, token: &str) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let answer = self.aws(target, body.clone()).await;
            all.extend(answer[items].as_array().into_iter().flatten().cloned());
            match answer.get(token).filter(|next| next.is_string()) {
                Some(next) => body[token] = next.clone(),
                None => return all,
            }
        }
    }
}
