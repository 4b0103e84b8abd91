//! What was told, as events of the log.
//!
//! Keys follow from what is said: the same statement, heard again or read again from what is stored, is written once. What several
//! statements say of one thing, and which of them counts, is decided when the log is read (`slipway_dora`'s normalisation).

use crate::{
    insights::events::{commit_told, event},
    sources::setup::Setup,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use slipway_domain::{ids::ServiceId, time::Timestamp};
use slipway_dora::{Change, ChangeKind, Instant};
use slipway_ports::store::delivery::{DeliveryEvent, DeliveryKind};
use slipway_webhooks::{ChangeTold, Fact, IncidentTold, Push, Told};

/// The member of a change's payload that says that what delivers it is a hotfix.
pub(crate) const HOTFIX: &str = "hotfix";

/// The events of one thing told, for one service. Empty when it says nothing of what goes to production.
pub(super) fn events(source: &str, service: ServiceId, setup: &Setup, told: &Told) -> Vec<DeliveryEvent> {
    let at = timestamp(told.at);
    let make = |kind, payload: &Value| event(source, service, kind, at, String::new(), payload);
    let said = match &told.fact {
        Fact::Deployment(record) => {
            let mut record = record.clone();
            record.tier = setup.tier(told.subject.environment.as_deref(), record.tier);
            make(DeliveryKind::Deployment, &json!(record))
        }
        Fact::Change(ChangeTold { change, hotfix, commits, .. }) => {
            let mut payload = json!(change);
            payload[HOTFIX] = json!(hotfix);
            let said = make(DeliveryKind::Change, &payload);
            if !commits.is_empty() {
                let mut brought = brought(source, service, &change.landed, commits.iter().collect(), commits.len(), at);
                brought.key = format!("brought:{service}:{}", change.landed);
                return vec![brought, keyed(told, service, said, at)];
            }
            said
        }
        Fact::Incident(IncidentTold { incident, .. }) => make(DeliveryKind::Incident, &json!(incident)),
        // Said of incidents that are known, each as one of these (`closing.rs`).
        Fact::Resolved => return Vec::new(),
        Fact::Verdict { deployment, failed } => {
            let mut verdict = make(DeliveryKind::Verdict, &Value::Null);
            // Whole, also where it says "not".
            verdict.payload = json!({ "deployment": deployment, "failed": failed });
            verdict
        }
        Fact::Push(push) => return of_push(source, service, push, at),
    };
    vec![keyed(told, service, said, at)]
}

/// Under the key of what it is about, and a digest of what it says.
fn keyed(told: &Told, service: ServiceId, said: DeliveryEvent, at: Timestamp) -> DeliveryEvent {
    DeliveryEvent { key: format!("{}:{service}:{}", told.key, digest(at, &said.payload)), ..said }
}

/// A commit that reaches others: the last `count` of them came with it, so a pull request that landed as it is made of them.
fn brought(
    source: &str,
    service: ServiceId,
    head: &str,
    others: Vec<&String>,
    count: usize,
    at: Timestamp,
) -> DeliveryEvent {
    let parents: Vec<String> = others.into_iter().cloned().collect();
    let mut event = commit_told(source, service, head, &parents, at);
    event.payload["brought"] = json!(count);
    event
}

/// What makes two statements different: when they were true, and what they say.
fn digest(at: Timestamp, payload: &Value) -> String {
    let digest = Sha256::digest(format!("{} {payload}", at.as_millis()));
    hex::encode(&digest[..12])
}

/// A push to the default branch: its commits, and the change that each of them is. Other branches are work in progress.
///
/// Hosts say nothing of parents. What is certain is that the new head reaches the old one and every commit of the push, and that is what is
/// written, in the place of parents, with how many of them the push brought (`insights/once.rs` reads it so): a claim about the order
/// among them could contradict what git says.
fn of_push(source: &str, service: ServiceId, push: &Push, at: Timestamp) -> Vec<DeliveryEvent> {
    if !push.is_default_branch {
        return Vec::new();
    }
    // A branch that was rewritten does not reach what it was.
    let before = push.before.iter().filter(|_| !push.forced);
    let others: Vec<&String> =
        push.commits.iter().map(|commit| &commit.sha).filter(|sha| **sha != push.after).collect();
    let count = others.len();
    let mut events = vec![brought(source, service, &push.after, before.chain(others).collect(), count, at)];
    for commit in &push.commits {
        let change = Change {
            commits: vec![commit.at],
            kind: Some(ChangeKind::Commit),
            ..Change::new(commit.sha.as_str(), commit.sha.as_str(), commit.at)
        };
        let key = format!("change:{service}:{}", commit.sha);
        events.push(event(source, service, DeliveryKind::Change, timestamp(commit.at), key, &change));
    }
    events
}

pub(crate) fn timestamp(at: Instant) -> Timestamp {
    Timestamp::from_millis(at.ms())
}
