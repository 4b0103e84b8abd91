//! The sources, and the two things done with a request of any of them.

use serde::{Deserialize, Serialize};
use slipway_dora::Instant;

use crate::{
    Auth, Delivery, Invalid, Options, Refused, Request, alertmanager, argocd, cdevents, devlake, eventbridge, generic,
    github, gitlab, grafana, opsgenie, pagerduty, signature,
};

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    #[serde(rename = "github")]
    GitHub,
    #[serde(rename = "gitlab")]
    GitLab,
    #[serde(rename = "cdevents")]
    CdEvents,
    #[serde(rename = "eventbridge")]
    EventBridge,
    #[serde(rename = "argocd")]
    ArgoCd,
    #[serde(rename = "pagerduty")]
    PagerDuty,
    Opsgenie,
    Alertmanager,
    Grafana,
    Generic,
    #[serde(rename = "devlake")]
    DevLake,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 11] = [
        Self::GitHub,
        Self::GitLab,
        Self::CdEvents,
        Self::EventBridge,
        Self::ArgoCd,
        Self::PagerDuty,
        Self::Opsgenie,
        Self::Alertmanager,
        Self::Grafana,
        Self::Generic,
        Self::DevLake,
    ];

    /// As it stands in URLs and in the log: `github`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::CdEvents => "cdevents",
            Self::EventBridge => "eventbridge",
            Self::ArgoCd => "argocd",
            Self::PagerDuty => "pagerduty",
            Self::Opsgenie => "opsgenie",
            Self::Alertmanager => "alertmanager",
            Self::Grafana => "grafana",
            Self::Generic => "generic",
            Self::DevLake => "devlake",
        }
    }

    /// Reads [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }
}

/// Checks that a request comes from its source, over the raw bytes. `now` bounds the age of what signs its time.
///
/// # Errors
/// [`Refused`]: nothing of the request may be believed.
pub fn verify(source: Source, auth: &Auth, request: &Request<'_>, now: Instant) -> Result<(), Refused> {
    match source {
        Source::GitHub => github::verify(auth, request),
        Source::GitLab => gitlab::verify(auth, request, now),
        Source::PagerDuty => pagerduty::verify(auth, request),
        Source::Grafana => grafana::verify(auth, request, now),
        Source::Generic => generic::verify(auth, request),
        // None of these signs: a token in a header that the connection is configured with (or mutual TLS before us).
        Source::CdEvents
        | Source::EventBridge
        | Source::ArgoCd
        | Source::Opsgenie
        | Source::Alertmanager
        | Source::DevLake => signature::token(auth, request),
    }
}

/// Reads a verified request. Mostly one delivery; a batch gives several.
///
/// # Errors
/// [`Invalid`] with the field, where a known event lacks what it needs. Unknown events are no error: they tell nothing.
pub fn read(source: Source, options: &Options, request: &Request<'_>) -> Result<Vec<Delivery>, Invalid> {
    match source {
        Source::GitHub => github::read(options, request).map(|delivery| vec![delivery]),
        Source::GitLab => gitlab::read(options, request).map(|delivery| vec![delivery]),
        Source::CdEvents => cdevents::read(request),
        Source::EventBridge => eventbridge::read(options, request).map(|delivery| vec![delivery]),
        Source::ArgoCd => argocd::read(request).map(|delivery| vec![delivery]),
        Source::PagerDuty => pagerduty::read(request).map(|delivery| vec![delivery]),
        Source::Opsgenie => opsgenie::read(request).map(|delivery| vec![delivery]),
        Source::Alertmanager => {
            alertmanager::read(Source::Alertmanager, options, request).map(|delivery| vec![delivery])
        }
        Source::Grafana => alertmanager::read(Source::Grafana, options, request).map(|delivery| vec![delivery]),
        Source::Generic => generic::read(request).map(|delivery| vec![delivery]),
        Source::DevLake => devlake::read(request).map(|delivery| vec![delivery]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_everywhere() {
        for source in Source::ALL {
            assert_eq!(Source::parse(source.as_str()), Some(source));
            assert_eq!(serde_json::to_value(source).unwrap(), source.as_str());
        }
        assert_eq!(Source::parse("jenkins"), None);
    }
}
