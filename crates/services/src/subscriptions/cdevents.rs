//! Deeds as CDEvents (`cdevents/spec` v0.5: types `.0.3.0`) in CloudEvents 1.0, structured.
//!
//! The specification has no approvals. They are sent as its custom events (`cdevents/spec` `custom/README.md`): in the namespace
//! `dev.cdeventsx`, of the subject `<tool>-<subject>`, with a version of their own.

use serde_json::{Value, json};
use slipway_domain::{
    artifact::Artifact,
    deployment::{Deployment, DeploymentState, Intent},
    scaffold::Approval,
    time::Timestamp,
};
use slipway_ports::store::{incidents::Incident, services::Service};

/// Something that Slipway did or was told by its people.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Deployed {
        service: String,
        environment: String,
        artifact: String,
        /// It went back to an earlier version, by itself or because somebody asked.
        back: bool,
    },
    Incident {
        id: String,
        service: String,
        title: String,
        resolved: bool,
    },
    /// Somebody's word on a run that waited for it.
    Decided {
        word: Word,
        approval: Box<Approval>,
    },
    /// Nobody said anything while there was time.
    Unanswered {
        approval: Box<Approval>,
    },
}

/// What is said of a run that waits for somebody's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Approved,
    Refused,
    /// Whoever asked took the question back.
    Withdrawn,
}

/// What the end of a deployment is: `None` when nothing new runs and nothing was taken back.
pub(crate) fn deployment(deployment: &Deployment, artifact: &Artifact, service: &Service) -> Option<Deed> {
    let back = match deployment.state {
        DeploymentState::Succeeded => deployment.intent == Intent::Rollback,
        DeploymentState::RolledBack => true,
        _ => return None,
    };
    Some(Deed::Deployed {
        service: service.name.clone(),
        environment: deployment.environment.clone(),
        artifact: package_url(artifact),
        back,
    })
}

impl Deed {
    /// An incident that began or ended.
    pub(crate) fn incident(incident: &Incident, service: &Service) -> Self {
        Self::Incident {
            id: incident.id.to_string(),
            service: service.name.clone(),
            title: incident.title.clone(),
            resolved: incident.resolved_at.is_some(),
        }
    }

    /// Its type.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Deployed { back: false, .. } => "dev.cdevents.service.deployed.0.3.0",
            Self::Deployed { back: true, .. } => "dev.cdevents.service.rolledback.0.3.0",
            Self::Incident { resolved: false, .. } => "dev.cdevents.incident.detected.0.3.0",
            Self::Incident { resolved: true, .. } => "dev.cdevents.incident.resolved.0.3.0",
            Self::Decided { word: Word::Approved, .. } => "dev.cdeventsx.slipway-approval.approved.0.1.0",
            Self::Decided { word: Word::Refused, .. } => "dev.cdeventsx.slipway-approval.refused.0.1.0",
            Self::Decided { word: Word::Withdrawn, .. } => "dev.cdeventsx.slipway-approval.withdrawn.0.1.0",
            Self::Unanswered { .. } => "dev.cdeventsx.slipway-approval.expired.0.1.0",
        }
    }

    /// The whole event. `source` is the instance's address.
    pub(super) fn event(&self, source: &str, id: &str, at: Timestamp) -> Value {
        let at = at.to_rfc3339();
        let subject = match self {
            Self::Deployed { service, environment, artifact, .. } => json!({
                "id": service,
                "source": format!("{source}/services/{service}"),
                "content": {"environment": {"id": environment, "source": source}, "artifactId": artifact},
            }),
            Self::Incident { id, service, title, .. } => json!({
                "id": id,
                "source": format!("{source}/incidents"),
                "content": {
                    "description": title,
                    "environment": {"id": "production", "source": source},
                    "service": {"id": service, "source": format!("{source}/services/{service}")},
                },
            }),
            Self::Decided { approval, .. } | Self::Unanswered { approval } => json!({
                "id": approval.id.to_string(),
                "source": format!("{source}/runs/{}", approval.run),
                "content": {
                    "run": {"id": approval.run.to_string(), "source": format!("{source}/runs/{}", approval.run)},
                    "title": approval.title,
                    "step": approval.step,
                    "question": approval.message,
                    "team": approval.team,
                    "decidedBy": approval.decided_by,
                    "reason": approval.reason,
                },
            }),
        };
        let kind = self.kind();
        json!({
            "specversion": "1.0", "id": id, "source": source, "type": kind, "time": at, "subject": subject["id"],
            "datacontenttype": "application/json",
            "data": {
                "context": {"specversion": "0.5.0", "id": id, "source": source, "type": kind, "timestamp": at},
                "subject": subject,
            },
        })
    }
}

/// `pkg:oci/checkout@sha256%3A…?repository_url=registry.example.com/payments/checkout` (package-url/purl-spec, type oci).
fn package_url(artifact: &Artifact) -> String {
    let name = artifact.image.rsplit('/').next().unwrap_or(&artifact.image);
    let digest = artifact.digest.as_str().replace(':', "%3A");
    format!("pkg:oci/{name}@{digest}?repository_url={}", artifact.image)
}
