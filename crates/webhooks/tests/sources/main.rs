//! Every source with payloads as it sends them.

mod alerting;
mod argocd;
mod cdevents;
mod eventbridge;
mod export;
mod generic;
mod github;
mod gitlab;
mod opsgenie;
mod pagerduty;
mod signatures;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use slipway_dora::{Deployment, Incident, Instant};
use slipway_webhooks::{Auth, ChangeTold, Delivery, Fact, Invalid, Options, Refused, Request, Secret, Source, Told};

pub const SHA: &str = "6113728f27ae82c7b1a177c8d03f9e96e0adf246";
pub const OTHER: &str = "56488fcb6f1a8f3c6c6b9a4ff0e3a0b1c2d3e4f5";

pub fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let pair =
        |(name, value): &(&str, &str)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    pairs.iter().map(pair).collect()
}

pub fn try_read(
    source: Source,
    options: &Options,
    pairs: &[(&str, &str)],
    body: &Value,
) -> Result<Vec<Delivery>, Invalid> {
    slipway_webhooks::read(source, options, &Request { headers: &headers(pairs), body: body.to_string().as_bytes() })
}

pub fn read(source: Source, pairs: &[(&str, &str)], body: &Value) -> Delivery {
    try_read(source, &Options::default(), pairs, body).unwrap().remove(0)
}

pub fn wrong(source: Source, pairs: &[(&str, &str)], body: &Value) -> String {
    try_read(source, &Options::default(), pairs, body).unwrap_err().field
}

pub fn only(delivery: Delivery) -> Told {
    assert_eq!(delivery.told.len(), 1, "{delivery:?}");
    delivery.told.into_iter().next().unwrap()
}

pub fn deployment(told: &Told) -> &Deployment {
    let Fact::Deployment(record) = &told.fact else { panic!("no deployment: {told:?}") };
    record
}

pub fn incident(told: &Told) -> &Incident {
    let Fact::Incident(record) = &told.fact else { panic!("no incident: {told:?}") };
    &record.incident
}

pub fn title(told: &Told) -> Option<&str> {
    let Fact::Incident(record) = &told.fact else { panic!("no incident: {told:?}") };
    record.title.as_deref()
}

pub fn change(told: &Told) -> &ChangeTold {
    let Fact::Change(record) = &told.fact else { panic!("no change: {told:?}") };
    record
}

pub fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub fn auth(secrets: &[&str]) -> Auth {
    Auth { secrets: secrets.iter().map(|s| Secret::new(*s).unwrap()).collect(), ..Auth::default() }
}

pub fn verify(source: Source, auth: &Auth, pairs: &[(&str, &str)], body: &str) -> Result<(), Refused> {
    let request = Request { headers: &headers(pairs), body: body.as_bytes() };
    slipway_webhooks::verify(source, auth, &request, at("2025-05-06T10:00:00Z"))
}
