use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::*;

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(key: &str, text: &str) -> String {
    hex::encode(mac(key.as_bytes(), text))
}

fn mismatch(name: &str) -> Result<(), Refused> {
    Err(Refused::Mismatch(name.to_owned()))
}

#[test]
fn github_signs_the_raw_body() {
    const NAME: &str = "x-hub-signature-256";
    // The vector of GitHub's documentation, "Validating webhook deliveries".
    let secret = auth(&["It's a Secret to Everybody"]);
    let published = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assert_eq!(verify(Source::GitHub, &secret, &[(NAME, published)], "Hello, World!"), Ok(()));
    assert_eq!(verify(Source::GitHub, &secret, &[(NAME, published)], "Hello, World?"), mismatch(NAME));
    assert_eq!(verify(Source::GitHub, &auth(&["another"]), &[(NAME, published)], "Hello, World!"), mismatch(NAME));
    // While a secret is replaced, both are known.
    let both = auth(&["another", "It's a Secret to Everybody"]);
    assert_eq!(verify(Source::GitHub, &both, &[(NAME, published)], "Hello, World!"), Ok(()));
    assert_eq!(verify(Source::GitHub, &secret, &[], "{}"), Err(Refused::Missing(NAME.to_owned())));
    for malformed in ["757107ea", "sha256=xyz", "sha1=757107ea"] {
        let refused = verify(Source::GitHub, &secret, &[(NAME, malformed)], "Hello, World!");
        assert_eq!(refused, Err(Refused::Malformed(NAME.to_owned())), "{malformed}");
    }
    assert_eq!(verify(Source::GitHub, &secret, &[(NAME, "sha256=")], "{}"), mismatch(NAME));
    assert_eq!(verify(Source::GitHub, &auth(&[]), &[(NAME, published)], "Hello, World!"), Err(Refused::NoSecret));
}

#[test]
fn gitlab_sends_a_token_or_signs() {
    let token = auth(&["glhook-secret"]);
    assert_eq!(verify(Source::GitLab, &token, &[("x-gitlab-token", "glhook-secret")], "{}"), Ok(()));
    assert_eq!(verify(Source::GitLab, &token, &[("x-gitlab-token", "glhook")], "{}"), mismatch("x-gitlab-token"));
    assert_eq!(verify(Source::GitLab, &token, &[], "{}"), Err(Refused::Missing("x-gitlab-token".to_owned())));

    let key = [7u8; 32];
    let secret = auth(&[&format!("whsec_{}", STANDARD.encode(key))]);
    let signed = |timestamp: i64, body: &str, given: &str| {
        let timestamp = timestamp.to_string();
        let signature = format!("v1,{}", STANDARD.encode(mac(&key, &format!("msg_1.{timestamp}.{body}"))));
        let all = format!("v1,{} {signature}", STANDARD.encode([0u8; 32]));
        let pairs = [("webhook-id", "msg_1"), ("webhook-timestamp", timestamp.as_str()), ("webhook-signature", &all)];
        verify(Source::GitLab, &secret, &pairs, given)
    };
    let now = at("2025-05-06T10:00:00Z").ms() / 1000;
    assert_eq!(signed(now, "{}", "{}"), Ok(()));
    assert_eq!(signed(now - 300, "{}", "{}"), Ok(()));
    assert_eq!(signed(now, "{}", "[]"), mismatch("webhook-signature"));
    for stale in [now - 301, now + 301] {
        assert_eq!(signed(stale, "{}", "{}"), Err(Refused::Stale("webhook-timestamp".to_owned())));
    }
    // The key shown as a token is not a signature.
    let shown = format!("whsec_{}", STANDARD.encode(key));
    let refused = verify(Source::GitLab, &secret, &[("x-gitlab-token", &shown)], "{}");
    assert_eq!(refused, Err(Refused::Missing("webhook-signature".to_owned())));
}

#[test]
fn pagerduty_signs_with_every_secret_it_has() {
    const NAME: &str = "x-pagerduty-signature";
    let body = r#"{"event":{}}"#;
    let header = format!("v1={},v1={}", hex("old", body), hex("new", body));
    assert_eq!(verify(Source::PagerDuty, &auth(&["new"]), &[(NAME, &header)], body), Ok(()));
    assert_eq!(verify(Source::PagerDuty, &auth(&["third"]), &[(NAME, &header)], body), mismatch(NAME));
    let refused = verify(Source::PagerDuty, &auth(&["new"]), &[(NAME, "v0=00")], body);
    assert_eq!(refused, Err(Refused::Malformed(NAME.to_owned())));
}

#[test]
fn grafana_signs_the_body_or_the_time_and_the_body() {
    const NAME: &str = "x-grafana-alerting-signature";
    let body = r#"{"alerts":[]}"#;
    assert_eq!(verify(Source::Grafana, &auth(&["s"]), &[(NAME, &hex("s", body))], body), Ok(()));
    assert_eq!(verify(Source::Grafana, &auth(&["s"]), &[(NAME, &hex("t", body))], body), mismatch(NAME));
    assert_eq!(verify(Source::Grafana, &auth(&["s"]), &[("authorization", "Bearer s")], body), Ok(()));
    let timed = Auth { timestamp_header: Some("x-grafana-time".to_owned()), ..auth(&["s"]) };
    let now = (at("2025-05-06T10:00:00Z").ms() / 1000).to_string();
    let signature = hex("s", &format!("{now}:{body}"));
    assert_eq!(verify(Source::Grafana, &timed, &[(NAME, &signature), ("x-grafana-time", &now)], body), Ok(()));
    let plain = hex("s", body);
    assert_eq!(verify(Source::Grafana, &timed, &[(NAME, &plain), ("x-grafana-time", &now)], body), mismatch(NAME));
    let old = verify(Source::Grafana, &timed, &[(NAME, &signature), ("x-grafana-time", "1000")], body);
    assert_eq!(old, Err(Refused::Stale("x-grafana-time".to_owned())));
    // A configured signature cannot be left out.
    let refused = verify(Source::Grafana, &timed, &[("authorization", "Bearer s")], body);
    assert_eq!(refused, Err(Refused::Missing("x-grafana-time".to_owned())));
}

#[test]
fn sources_that_do_not_sign_send_a_token() {
    let secret = auth(&["tok:en"]);
    let unsigned = [
        Source::CdEvents,
        Source::EventBridge,
        Source::ArgoCd,
        Source::Opsgenie,
        Source::Alertmanager,
        Source::DevLake,
        Source::Generic,
    ];
    for source in unsigned {
        let basic = format!("Basic {}", STANDARD.encode("slipway:tok:en"));
        for (name, value) in [
            ("authorization", "Bearer tok:en"),
            ("authorization", "bearer tok:en"),
            ("authorization", basic.as_str()),
            ("x-api-key", "tok:en"),
            ("x-slipway-token", "tok:en"),
        ] {
            assert_eq!(verify(source, &secret, &[(name, value)], "{}"), Ok(()), "{source:?} {value}");
        }
        assert_eq!(verify(source, &secret, &[("authorization", "Bearer no")], "{}"), mismatch("authorization"));
        assert_eq!(verify(source, &secret, &[], "{}"), Err(Refused::Missing("authorization".to_owned())));
        let odd = verify(source, &secret, &[("authorization", "Digest x")], "{}");
        assert_eq!(odd, Err(Refused::Malformed("authorization".to_owned())));
        assert_eq!(verify(source, &auth(&[]), &[("x-api-key", "")], "{}"), Err(Refused::NoSecret));
    }
}

#[test]
fn generic_events_may_be_signed() {
    let body = r#"{"event":"verdict"}"#;
    let signature = format!("sha256={}", hex("s", body));
    assert_eq!(verify(Source::Generic, &auth(&["s"]), &[("x-slipway-signature-256", &signature)], body), Ok(()));
    let refused = verify(Source::Generic, &auth(&["t"]), &[("x-slipway-signature-256", &signature)], body);
    assert_eq!(refused, mismatch("x-slipway-signature-256"));
}

#[test]
fn a_secret_shows_nothing_of_itself() {
    assert_eq!(format!("{:?}", auth(&["hunter2"]).secrets), "[Secret(…)]");
    assert!(Secret::new("").is_none());
}
