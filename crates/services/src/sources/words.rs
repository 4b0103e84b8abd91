//! What is said of each kind of source.

use slipway_webhooks::Source as Kind;

/// Its name, for people.
pub(super) fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::GitHub => "GitHub",
        Kind::GitLab => "GitLab",
        Kind::CdEvents => "CDEvents",
        Kind::EventBridge => "Amazon EventBridge",
        Kind::ArgoCd => "Argo CD",
        Kind::PagerDuty => "PagerDuty",
        Kind::Opsgenie => "Opsgenie",
        Kind::Alertmanager => "Alertmanager",
        Kind::Grafana => "Grafana",
        Kind::Generic => "Slipway's own JSON",
        Kind::DevLake => "DevLake webhook",
    }
}

/// What proves that a request is theirs.
pub(super) fn proof(kind: Kind) -> &'static str {
    match kind {
        Kind::GitHub => "HMAC-SHA256 of the body in X-Hub-Signature-256",
        Kind::GitLab => "The token in X-Gitlab-Token, or with a signing token (whsec_…) webhook-signature",
        Kind::PagerDuty => "HMAC-SHA256 of the body in X-PagerDuty-Signature",
        Kind::Grafana => "HMAC-SHA256 of the body in X-Grafana-Alerting-Signature, or a bearer token",
        Kind::Generic => "HMAC-SHA256 of the body in X-Slipway-Signature-256, or a bearer token",
        Kind::EventBridge => "The API key in X-Api-Key, or a bearer token",
        Kind::CdEvents | Kind::ArgoCd | Kind::Opsgenie | Kind::Alertmanager | Kind::DevLake => {
            "A token: Authorization: Bearer …, or X-Slipway-Token"
        }
    }
}

/// What the field for the URL is called at the sender's, and the one for the secret.
pub(super) fn fields(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::GitHub => ("Payload URL (content type application/json)", "Secret"),
        Kind::GitLab => ("URL", "Secret token"),
        Kind::EventBridge => ("API destination endpoint (POST)", "Connection: API key X-Api-Key"),
        Kind::Grafana => ("Webhook URL", "HMAC signature: secret"),
        Kind::Generic => ("URL", "Secret for X-Slipway-Signature-256, or bearer token"),
        Kind::CdEvents | Kind::ArgoCd | Kind::Opsgenie | Kind::Alertmanager | Kind::DevLake | Kind::PagerDuty => {
            ("URL", "Authorization: Bearer")
        }
    }
}

/// Whether the sender makes the secret itself, so that it has to be put where Slipway finds it.
pub(super) const fn makes_its_own(kind: Kind) -> bool {
    matches!(kind, Kind::PagerDuty)
}
