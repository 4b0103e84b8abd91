//! Deliveries by the door that they come by: signed requests to a source, each answered once what it says is kept and told.

use super::fill::Fill;
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use slipway_domain::time::Timestamp;
use slipway_tests::{Client, Server, client};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::Mutex, task::JoinSet};

/// For how long they are sent.
const TIME: Duration = Duration::from_secs(5);
/// Requests under way at a time.
const SENDERS: usize = 4;

/// How many events a second came in by them: each request brings a deployment and the change in it.
pub async fn measure(person: &Client, server: &Server, fill: &Arc<Mutex<Fill>>) -> Result<f64> {
    let made = person.call("make-source", &[("source[name]", "Load"), ("source[kind]", "generic")]).await;
    let line =
        |at: usize| made["lines"][at][1].as_str().map(str::to_owned).context("a source has an address and a secret");
    let (url, secret) = (line(0)?, line(1)?);
    let path = url.find("/hooks/").map(|at| url[at..].to_owned()).context("an address of hooks")?;
    let url = format!("{}{path}", server.url);
    let began = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        let (url, secret, fill) = (url.clone(), secret.clone(), fill.clone());
        senders.spawn(async move {
            let (http, mut events) = (client::http(), 0);
            while began.elapsed() < TIME {
                let (service, number) = fill.lock().await.next();
                let body = told(&service, number);
                let answer = http.post(&url).bearer_auth(&secret).json(&body).send().await?;
                let status = answer.status();
                let answer: Value = answer.json().await?;
                ensure!(status.is_success(), "{status}: {answer}");
                events += answer["events"].as_u64().context("a receipt counts events")?;
            }
            anyhow::Ok(events)
        });
    }
    let mut events = 0;
    while let Some(sender) = senders.join_next().await {
        events += sender??;
    }
    Ok(events as f64 / began.elapsed().as_secs_f64())
}

fn told(service: &str, number: usize) -> Value {
    let sha = format!("{number:040x}");
    let at = |minutes: i64| Timestamp::from_millis(1_700_000_000_000 + (number as i64 + minutes) * 60_000).to_rfc3339();
    json!([
        {"event": "change", "id": format!("sent-{number}"), "service": service, "landed": sha, "first_commit_at": at(0), "merged_at": at(20)},
        {"event": "deployment", "id": format!("sent-{number}"), "service": service, "environment": "production", "revision": sha,
         "started_at": at(25), "finished_at": at(30), "status": "success"},
    ])
}
