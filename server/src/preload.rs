//! Puts the demo's services into the sandbox as running already, marked as the adapters mark what they made, so that observing finds them.

use crate::compose::{SANDBOX_CLUSTER, SANDBOX_NAMESPACE, SANDBOX_REGION};
use anyhow::{Context as _, Result, bail};
use slipway_domain::runtime::{Desired, RuntimeKind};
use slipway_sandbox::{Placement, RuntimeKind as SandboxKind};
use slipway_services::{Slipway, demo};
use std::{collections::BTreeMap, time::Duration};

/// Starts in the sandbox at `url` what should be running. What runs there already stays as it is.
///
/// # Errors
/// When the sandbox does not answer or refuses.
pub async fn run(slipway: &Slipway, url: &str) -> Result<()> {
    let running = demo::placements_to_run(slipway).await?;
    let placements: Vec<Placement> = running
        .iter()
        .filter_map(|placement| {
            let kind = slipway.runtimes.get(&placement.runtime)?.kind();
            Some(entry(kind, &placement.desired))
        })
        .collect();
    let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).no_proxy().build()?;
    let answer = client
        .post(format!("{url}/_sandbox/preload"))
        .json(&placements)
        .send()
        .await
        .context("the sandbox did not answer")?;
    if !answer.status().is_success() {
        bail!("the sandbox refused: {}", answer.text().await.unwrap_or_default());
    }
    tracing::info!(sandbox.placements = placements.len(), "the demo's services run in the sandbox");
    Ok(())
}

fn entry(kind: RuntimeKind, desired: &Desired) -> Placement {
    let (tags, labels) = match kind {
        RuntimeKind::Ecs | RuntimeKind::AppRunner => (slipway_runtime_aws::tags(desired), BTreeMap::new()),
        RuntimeKind::Kubernetes => {
            (slipway_runtime_kubernetes::annotations(desired), slipway_runtime_kubernetes::labels(desired))
        }
    };
    let mut variables = desired.workload.variables.clone();
    if kind == RuntimeKind::AppRunner {
        variables.extend(slipway_runtime_aws::app_runner_marks(desired));
    }
    Placement {
        runtime: match kind {
            RuntimeKind::Ecs => SandboxKind::Ecs,
            RuntimeKind::AppRunner => SandboxKind::AppRunner,
            RuntimeKind::Kubernetes => SandboxKind::Kubernetes,
        },
        name: desired.target.resource_name(),
        cluster: Some(SANDBOX_CLUSTER.to_owned()),
        namespace: Some(SANDBOX_NAMESPACE.to_owned()),
        region: Some(SANDBOX_REGION.to_owned()),
        image: desired.image.clone(),
        replicas: desired.workload.replicas,
        tags,
        labels,
        variables,
        port: desired.workload.port,
        health_path: desired.workload.health_path.clone(),
    }
}
