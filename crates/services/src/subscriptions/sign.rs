//! Signatures after Standard Webhooks.

use crate::{Result, Slipway, errors::internal};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use slipway_domain::{ids::SubscriptionId, time::Timestamp};
use slipway_ports::{secrets::SecretText, store::subscriptions::Notice};

/// The key, 64 bytes: what the instance derives, as it stands.
fn key(slipway: &Slipway, subscription: SubscriptionId) -> SecretText {
    slipway.secrets.derive(&format!("subscription {subscription}"))
}

/// The secret as its receiver configures it: `whsec_` and the key in base64.
pub(super) fn secret(slipway: &Slipway, subscription: SubscriptionId) -> SecretText {
    SecretText::new(format!("whsec_{}", STANDARD.encode(key(slipway, subscription).expose())))
}

/// The headers of a notice that is sent at `now`.
pub(crate) fn headers(slipway: &Slipway, notice: &Notice, now: Timestamp) -> Result<Vec<(&'static str, String)>> {
    let (id, seconds) = (notice.id.to_string(), now.as_millis().div_euclid(1_000).to_string());
    let key = key(slipway, notice.subscription);
    // HMAC takes keys of any length (RFC 2104).
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()).map_err(|error| internal(&error))?;
    mac.update(format!("{id}.{seconds}.{}", notice.body).as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    Ok(vec![
        ("content-type", "application/cloudevents+json".to_owned()),
        ("webhook-id", id),
        ("webhook-timestamp", seconds),
        ("webhook-signature", format!("v1,{signature}")),
    ])
}
