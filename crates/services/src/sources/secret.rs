//! What proves that a request comes from a source.

use super::setup::Setup;
use crate::{Result, Slipway, errors::internal};
use slipway_api_types::AppError;
use slipway_domain::time::{DAY, Timestamp};
use slipway_ports::{
    secrets::{SecretError, SecretText},
    store::sources::Source,
};
use slipway_webhooks::{Auth, Secret, Source as Kind};

/// How long a secret that was replaced is still good: as long as it may take to tell the sender.
pub(super) const GRACE: i64 = DAY;

/// Who sends.
pub(crate) fn kind(source: &Source) -> Result<Kind> {
    #[derive(Debug, thiserror::Error)]
    #[error("a source has the kind `{0}`, which this version does not know")]
    struct Unknown(String);
    Kind::parse(&source.kind).ok_or_else(|| internal(&Unknown(source.kind.clone())))
}

/// The secret that the instance made for a source.
pub(super) fn derived(slipway: &Slipway, source: &Source, generation: i64) -> SecretText {
    let text = slipway.secrets.derive(&format!("source {} {generation}", source.id));
    SecretText::new(format!("slwh_{}", text.expose()))
}

/// The secret to sign with: the newest.
pub(super) fn current(slipway: &Slipway, source: &Source) -> Result<SecretText> {
    match &source.secret {
        None => Ok(derived(slipway, source, source.generation)),
        Some(reference) => slipway.secrets.resolve(reference).map_err(|error| cannot(&error)),
    }
}

/// Everything that is accepted at `now`.
pub(crate) fn auth(slipway: &Slipway, source: &Source, setup: &Setup, now: Timestamp) -> Result<Auth> {
    let mut texts = vec![current(slipway, source)?];
    let replaced = source.rotated_at.is_some_and(|at| now.since(at) < GRACE);
    if source.secret.is_none() && replaced {
        texts.push(derived(slipway, source, source.generation - 1));
    }
    Ok(Auth {
        secrets: texts.iter().filter_map(|text| Secret::new(text.expose())).collect(),
        signature_header: setup.signature_header.clone(),
        timestamp_header: setup.timestamp_header.clone(),
    })
}

/// A reference that leads nowhere, as the form's error.
pub(super) fn cannot(error: &SecretError) -> AppError {
    let mend = match error {
        SecretError::Malformed(_) => "",
        SecretError::Missing(_) => " Put it there, and try again.",
        SecretError::Unreadable { .. } => " Give the user that runs Slipway the right to read it.",
    };
    AppError::invalid("secret", format!("{}.{mend}", upper(&error.to_string())))
}

/// A sentence begins with a capital.
fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
