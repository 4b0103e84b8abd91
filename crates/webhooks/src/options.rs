//! How a source is set up.

use crate::Secret;

/// What proves that a request comes from its source.
#[derive(Clone, Debug, Default)]
pub struct Auth {
    /// Any of them will do: two while one is being replaced. None: everything is refused.
    pub secrets: Vec<Secret>,
    /// Instead of the source's usual header (Grafana, generic).
    pub signature_header: Option<String>,
    /// The header whose seconds since 1970 are signed with the body (Grafana, when configured there).
    pub timestamp_header: Option<String>,
}

/// What of a source's events is meant, where the events alone do not say.
#[derive(Clone, Debug)]
pub struct Options {
    /// Labels that make an issue an incident (GitHub, GitLab); case does not matter.
    pub incident_labels: Vec<String>,
    /// Workflows whose runs deploy to production, by name or path, for repositories without Deployments (GitHub).
    pub deploy_workflows: Vec<String>,
    /// A published release is a deployment to production (GitHub).
    pub releases_deploy: bool,
    /// AWS accounts to believe; empty: every one (EventBridge).
    pub accounts: Vec<String>,
    /// Labels of an alert that name its service, the first that is there (Alertmanager, Grafana).
    pub service_labels: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            incident_labels: list(&["incident"]),
            deploy_workflows: Vec::new(),
            releases_deploy: false,
            accounts: Vec::new(),
            service_labels: list(&["service", "app", "app_kubernetes_io_name"]),
        }
    }
}

impl Options {
    pub(crate) fn is_incident_label(&self, label: &str) -> bool {
        self.incident_labels.iter().any(|known| known.eq_ignore_ascii_case(label))
    }
}
