//! Grafana's signature (from version 12 on, where configured): bare hex HMAC-SHA256 of the body, or of
//! `timestamp:body` where a timestamp header is configured. Without it, a token as others have.

use slipway_dora::Instant;

use crate::signature::{fresh, hex_of_body, hex_of_parts, token};
use crate::{Auth, Refused, Request};

const SIGNATURE: &str = "x-grafana-alerting-signature";

pub(crate) fn verify(auth: &Auth, request: &Request<'_>, now: Instant) -> Result<(), Refused> {
    let name = auth.signature_header.as_deref().unwrap_or(SIGNATURE);
    // Configured here means that it is needed.
    if auth.signature_header.is_none() && auth.timestamp_header.is_none() && request.header(name).is_none() {
        return token(auth, request);
    }
    match &auth.timestamp_header {
        None => hex_of_body(auth, request, name, ""),
        Some(header) => {
            let timestamp = fresh(request, header, now)?;
            hex_of_parts(auth, request, name, "", &[timestamp.as_bytes(), b":", request.body])
        }
    }
}
