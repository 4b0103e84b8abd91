//! Signatures and tokens, compared in constant time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use slipway_dora::Instant;
use subtle::ConstantTimeEq as _;

use crate::{Auth, Refused, Request, Secret};

/// Seconds that a signed instant may be away from now, either way.
pub const MOST_SKEW_S: i64 = 300;

/// Whether `signature` is the HMAC-SHA256 of some parts one after the other. Constant-time.
pub(crate) fn signed(key: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
    // HMAC takes keys of any length (RFC 2104); should that ever change, nothing is signed.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
    parts.iter().for_each(|part| mac.update(part));
    mac.verify_slice(signature).is_ok()
}

/// Whether two texts are equal. Constant-time: their digests are compared, so that not even the length shows.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    digest(a).as_slice().ct_eq(digest(b).as_slice()).into()
}

/// The header, or that it is missing.
pub(crate) fn header<'r>(request: &Request<'r>, name: &str) -> Result<&'r str, Refused> {
    request.header(name).ok_or_else(|| Refused::Missing(name.to_owned()))
}

/// Whether any secret satisfies `check`. All are tried, so that the time does not say which one it was.
pub(crate) fn any(auth: &Auth, name: &str, check: impl Fn(&Secret) -> bool) -> Result<(), Refused> {
    if auth.secrets.is_empty() {
        return Err(Refused::NoSecret);
    }
    let fits = auth.secrets.iter().map(check).fold(false, |known, this| known | this);
    if fits { Ok(()) } else { Err(Refused::Mismatch(name.to_owned())) }
}

/// A header `<prefix><hex HMAC of the body>`.
pub(crate) fn hex_of_body(auth: &Auth, request: &Request<'_>, name: &str, prefix: &str) -> Result<(), Refused> {
    hex_of_parts(auth, request, name, prefix, &[request.body])
}

/// As [`hex_of_body`], over other parts.
pub(crate) fn hex_of_parts(
    auth: &Auth,
    request: &Request<'_>,
    name: &str,
    prefix: &str,
    parts: &[&[u8]],
) -> Result<(), Refused> {
    let malformed = || Refused::Malformed(name.to_owned());
    let text = header(request, name)?.strip_prefix(prefix).ok_or_else(malformed)?;
    let signature = hex::decode(text).map_err(|_| malformed())?;
    any(auth, name, |secret| signed(secret.expose().as_bytes(), parts, &signature))
}

/// Seconds since 1970 in a header, not too far from now.
pub(crate) fn fresh<'r>(request: &Request<'r>, name: &str, now: Instant) -> Result<&'r str, Refused> {
    let text = header(request, name)?;
    let seconds: i64 = text.parse().map_err(|_| Refused::Malformed(name.to_owned()))?;
    let away = now.ms().div_euclid(1000).saturating_sub(seconds);
    if away.saturating_abs() > MOST_SKEW_S { Err(Refused::Stale(name.to_owned())) } else { Ok(text) }
}

/// A token in the clear, for sources that cannot sign: `Authorization: Bearer …` or `Basic` (its password), `X-Api-Key`,
/// or `X-Slipway-Token`.
pub(crate) fn token(auth: &Auth, request: &Request<'_>) -> Result<(), Refused> {
    const NAME: &str = "authorization";
    let scheme = |scheme: &str| {
        let (given, rest) = request.header(NAME)?.split_once(' ')?;
        given.eq_ignore_ascii_case(scheme).then(|| rest.trim().to_owned())
    };
    let basic = || {
        let decoded = String::from_utf8(STANDARD.decode(scheme("basic")?).ok()?).ok()?;
        Some(decoded.split_once(':')?.1.to_owned())
    };
    let plain = |name| request.header(name).map(str::to_owned);
    let given = scheme("bearer").or_else(basic).or_else(|| plain("x-api-key")).or_else(|| plain("x-slipway-token"));
    match given {
        Some(given) => any(auth, NAME, |secret| same(secret.expose(), &given)),
        None if auth.secrets.is_empty() => Err(Refused::NoSecret),
        None if request.header(NAME).is_some() => Err(Refused::Malformed(NAME.to_owned())),
        None => Err(Refused::Missing(NAME.to_owned())),
    }
}

/// The key of a delivery that has none of its own: the digest of its bytes.
pub(crate) fn digest(body: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_fits_the_published_vector() {
        // RFC 4231, test case 2.
        let signature = hex::decode("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843").unwrap();
        assert!(signed(b"Jefe", &[b"what do ya want ", b"for nothing?"], &signature));
        assert!(!signed(b"Jefe", &[b"what do ya want for nothing!"], &signature));
        assert!(!signed(b"Jefe", &[b"what do ya want for nothing?"], &signature[..31]));
    }

    #[test]
    fn texts_are_equal_only_to_themselves() {
        assert!(same("secret", "secret"));
        assert!(!same("secret", "secret "));
        assert!(!same("", "secret"));
    }
}
