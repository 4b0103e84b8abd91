//! CDEvents out: what Slipway does itself, told to whoever subscribed.
//!
//! A notice is written in the transaction of the deed ([`announce`]); the worker `reconcile/notices.rs` sends it, signed after Standard
//! Webhooks (<https://github.com/standard-webhooks/standard-webhooks>), tries again with growing pauses, and gives up after a day.

mod cdevents;
mod sign;

pub(crate) use cdevents::{Deed, Word, deployment};
pub(crate) use sign::headers;

use crate::{Caller, Result, Slipway, errors::store};
use serde_json::json;
use slipway_api_types::{
    AppError,
    sources::{SourceSecret, SubscriptionRow},
};
use slipway_domain::{
    access::Permission,
    ids::{NoticeId, SubscriptionId},
};
use slipway_ports::{
    StoreError, Tx,
    store::subscriptions::{Notice, NoticeState, Subscription},
};

/// Queues a deed for every subscription. Within the transaction of the deed.
pub(crate) async fn announce(slipway: &Slipway, tx: &mut dyn Tx, deed: &Deed) -> Result<(), StoreError> {
    let mut subscriptions = tx.subscriptions().await?;
    subscriptions.retain(|subscription| subscription.revoked_at.is_none());
    let now = slipway.clock.now();
    let notice = |subscription: &Subscription| {
        let id = NoticeId::from_uuid(slipway.entropy.uuid());
        Notice {
            id,
            subscription: subscription.id,
            event: deed.kind().to_owned(),
            body: deed.event(&slipway.settings.public_url, &id.to_string(), now).to_string(),
            created_at: now,
            due_at: now,
            attempts: 0,
            state: NoticeState::Waiting,
            error: None,
        }
    };
    let notices: Vec<Notice> = subscriptions.iter().map(notice).collect();
    tx.add_notices(&notices).await
}

/// Those there are, for the page of sources. For administrators; nobody else sees any.
pub(crate) async fn rows(tx: &mut dyn Tx, caller: &Caller) -> Result<Vec<SubscriptionRow>> {
    if !caller.may(Permission::Administer, None) {
        return Ok(Vec::new());
    }
    let row = |subscription: Subscription| SubscriptionRow {
        id: subscription.id.to_string(),
        name: subscription.name,
        url: subscription.url,
        sent: subscription.sent,
        sent_at: subscription.sent_at.map(|at| at.as_millis()),
        given_up: subscription.given_up,
        last_failure: subscription.failed_at.map(|at| at.as_millis()).zip(subscription.failed_why),
        revoked: subscription.revoked_at.is_some(),
    };
    Ok(tx.subscriptions().await.map_err(store)?.into_iter().map(row).collect())
}

/// Subscribes an address. The secret that notices are signed with is in the answer and nowhere else.
pub async fn make(slipway: &Slipway, caller: &Caller, name: &str, url: &str) -> Result<SourceSecret> {
    caller.require(Permission::Administer, None)?;
    let (name, url) = (name.trim(), url.trim());
    if name.is_empty() || name.chars().count() > 80 {
        return Err(AppError::invalid("name", "Use 1 to 80 characters that say who is told."));
    }
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    if host.is_empty() || host.contains('@') || url.len() > 2_000 || url.contains(char::is_whitespace) {
        let message = "Write a whole address without a password in it, such as https://events.example.com/slipway.";
        return Err(AppError::invalid("url", message));
    }
    let now = slipway.clock.now();
    let subscription = Subscription {
        id: SubscriptionId::from_uuid(slipway.entropy.uuid()),
        name: name.to_owned(),
        url: url.to_owned(),
        created_by: caller.login.clone(),
        created_at: now,
        revoked_at: None,
        sent: 0,
        sent_at: None,
        given_up: 0,
        failed_at: None,
        failed_why: None,
    };
    let mut tx = slipway.write().await?;
    tx.add_subscription(&subscription).await.map_err(store)?;
    let id = subscription.id.to_string();
    let detail = json!({"name": name, "url": url});
    tx.add_audit(&caller.audit(&*slipway.entropy, now, "subscription.make", id, None, detail)).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    let secret = sign::secret(slipway, subscription.id);
    let lines = vec![("Signing secret (Standard Webhooks)".to_owned(), secret.expose().to_owned())];
    Ok(SourceSecret { name: subscription.name, href: "/settings/sources".to_owned(), lines })
}

/// Tells an address no more, as of now.
pub async fn revoke(slipway: &Slipway, caller: &Caller, id: &str) -> Result<()> {
    caller.require(Permission::Administer, None)?;
    let missing = || AppError::not_found("subscription of that id");
    let id: SubscriptionId = id.parse().map_err(|_| missing())?;
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    let subscription = tx.subscription(id).await.map_err(store)?.ok_or_else(missing)?;
    tx.revoke_subscription(id, now).await.map_err(store)?;
    let detail = json!({"name": subscription.name});
    let line = caller.audit(&*slipway.entropy, now, "subscription.revoke", id.to_string(), None, detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.commit().await.map_err(store)
}
