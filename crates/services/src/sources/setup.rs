//! How a source is set up beyond its kind, as the store keeps it.

use crate::{Result, errors::internal};
use serde::{Deserialize, Serialize};
use slipway_api_types::AppError;
use slipway_dora::Tier;
use slipway_ports::store::sources::Source;
use slipway_webhooks::Options;
use std::collections::BTreeMap;

/// What of a source's events is meant. What is empty is as `slipway_webhooks` has it by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Setup {
    /// Labels that make an issue an incident.
    pub incident_labels: Vec<String>,
    /// Workflows whose runs deploy to production, by name or path.
    pub deploy_workflows: Vec<String>,
    /// A published release is a deployment to production.
    pub releases_deploy: bool,
    /// AWS accounts to believe; none: every one.
    pub accounts: Vec<String>,
    /// Labels of an alert that name its service.
    pub service_labels: Vec<String>,
    /// Environments that are production although their names do not say so.
    pub production: Vec<String>,
    /// What others call our services: their name, ours.
    pub names: BTreeMap<String, String>,
    /// The header of Grafana's signature, where another one is configured there.
    pub signature_header: Option<String>,
    /// The header of the instant that Grafana signs, where one is configured there.
    pub timestamp_header: Option<String>,
}

impl Setup {
    /// Of a source as it is stored.
    pub(crate) fn of(source: &Source) -> Result<Self> {
        serde_json::from_value(source.options.clone()).map_err(|error| internal(&error))
    }

    /// What reading needs of it.
    pub(crate) fn options(&self) -> Options {
        let usual = Options::default();
        let or = |own: &[String], usual: Vec<String>| if own.is_empty() { usual } else { own.to_vec() };
        Options {
            incident_labels: or(&self.incident_labels, usual.incident_labels),
            service_labels: or(&self.service_labels, usual.service_labels),
            deploy_workflows: self.deploy_workflows.clone(),
            releases_deploy: self.releases_deploy,
            accounts: self.accounts.clone(),
        }
    }

    /// Production, where the setup says so; otherwise what the source says.
    pub(crate) fn tier(&self, environment: Option<&str>, said: Option<Tier>) -> Option<Tier> {
        let named = environment.is_some_and(|name| self.production.iter().any(|known| known == name));
        if named { Some(Tier::Production) } else { said }
    }
}

/// Words of a field, separated by commas or lines.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split([',', '\n']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// `theirs = ours`, one a line.
pub(super) fn names(text: &str) -> Result<BTreeMap<String, String>> {
    let pair = |line: &str| {
        let (theirs, ours) = line.split_once('=')?;
        let (theirs, ours) = (theirs.trim(), ours.trim());
        (!theirs.is_empty() && !ours.is_empty()).then(|| (theirs.to_owned(), ours.to_owned()))
    };
    let wrong = |line: &str| {
        AppError::invalid("names", format!("`{line}` has no `=`; write one line for each: their name = our service."))
    };
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| pair(line).ok_or_else(|| wrong(line)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_people_write_them() {
        assert_eq!(words(" incident, outage\nsev1,,"), ["incident", "outage", "sev1"]);
        assert_eq!(names("\n PABC12 = checkout \n").unwrap()["PABC12"], "checkout");
        assert_eq!(names("checkout").unwrap_err().fields[0].field, "names");
    }

    #[test]
    fn what_is_left_out_is_as_usual() {
        let setup: Setup = serde_json::from_str("{}").unwrap();
        assert_eq!(setup.options().incident_labels, ["incident"]);
        let setup = Setup { production: vec!["shop".to_owned()], ..Setup::default() };
        assert_eq!(setup.tier(Some("shop"), None), Some(Tier::Production));
        assert_eq!(setup.tier(Some("shop-dev"), Some(Tier::Staging)), Some(Tier::Staging));
    }
}
