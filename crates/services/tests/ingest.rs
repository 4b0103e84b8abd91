//! Webhooks: kept, told once, matched to services, counted; and what is not believed changes nothing.

mod common;

use async_trait::async_trait;
use common::{PlainSecrets, TestWorld};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use sha2::Sha256;
use slipway_api_types::{
    ErrorCode,
    insights::Metric,
    sources::{DeliveryState, NewSource, SourcePage},
};
use slipway_domain::{
    access::Role,
    time::{DAY, HOUR, MINUTE, Timestamp},
};
use slipway_ports::{
    Secrets as _, Store, Tx,
    forge::Commit,
    store::{StoreError, sources::DeliveryStatus},
};
use slipway_services::{
    Caller,
    import::{self, Tag},
    ingest::{self, Receipt},
    insights, reconcile, sources,
};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// A world with a service `checkout` of the GitHub repository `acme/checkout`, and a source.
struct Hooks {
    world: TestWorld,
    admin: Caller,
    source: String,
    secret: String,
    sent: std::cell::Cell<u32>,
}

impl Hooks {
    async fn new(kind: &str) -> Self {
        let world = TestWorld::new().await;
        let admin = world.person("ada", Role::Administrator, None).await;
        world.service("checkout", json!({"github.com/project-slug": "acme/checkout"})).await;
        let new = NewSource { name: "Theirs".to_owned(), kind: kind.to_owned(), ..NewSource::default() };
        let made = sources::make(&world.slipway, &admin, &new).await.unwrap();
        let source = made.href.trim_start_matches("/settings/sources/").to_owned();
        assert_eq!(made.lines[0].1, format!("http://slipway.test/hooks/{source}"));
        Self { world, admin, source, secret: made.lines[1].1.clone(), sent: std::cell::Cell::new(0) }
    }

    /// GitHub's, on a database that cannot write for so many times.
    async fn stumbling(times: u32) -> Self {
        let mut hooks = Self::new("github").await;
        let stumbling = Stumbling { store: hooks.world.store.clone(), times: AtomicU32::new(times) };
        Arc::get_mut(&mut hooks.world.slipway).unwrap().store = Arc::new(stumbling);
        hooks
    }

    /// As GitHub signs.
    fn headers(&self, event: &str, key: &str, body: &str) -> HeaderMap {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        [("x-github-event", event), ("x-github-delivery", key), ("x-hub-signature-256", &signature)]
            .into_iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    async fn send(&self, event: &str, body: &Value) -> Receipt {
        self.sent.set(self.sent.get() + 1);
        self.send_as(event, &format!("delivery-{}", self.sent.get()), body).await
    }

    async fn send_as(&self, event: &str, key: &str, body: &Value) -> Receipt {
        let body = body.to_string();
        let headers = self.headers(event, key, &body);
        ingest::receive(&self.world.slipway, &self.source, &headers, body.as_bytes()).await.unwrap()
    }

    async fn page(&self) -> SourcePage {
        sources::page(&self.world.slipway, &self.admin, &self.source, "").await.unwrap()
    }

    async fn sample(&self, metric: Metric) -> (Option<String>, String) {
        let panel = insights::panel_of(&self.world.slipway, &self.admin, "checkout").await.unwrap();
        let tile = panel.tiles.into_iter().find(|tile| tile.metric == metric).unwrap();
        (tile.value, tile.sample)
    }

    async fn events(&self) -> usize {
        self.world.store.begin_read().await.unwrap().delivery_events(None).await.unwrap().len()
    }

    fn ago(&self, millis: i64) -> String {
        self.world.slipway.clock.now().plus(-millis).to_rfc3339()
    }
}

fn sha(number: u32) -> String {
    format!("{number:040x}")
}

fn deployment_status(id: u32, sha: &str, state: &str, at: &str) -> Value {
    json!({
        "action": "created",
        "deployment_status": {"id": 1, "state": state, "created_at": at, "updated_at": at},
        "deployment": {
            "id": id, "sha": sha, "ref": "main", "task": "deploy", "environment": "production",
            "production_environment": true, "created_at": at, "payload": {},
        },
        "repository": {"id": 7, "full_name": "acme/checkout", "default_branch": "main"},
    })
}

fn push(before: &str, commits: &[(String, String)]) -> Value {
    let told: Vec<Value> = commits
        .iter()
        .map(|(sha, at)| json!({"id": sha, "timestamp": at, "added": [], "modified": ["a"], "removed": []}))
        .collect();
    let (after, at) = commits.last().unwrap();
    json!({
        "ref": "refs/heads/main", "before": before, "after": after, "forced": false, "deleted": false,
        "commits": told, "head_commit": {"id": after, "timestamp": at},
        "repository": {"id": 7, "full_name": "acme/checkout", "default_branch": "main"},
    })
}

fn merged(number: u32, landed: &str, opened: &str, at: &str) -> Value {
    json!({
        "action": "closed",
        "pull_request": {
            "id": number, "number": number, "merged": true, "created_at": opened, "merged_at": at, "closed_at": at,
            "merge_commit_sha": landed, "labels": [], "head": {"ref": "work"}, "base": {"ref": "main"}, "user": {"type": "User"},
        },
        "repository": {"id": 7, "full_name": "acme/checkout", "default_branch": "main"},
    })
}

#[tokio::test]
async fn what_github_tells_is_counted_and_hearing_it_again_changes_nothing() {
    let hooks = Hooks::new("github").await;
    let at = |days: i64| hooks.ago(days * DAY);
    hooks.send("deployment_status", &deployment_status(1, &sha(1), "success", &at(20))).await;
    hooks.send("push", &push(&sha(1), &[(sha(2), at(12)), (sha(3), at(11)), (sha(4), at(10))])).await;
    hooks.send("pull_request", &merged(5, &sha(4), &at(11), &at(10))).await;
    let running = hooks.send("deployment_status", &deployment_status(2, &sha(4), "in_progress", &at(10))).await;
    assert_eq!((running.status, running.events), (DeliveryStatus::Taken, 1));
    let body = deployment_status(2, &sha(4), "success", &hooks.ago(10 * DAY - HOUR));
    let first = hooks.send_as("deployment_status", "twice", &body).await;
    assert_eq!((first.status, first.duplicate), (DeliveryStatus::Taken, false));

    assert_eq!(hooks.sample(Metric::DeploymentFrequency).await.1, "n = 2 deployments in 30 days");
    // Three commits landed as one pull request: one change, begun with the first of them and not when it was opened.
    let lead = hooks.sample(Metric::LeadTime).await;
    assert_eq!(lead.1, "n = 1 change");
    let day = |at: Timestamp| {
        jiff::Timestamp::from_millisecond(at.as_millis()).unwrap().to_zoned(jiff::tz::TimeZone::UTC).date()
    };
    let now = hooks.world.slipway.clock.now();
    let question = insights::Question { service: "checkout", from: day(now.plus(-30 * DAY)), to: day(now) };
    let metric = slipway_dora::Metric::LeadTime;
    let explained = insights::explain(&hooks.world.slipway, &hooks.admin, question, metric).await.unwrap();
    assert_eq!(explained.explanation.value, Some(49.0 * 3_600.0));

    let (before, numbers) = (hooks.events().await, hooks.sample(Metric::LeadTime).await);
    let again = hooks.send_as("deployment_status", "twice", &body).await;
    assert!(again.duplicate);
    assert_eq!(again.id, first.id);
    // The same statement under another key, and everything that is kept read again: still the same.
    hooks.send_as("deployment_status", "other-key", &body).await;
    for delivery in hooks.page().await.deliveries {
        sources::redeliver(&hooks.world.slipway, &hooks.admin, &delivery.id).await.unwrap();
    }
    assert_eq!(hooks.events().await, before);
    assert_eq!(hooks.sample(Metric::LeadTime).await, numbers);
    let page = hooks.page().await;
    assert_eq!((page.row.heard, page.row.refused), (6, 0));
    assert!(page.deliveries.iter().all(|row| row.state == DeliveryState::Taken), "{:?}", page.deliveries);
}

#[tokio::test]
async fn what_is_not_signed_is_counted_and_changes_nothing() {
    let hooks = Hooks::new("github").await;
    let body = deployment_status(1, &sha(1), "success", &hooks.ago(DAY)).to_string();
    let mut unsigned = hooks.headers("deployment_status", "a", &body);
    unsigned.remove("x-hub-signature-256");
    let mut forged = hooks.headers("deployment_status", "a", "another body");
    forged.insert("x-github-delivery", HeaderValue::from_static("a"));
    for headers in [unsigned, forged] {
        let error = ingest::receive(&hooks.world.slipway, &hooks.source, &headers, body.as_bytes()).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::SignInRequired);
        assert!(!error.message.contains(&hooks.secret));
    }
    assert_eq!(hooks.events().await, 0);
    let page = hooks.page().await;
    assert_eq!((page.row.refused, page.row.heard, page.deliveries.len()), (2, 0, 0));
    assert!(page.last_refused.unwrap().1.contains("does not fit"), "says why");
    let headers = hooks.headers("push", "b", "{}");
    for unknown in ["0190b5c2-7c1e-7d3a-9f00-3c2a1b4d5e6f", "x"] {
        let error = ingest::receive(&hooks.world.slipway, unknown, &headers, b"{}").await.unwrap_err();
        assert_eq!(error.code, ErrorCode::NotFound);
    }
}

#[tokio::test]
async fn what_says_nothing_or_cannot_be_read_is_kept_with_its_reason() {
    let hooks = Hooks::new("github").await;
    let told = hooks.send("star", &json!({"action": "created"})).await;
    assert_eq!((told.status, told.events), (DeliveryStatus::Ignored, 0));
    let mut broken = deployment_status(1, &sha(1), "success", "yesterday");
    broken["deployment"]["created_at"] = json!(hooks.ago(DAY));
    let body = broken.to_string();
    let headers = hooks.headers("deployment_status", "broken", &body);
    let error = ingest::receive(&hooks.world.slipway, &hooks.source, &headers, body.as_bytes()).await.unwrap_err();
    assert_eq!(error.fields[0].field, "deployment_status.created_at");
    let page = hooks.page().await;
    assert_eq!(page.deliveries[0].state, DeliveryState::Refused);
    assert!(page.deliveries[0].note.as_ref().unwrap().starts_with("deployment_status.created_at: "));
    // Mended, it may come under the same key.
    let mended = deployment_status(1, &sha(1), "success", &hooks.ago(DAY));
    assert_eq!(hooks.send_as("deployment_status", "broken", &mended).await.status, DeliveryStatus::Taken);
}

#[tokio::test]
async fn what_matches_nothing_waits_for_a_mapping() {
    let hooks = Hooks::new("github").await;
    let mut body = deployment_status(1, &sha(1), "success", &hooks.ago(DAY));
    body["repository"]["full_name"] = json!("acme/cart");
    let told = hooks.send("deployment_status", &body).await;
    assert_eq!(told.status, DeliveryStatus::Unmatched);
    assert!(told.note.unwrap().contains("github.com/project-slug: acme/cart"));
    assert_eq!(hooks.events().await, 0);
    hooks.world.service("cart", json!({"github.com/project-slug": "Acme/Cart"})).await;
    // By itself, some time later.
    assert_eq!(reconcile::pass_ingest(hooks.world.slipway.clone()).await.unwrap(), 0);
    hooks.world.clock.advance(11 * MINUTE);
    assert_eq!(reconcile::pass_ingest(hooks.world.slipway.clone()).await.unwrap(), 1);
    let row = hooks.page().await.deliveries.remove(0);
    assert_eq!((row.state, row.events), (DeliveryState::Taken, 1));
}

#[tokio::test]
async fn what_was_kept_and_not_told_is_told_after_a_crash() {
    let hooks = Hooks::new("github").await;
    let told = hooks.send("deployment_status", &deployment_status(1, &sha(1), "success", &hooks.ago(2 * DAY))).await;
    // As it is when the program dies between keeping and telling the next one.
    let mut tx = hooks.world.store.begin_write().await.unwrap();
    let mut kept = tx.source_delivery(told.id).await.unwrap().unwrap();
    kept.id = slipway_domain::ids::SourceDeliveryId::from_uuid(slipway_ports::Entropy::uuid(&*hooks.world.entropy));
    kept.key = "before the crash".to_owned();
    kept.body = deployment_status(2, &sha(2), "success", &hooks.ago(DAY)).to_string().into_bytes();
    (kept.status, kept.tried_at, kept.events) = (DeliveryStatus::Stored, None, 0);
    assert!(tx.add_source_delivery(&kept).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(hooks.events().await, 1);
    assert_eq!(reconcile::pass_ingest(hooks.world.slipway.clone()).await.unwrap(), 1);
    assert_eq!(hooks.events().await, 2);
    assert_eq!(reconcile::pass_ingest(hooks.world.slipway.clone()).await.unwrap(), 0);
}

/// A database that cannot write for so many times.
#[derive(Debug)]
struct Stumbling {
    store: Arc<dyn Store>,
    times: AtomicU32,
}

#[async_trait]
impl Store for Stumbling {
    async fn begin_read(&self) -> Result<Box<dyn Tx>, StoreError> {
        self.store.begin_read().await
    }

    async fn begin_write(&self) -> Result<Box<dyn Tx>, StoreError> {
        match self.times.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |times| times.checked_sub(1)) {
            Ok(_) => Err(StoreError::Unavailable("it stumbles".to_owned())),
            Err(_) => self.store.begin_write().await,
        }
    }

    fn watch(&self) -> tokio::sync::watch::Receiver<u64> {
        self.store.watch()
    }

    async fn describe(&self) -> Result<String, StoreError> {
        self.store.describe().await
    }

    async fn now(&self) -> Result<Timestamp, StoreError> {
        self.store.now().await
    }
}

#[tokio::test]
async fn what_cannot_be_told_is_kept_and_told_later() {
    let hooks = Hooks::stumbling(1).await;
    let deployed = deployment_status(1, &sha(1), "success", &hooks.ago(DAY));
    let kept = hooks.send_as("deployment_status", "one", &deployed).await;
    assert_eq!((kept.status, kept.events, kept.duplicate), (DeliveryStatus::Stored, 0, false));
    assert_eq!(hooks.events().await, 0);
    // The sender may send it again; once is enough.
    assert!(hooks.send_as("deployment_status", "one", &deployed).await.duplicate);
    assert_eq!(reconcile::pass_ingest(hooks.world.slipway.clone()).await.unwrap(), 1);
    assert_eq!(hooks.events().await, 1);
    let again = hooks.send_as("deployment_status", "one", &deployed).await;
    assert_eq!((again.duplicate, again.status, again.events), (true, DeliveryStatus::Taken, 1));
    let rows = hooks.page().await.deliveries;
    assert_eq!(rows.iter().map(|row| (row.state, row.events)).collect::<Vec<_>>(), [(DeliveryState::Taken, 1)]);
}

#[tokio::test]
async fn what_cannot_even_be_kept_is_not_acknowledged() {
    let hooks = Hooks::stumbling(2).await;
    let body = deployment_status(1, &sha(1), "success", &hooks.ago(DAY));
    let headers = hooks.headers("deployment_status", "one", &body.to_string());
    let sent = ingest::receive(&hooks.world.slipway, &hooks.source, &headers, body.to_string().as_bytes()).await;
    assert_eq!(sent.unwrap_err().code, ErrorCode::Internal);
    let told = hooks.send_as("deployment_status", "one", &body).await;
    assert_eq!((told.status, told.events, told.duplicate), (DeliveryStatus::Taken, 1, false));
}

#[tokio::test]
async fn a_history_imported_beside_webhooks_does_not_count_twice() {
    let hooks = Hooks::new("github").await;
    let at = |days: i64| hooks.world.slipway.clock.now().plus(-days * DAY);
    let text = |days: i64| at(days).to_rfc3339();
    hooks.send("deployment_status", &deployment_status(1, &sha(1), "success", &text(20))).await;
    hooks.send("push", &push(&sha(1), &[(sha(2), text(12))])).await;
    hooks.send("pull_request", &merged(5, &sha(2), &text(12), &text(12))).await;
    hooks.send("deployment_status", &deployment_status(2, &sha(2), "success", &text(10))).await;
    let before = (hooks.sample(Metric::DeploymentFrequency).await, hooks.sample(Metric::LeadTime).await);
    let commit = |number: u32, at: Timestamp| Commit {
        sha: sha(number),
        parents: (number > 1).then(|| sha(number - 1)).into_iter().collect(),
        author: "Somebody".to_owned(),
        authored_at: at,
        committed_at: at,
        subject: "A change".to_owned(),
    };
    let tag = |number: u32, at: Timestamp| Tag { name: format!("v{number}"), sha: sha(number), at };
    let history = (vec![commit(1, at(21)), commit(2, at(12))], vec![tag(1, at(21)), tag(2, at(12))]);
    import::git(&hooks.world.slipway, &import::operator(), "checkout", None, history.0, history.1).await.unwrap();
    let after = (hooks.sample(Metric::DeploymentFrequency).await, hooks.sample(Metric::LeadTime).await);
    assert_eq!(before, after);
    assert_eq!(before.0.1, "n = 2 deployments in 30 days");
}

#[tokio::test]
async fn a_secret_is_replaced_with_a_day_of_grace_and_taken_back_at_once() {
    let mut hooks = Hooks::new("github").await;
    let id = hooks.source.clone();
    assert_eq!(hooks.secret, format!("slwh_{}", PlainSecrets.derive(&format!("source {id} 1")).expose()));
    let made = sources::rotate(&hooks.world.slipway, &hooks.admin, &id).await.unwrap();
    let new = made.lines[1].1.clone();
    assert_ne!(new, hooks.secret);
    assert!(!format!("{made:?}").contains(&new));
    let send = async |hooks: &Hooks, key: &str| {
        let headers = hooks.headers("ping", key, "{}");
        ingest::receive(&hooks.world.slipway, &id, &headers, b"{}").await
    };
    send(&hooks, "old").await.unwrap();
    hooks.world.clock.advance(DAY);
    assert_eq!(send(&hooks, "too old").await.unwrap_err().code, ErrorCode::SignInRequired);
    hooks.secret = new;
    send(&hooks, "new").await.unwrap();
    sources::revoke(&hooks.world.slipway, &hooks.admin, &id).await.unwrap();
    assert_eq!(send(&hooks, "revoked").await.unwrap_err().code, ErrorCode::NotFound);
    assert!(sources::rotate(&hooks.world.slipway, &hooks.admin, &id).await.is_err());
}

#[tokio::test]
async fn every_kind_takes_its_own_test_event() {
    let world = TestWorld::new().await;
    let admin = world.person("ada", Role::Administrator, None).await;
    for (kind, _) in sources::list(&world.slipway, &admin).await.unwrap().kinds {
        let secret = if kind == "pagerduty" { "env:PAGERDUTY" } else { "" };
        let new =
            NewSource { name: kind.clone(), kind: kind.clone(), secret: secret.to_owned(), ..NewSource::default() };
        let made = sources::make(&world.slipway, &admin, &new).await.unwrap();
        let id = made.href.trim_start_matches("/settings/sources/");
        match sources::send_test(&world.slipway, &admin, id).await {
            Ok(receipt) => assert_eq!(receipt.status, DeliveryStatus::Ignored, "{kind}: {receipt:?}"),
            Err(error) => assert!(kind == "argocd" && error.code == ErrorCode::Conflict, "{kind}: {error:?}"),
        }
    }
}

#[tokio::test]
async fn leads_manage_the_sources_of_their_services_and_nobody_else_does() {
    let hooks = Hooks::new("github").await;
    let lead = hooks.world.person("lea", Role::TeamLead, Some("group:default/payments")).await;
    let other = hooks.world.person("otto", Role::TeamLead, Some("group:default/platform")).await;
    let new = |service: &str| NewSource {
        name: "Of checkout".to_owned(),
        kind: "generic".to_owned(),
        service: service.to_owned(),
        ..NewSource::default()
    };
    let slipway = &hooks.world.slipway;
    assert_eq!(sources::make(slipway, &lead, &new("")).await.unwrap_err().code, ErrorCode::Forbidden);
    assert_eq!(sources::make(slipway, &other, &new("checkout")).await.unwrap_err().code, ErrorCode::Forbidden);
    let made = sources::make(slipway, &lead, &new("checkout")).await.unwrap();
    let id = made.href.trim_start_matches("/settings/sources/");
    assert_eq!(sources::list(slipway, &lead).await.unwrap().sources.len(), 1);
    assert_eq!(sources::list(slipway, &other).await.unwrap().sources.len(), 0);
    sources::page(slipway, &lead, id, "").await.unwrap();
    assert_eq!(sources::page(slipway, &other, id, "").await.unwrap_err().code, ErrorCode::Forbidden);
    assert_eq!(sources::revoke(slipway, &other, id).await.unwrap_err().code, ErrorCode::Forbidden);
    assert_eq!(sources::page(slipway, &lead, &hooks.source, "").await.unwrap_err().code, ErrorCode::Forbidden);
    let wrong = NewSource { secret: "env:none".to_owned(), ..new("checkout") };
    assert_eq!(sources::make(slipway, &lead, &wrong).await.unwrap_err().fields[0].field, "secret");
}

#[tokio::test]
async fn a_file_is_imported_once_and_beside_webhooks() {
    let hooks = Hooks::new("github").await;
    let slipway = &hooks.world.slipway;
    let at = |days: i64| hooks.ago(days * DAY);
    hooks.send("deployment_status", &deployment_status(1, &sha(1), "success", &at(20))).await;
    hooks.send("deployment_status", &deployment_status(2, &sha(2), "success", &at(10))).await;
    // The first two are those that the webhook told, one of them under another id; the third is new, the fourth failed.
    let file = format!(
        "service,id,revision,finished_at,status,event,detected_at,resolved_at,links\n\
         checkout,github:deployment:1,{},{},success,,,,\n\
         checkout,77,{},{},success,,,,\n\
         checkout,78,{},{},success,,,,\n\
         checkout,79,{},{},failure,,,,\n\
         checkout,INC-1,,,,incident,{},{},78\n",
        sha(1),
        at(20),
        sha(2),
        hooks.ago(10 * DAY + HOUR),
        sha(3),
        at(5),
        sha(4),
        at(4),
        at(5),
        hooks.ago(5 * DAY - HOUR),
    );
    let operator = import::operator();
    let report = import::csv(slipway, &operator, &file).await.unwrap();
    assert_eq!((report.rows, report.services, report.new_events), (5, 1, 5));
    assert_eq!(hooks.sample(Metric::DeploymentFrequency).await.1, "n = 3 deployments in 30 days");
    assert_eq!(import::csv(slipway, &operator, &file).await.unwrap().new_events, 0);
    assert_eq!(hooks.sample(Metric::DeploymentFrequency).await.1, "n = 3 deployments in 30 days");
    let before = hooks.events().await;
    let wrong = format!("{file}nobody,80,{},{},success,,,,\n", sha(5), at(1));
    let error = import::csv(slipway, &operator, &wrong).await.unwrap_err();
    assert!(error.message.starts_with("Line 7, service: "), "{}", error.message);
    assert_eq!(hooks.events().await, before);
}

#[tokio::test]
async fn the_archive_s_lines_mean_what_the_webhook_s_events_mean() {
    let hooks = Hooks::new("github").await;
    let at = |days: i64| hooks.ago(days * DAY);
    hooks.send("deployment_status", &deployment_status(1, &sha(1), "success", &at(20))).await;
    hooks.send("deployment_status", &deployment_status(2, &sha(3), "success", &at(10))).await;
    let line = |kind: &str, id: u32, repository: &str, at: &str, payload: Value| {
        let repo = json!({"id": 7, "name": repository});
        json!({"id": id.to_string(), "type": kind, "repo": repo, "payload": payload, "created_at": at, "public": true})
            .to_string()
    };
    let pushed = |branch: &str| {
        json!({
            "ref": format!("refs/heads/{branch}"), "before": sha(1), "head": sha(3), "size": 2,
            "commits": [{"sha": sha(2), "message": "a"}, {"sha": sha(3), "message": "b"}],
        })
    };
    let lines = [
        line("PushEvent", 1, "acme/checkout", &at(12), pushed("main")),
        line("PushEvent", 2, "acme/checkout", &at(12), pushed("work")),
        line("PushEvent", 3, "somebody/else", &at(12), pushed("main")),
        line("WatchEvent", 4, "acme/checkout", &at(12), json!({"action": "started"})),
        String::new(),
    ];
    let import = async || {
        let lines = lines.clone().into_iter().map(Ok);
        import::github_archive(&hooks.world.slipway, &import::operator(), lines, "main", false).await.unwrap()
    };
    let report = import().await;
    assert_eq!((report.lines, report.matched, report.new_events), (4, 3, 3));
    assert_eq!(hooks.sample(Metric::LeadTime).await.1, "n = 2 changes");
    assert_eq!(import().await.new_events, 0);
    // The webhook of the same pull request, heard later, makes one change of the two commits.
    hooks.send("pull_request", &merged(5, &sha(3), &at(13), &at(12))).await;
    assert_eq!(hooks.sample(Metric::LeadTime).await.1, "n = 1 change");
}
