//! GitLab's two ways: a token in the clear, or a signing token after Standard Webhooks
//! (<https://github.com/standard-webhooks/standard-webhooks>; GitLab merge requests 230944 and 231325).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use slipway_dora::Instant;

use crate::signature::{any, fresh, header, same, signed};
use crate::{Auth, Refused, Request, Secret};

const TOKEN: &str = "x-gitlab-token";
const SIGNATURE: &str = "webhook-signature";
/// How a signing token begins; the rest is the key, in base64.
const SIGNING_TOKEN: &str = "whsec_";

fn signing_key(secret: &Secret) -> Option<Vec<u8>> {
    STANDARD.decode(secret.expose().strip_prefix(SIGNING_TOKEN)?).ok()
}

/// A source with a signing token takes signatures only: else the weaker way would do for an attacker.
pub(crate) fn verify(auth: &Auth, request: &Request<'_>, now: Instant) -> Result<(), Refused> {
    if auth.secrets.is_empty() {
        return Err(Refused::NoSecret);
    }
    let signing = auth.secrets.iter().any(|secret| secret.expose().starts_with(SIGNING_TOKEN));
    if !signing {
        let given = header(request, TOKEN)?;
        return any(auth, TOKEN, |secret| same(secret.expose(), given));
    }
    let given = header(request, SIGNATURE)?;
    let id = header(request, "webhook-id")?;
    let timestamp = fresh(request, "webhook-timestamp", now)?;
    let signatures: Vec<Vec<u8>> =
        given.split_ascii_whitespace().filter_map(|part| STANDARD.decode(part.strip_prefix("v1,")?).ok()).collect();
    if signatures.is_empty() {
        return Err(Refused::Malformed(SIGNATURE.to_owned()));
    }
    let parts: [&[u8]; 5] = [id.as_bytes(), b".", timestamp.as_bytes(), b".", request.body];
    any(auth, SIGNATURE, |secret| {
        let key = signing_key(secret);
        key.is_some_and(|key| signatures.iter().fold(false, |known, this| known | signed(&key, &parts, this)))
    })
}
