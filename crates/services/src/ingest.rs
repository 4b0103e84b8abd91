//! Webhooks in: what others tell of deliveries, checked, kept, and told to the event log.
//!
//! [`receive`] keeps a request and tells it in one transaction. What cannot be told then is kept alone, and the worker
//! `reconcile/ingest.rs` tells it. Reading what is kept again ([`tell`]) writes nothing twice.

mod closing;
mod facts;
mod lookups;
mod matching;

pub(crate) use facts::{HOTFIX, timestamp};
pub(crate) use matching::services_of;

use crate::{
    Result, Slipway,
    errors::store,
    incidents::{self, Heard},
    sources::{
        kind_title,
        secret::{auth, kind},
        setup::Setup,
    },
};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};
use slipway_api_types::{AppError, ErrorCode};
use slipway_domain::ids::{ServiceId, SourceDeliveryId, SourceId};
use slipway_dora::Instant;
use slipway_ports::{
    Tx,
    store::{
        delivery::DeliveryEvent,
        services::Service,
        sources::{DeliveryStatus, Source, SourceDelivery},
    },
};
use slipway_webhooks::{Delivery, Fact, IncidentTold, Invalid, Request, Told};
use std::collections::BTreeSet;

/// The largest request that is taken, bytes. GitHub's largest are 25 MB, which only pushes of thousands of commits reach.
pub const LARGEST: usize = 8 << 20;

/// Headers that reading needs: what names an event, a delivery and the form of the body. No other is kept: tokens stand in them.
const KEPT: [&str; 8] = [
    "content-type",
    "x-github-event",
    "x-github-delivery",
    "x-gitlab-event",
    "idempotency-key",
    "webhook-id",
    "x-webhook-id",
    "ce-specversion",
];
/// And those that begin so: the envelope of CloudEvents.
const KEPT_PREFIX: &str = "ce-";

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The delivery's id.
    pub id: SourceDeliveryId,
    /// Whether it was there already; then nothing was written.
    pub duplicate: bool,
    /// How it stands.
    pub status: DeliveryStatus,
    /// Events that were new to the log.
    pub events: i64,
    /// Why it was not taken, or what is missing.
    pub note: Option<String>,
}

impl Receipt {
    fn of(delivery: &SourceDelivery, duplicate: bool) -> Self {
        let SourceDelivery { id, status, events, ref note, .. } = *delivery;
        Self { id, duplicate, status, events, note: note.clone() }
    }
}

/// Takes one request of a source: checks it over its raw bytes, keeps it, tells it. The source's secret is what authorises it.
///
/// # Errors
/// `not-found` for a source that is not there or was taken back, `sign-in-required` for what is not authentic (counted), `invalid` with the
/// field for what is authentic and cannot be read (kept, and shown with its reason).
pub async fn receive(slipway: &Slipway, source: &str, headers: &HeaderMap, body: &[u8]) -> Result<Receipt> {
    let now = slipway.clock.now();
    let missing = || AppError::not_found("source at this address");
    let id: SourceId = source.parse().map_err(|_| missing())?;
    let mut tx = slipway.read().await?;
    let found = tx.source(id).await.map_err(store)?;
    let source = found.ok_or_else(missing)?;
    if source.revoked_at.is_some() {
        drop(tx);
        refuse(slipway, id, "it was taken back").await?;
        return Err(missing());
    }
    let (kind, setup) = (kind(&source)?, Setup::of(&source)?);
    let request = Request { headers, body };
    // A secret that cannot be had is the operator's business, not the sender's.
    let auth = auth(slipway, &source, &setup, now).unwrap_or_default();
    if let Err(refused) = slipway_webhooks::verify(kind, &auth, &request, Instant::from_ms(now.as_millis())) {
        drop(tx);
        let why = refused.to_string();
        refuse(slipway, id, &why).await?;
        return Err(AppError::new(ErrorCode::SignInRequired, format!("This request is not believed: {why}.")));
    }
    let read = slipway_webhooks::read(kind, &setup.options(), &request);
    let mut delivery = stored(slipway, &source, &request, &read);
    let deliveries = match read {
        Ok(deliveries) => deliveries,
        Err(invalid) => {
            drop(tx);
            keep(slipway, &source, &delivery).await?;
            return Err(AppError::invalid(&invalid.field, invalid.message));
        }
    };
    let outcome = read_all(slipway, &mut *tx, &source, &setup, deliveries).await;
    drop(tx);
    let told = match outcome {
        Ok(outcome) => keep_told(slipway, &source, &mut delivery, &outcome).await,
        Err(error) => Err(error),
    };
    let new = match told {
        Ok(new) => new,
        // It is kept alone; the worker tells it.
        Err(error) => {
            tracing::warn!(source.name = %source.name, delivery.id = %delivery.id, error.cause = %error, "a delivery is told later");
            (delivery.tried_at, delivery.status, delivery.note, delivery.events) =
                (None, DeliveryStatus::Stored, None, 0);
            let new = keep(slipway, &source, &delivery).await?;
            slipway.wake.ingest.notify_one();
            new
        }
    };
    if !new {
        let known = slipway.read().await?.source_delivery_by_key(id, &delivery.key).await.map_err(store)?;
        return Ok(Receipt::of(known.as_ref().unwrap_or(&delivery), true));
    }
    Ok(Receipt::of(&delivery, false))
}

/// Keeps a request alone; whether it is new.
async fn keep(slipway: &Slipway, source: &Source, delivery: &SourceDelivery) -> Result<bool> {
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    let new = tx.add_source_delivery(delivery).await.map_err(store)?;
    tx.publish("source", &source.id.to_string(), now.as_millis(), now).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(new)
}

/// Keeps a request and what it tells; whether it is new. What is not leaves nothing behind.
async fn keep_told(
    slipway: &Slipway,
    source: &Source,
    delivery: &mut SourceDelivery,
    outcome: &Outcome,
) -> Result<bool> {
    let now = slipway.clock.now();
    delivery.tried_at = Some(now);
    let mut tx = slipway.write().await?;
    write(slipway, &mut *tx, source, delivery, outcome).await?;
    let new = tx.add_source_delivery(delivery).await.map_err(store)?;
    if new {
        tx.publish("source", &source.id.to_string(), now.as_millis(), now).await.map_err(store)?;
        tx.commit().await.map_err(store)?;
    }
    Ok(new)
}

/// Takes DevLake's `POST …/issue/{key}/close`, which has no body: what it says is kept as one, with the instant that it came.
///
/// # Errors
/// As [`receive`]; `invalid` for a source of another kind.
pub async fn close_issue(slipway: &Slipway, source: &str, headers: &HeaderMap, issue: &str) -> Result<Receipt> {
    let now = Instant::from_ms(slipway.clock.now().as_millis());
    receive(slipway, source, headers, &slipway_webhooks::devlake_close(issue, now)).await
}

/// Counts a request that is not believed.
async fn refuse(slipway: &Slipway, source: SourceId, why: &str) -> Result<()> {
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    tx.note_refused(source, now, why).await.map_err(store)?;
    tx.publish("source", &source.to_string(), now.as_millis(), now).await.map_err(store)?;
    tx.commit().await.map_err(store)
}

/// The request as it is kept.
fn stored(
    slipway: &Slipway,
    source: &Source,
    request: &Request<'_>,
    read: &Result<Vec<Delivery>, Invalid>,
) -> SourceDelivery {
    let of_bytes = || format!("sha256:{}", hex::encode(Sha256::digest(request.body)));
    let (key, event, status, note) = match read {
        Ok(one) if one.len() == 1 => (one[0].key.clone(), one[0].event.clone(), DeliveryStatus::Stored, None),
        Ok(batch) => (of_bytes(), format!("{} events", batch.len()), DeliveryStatus::Stored, None),
        // Not by the sender's key: it may send it again, mended.
        Err(invalid) => {
            let event = request.headers.get("x-github-event").or_else(|| request.headers.get("x-gitlab-event"));
            let event = event.and_then(|event| event.to_str().ok()).unwrap_or("unreadable").to_owned();
            (of_bytes(), event, DeliveryStatus::Refused, Some(invalid.to_string()))
        }
    };
    let kept = |name: &str| KEPT.contains(&name) || name.starts_with(KEPT_PREFIX);
    let headers = request.headers.iter().filter(|(name, _)| kept(name.as_str()));
    let headers = headers.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    SourceDelivery {
        id: SourceDeliveryId::from_uuid(slipway.entropy.uuid()),
        source: source.id,
        key,
        received_at: slipway.clock.now(),
        tried_at: None,
        event,
        status,
        note,
        events: 0,
        headers: headers.collect(),
        body: request.body.to_vec(),
    }
}

/// What reading a delivery gave.
#[derive(Default)]
struct Outcome {
    events: Vec<DeliveryEvent>,
    /// What is told of incidents, for those who look after them.
    incidents: Vec<(Service, Box<Told>)>,
    /// Names of the services that it speaks of.
    services: BTreeSet<String>,
    /// What it speaks of and nobody knows.
    unmatched: BTreeSet<String>,
    /// What it leaves out.
    missing: BTreeSet<String>,
    /// Whether it tells anything at all.
    tells: bool,
}

/// Tells a delivery that is kept to the event log, and writes down what became of it. Doing it again adds only what could not be
/// told before.
pub(crate) async fn tell(slipway: &Slipway, id: SourceDeliveryId) -> Result<Receipt> {
    let gone = || AppError::not_found("delivery of that id");
    let mut tx = slipway.read().await?;
    let mut delivery = tx.source_delivery(id).await.map_err(store)?.ok_or_else(gone)?;
    let source = tx.source(delivery.source).await.map_err(store)?.ok_or_else(gone)?;
    let (kind, setup) = (kind(&source)?, Setup::of(&source)?);
    let headers = headers(&delivery);
    let request = Request { headers: &headers, body: &delivery.body };
    let outcome = match slipway_webhooks::read(kind, &setup.options(), &request) {
        Ok(deliveries) => Ok(read_all(slipway, &mut *tx, &source, &setup, deliveries).await?),
        Err(invalid) => Err(invalid.to_string()),
    };
    drop(tx);
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    match &outcome {
        Ok(outcome) => write(slipway, &mut *tx, &source, &mut delivery, outcome).await?,
        Err(why) => (delivery.status, delivery.note) = (DeliveryStatus::Refused, Some(why.clone())),
    }
    delivery.tried_at = Some(now);
    tx.set_source_delivery(&delivery).await.map_err(store)?;
    tx.publish("source", &source.id.to_string(), now.as_millis(), now).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(Receipt::of(&delivery, false))
}

/// Writes to the event log what a delivery tells, and into the delivery what became of it.
async fn write(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    source: &Source,
    delivery: &mut SourceDelivery,
    outcome: &Outcome,
) -> Result<()> {
    let now = slipway.clock.now();
    let new = tx.add_delivery(&outcome.events).await.map_err(store)?;
    delivery.events += i64::try_from(new).unwrap_or(i64::MAX);
    (delivery.status, delivery.note) = (outcome.status(), outcome.note());
    for (service, told) in &outcome.incidents {
        hear(slipway, tx, &source.kind, service, told).await?;
    }
    for service in &outcome.services {
        tx.publish("delivery", service, 0, now).await.map_err(store)?;
    }
    Ok(())
}

/// Who says it, in the log. Two sources of one kind that tell the same tell it once.
pub(crate) fn said_by(kind: &str) -> String {
    format!("webhook:{kind}")
}

/// Lets those who look after incidents know.
pub(crate) async fn hear(slipway: &Slipway, tx: &mut dyn Tx, kind: &str, service: &Service, told: &Told) -> Result<()> {
    let Fact::Incident(IncidentTold { incident, title }) = &told.fact else { return Ok(()) };
    let name = told.key.split_once(':').map_or(told.key.as_str(), |(_, name)| name);
    let otherwise = format!("{} {name}", kind_title(kind));
    let heard = Heard {
        service,
        source: said_by(kind),
        title: title.clone(),
        otherwise,
        told: incident.clone(),
        at: timestamp(told.at),
    };
    incidents::hear(slipway, tx, heard).await
}

/// What was told elsewhere than by a webhook, as events of the log.
pub(crate) fn events(source: &str, service: ServiceId, told: &Told) -> Vec<DeliveryEvent> {
    facts::events(source, service, &Setup::default(), told)
}

/// The kept headers as the reader wants them.
fn headers(delivery: &SourceDelivery) -> HeaderMap {
    let pair = |(name, value): &(String, String)| {
        Some((HeaderName::try_from(name.as_str()).ok()?, HeaderValue::from_str(value).ok()?))
    };
    delivery.headers.iter().filter_map(pair).collect()
}

async fn read_all(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    source: &Source,
    setup: &Setup,
    deliveries: Vec<Delivery>,
) -> Result<Outcome> {
    let said_by = said_by(&source.kind);
    let mut outcome = Outcome::default();
    for mut told in deliveries.into_iter().flat_map(|delivery| delivery.told) {
        if told.fact == Fact::Resolved {
            closing::close(tx, source, &told, &mut outcome).await?;
            continue;
        }
        outcome.tells = true;
        let services = services_of(slipway, tx, source.service, setup, &told.subject).await?;
        // Commits and changes belong to every service of their repository; a deployment is of one.
        let shared = matches!(told.fact, Fact::Push(_) | Fact::Change(_));
        if services.is_empty() {
            outcome.unmatched.insert(matching::hint(&told.subject));
            continue;
        }
        if services.len() > 1 && !shared {
            let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
            let names = names.join(", ");
            outcome.unmatched.insert(format!("It may be of {names}: set up a source for each, or name theirs = ours."));
            continue;
        }
        for service in services {
            outcome.missing.extend(lookups::answer(tx, &service, &mut told).await?);
            outcome.events.extend(facts::events(&said_by, service.id, setup, &told));
            outcome.services.insert(service.name.clone());
            if matches!(told.fact, Fact::Incident(_)) {
                outcome.incidents.push((service, Box::new(told.clone())));
            }
        }
    }
    Ok(outcome)
}

impl Outcome {
    fn status(&self) -> DeliveryStatus {
        match () {
            () if !self.unmatched.is_empty() => DeliveryStatus::Unmatched,
            () if self.events.is_empty() => DeliveryStatus::Ignored,
            () => DeliveryStatus::Taken,
        }
    }

    fn note(&self) -> Option<String> {
        let mut words: Vec<String> = self.unmatched.iter().cloned().collect();
        if !self.missing.is_empty() {
            let missing: Vec<&str> = self.missing.iter().map(String::as_str).collect();
            words.push(format!("Not known: {}.", missing.join("; ")));
        }
        if words.is_empty() && self.tells && self.events.is_empty() {
            words.push("Not on the default branch.".to_owned());
        }
        (!words.is_empty()).then(|| words.join(" "))
    }
}
