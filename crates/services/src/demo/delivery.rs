//! What the metrics read of a made-up year.

use super::{
    SOURCE,
    history::{History, Kind},
};
use crate::insights::events::{change_told, commit_told, deployment_told, event, instant, record};
use slipway_domain::{artifact::Artifact, deployment::Deployment};
use slipway_dora::{Cause, Change, ChangeKind, Id};
use slipway_ports::store::{
    delivery::{DeliveryEvent, DeliveryKind},
    services::Service,
};
use std::collections::BTreeMap;

/// How an incident is called.
pub(super) fn incident_id(service: &str, number: usize) -> String {
    format!("{service}-incident-{}", number + 1)
}

/// Every commit, change, deployment to production and incident. `artifacts` are by merge, `production` has one entry for each release.
pub(super) fn of(
    service: &Service,
    artifacts: &BTreeMap<usize, Artifact>,
    history: &History,
    production: &[Deployment],
) -> Vec<DeliveryEvent> {
    let (name, service) = (service.name.as_str(), service.id);
    let mut events = Vec::with_capacity(history.merges.len() * 2 + production.len() + history.incidents.len());
    let mut parents: Vec<String> = Vec::new();
    for (number, merge) in history.merges.iter().enumerate() {
        events.push(commit_told(SOURCE, service, &merge.sha, &parents, merge.merged_at));
        let change = Change {
            commits: merge.commits.iter().map(|at| instant(*at)).collect(),
            opened_at: Some(instant(merge.opened_at)),
            merged_at: Some(instant(merge.merged_at)),
            kind: Some(ChangeKind::Pr),
            ..Change::new(format!("#{}", number + 1), merge.sha.as_str(), instant(merge.commits[0]))
        };
        events.push(change_told(SOURCE, service, &change, merge.merged_at));
        parents = vec![merge.sha.clone()];
    }
    for (release, deployment) in history.releases.iter().zip(production) {
        // Every release's artifact was made with it.
        let Some(artifact) = artifacts.get(&release.head) else { continue };
        let mut record = record(deployment, artifact, release.succeeded);
        if let Kind::Hotfix(Some(incident)) | Kind::Rollback(_, Some(incident)) = release.kind {
            record.remediates = vec![Id::from(incident_id(name, incident))];
        }
        events.push(deployment_told(SOURCE, service, &record));
    }
    for (number, incident) in history.incidents.iter().enumerate() {
        let id = incident_id(name, number);
        let told = slipway_dora::Incident {
            resolved_at: Some(instant(incident.resolved_at)),
            cause: if incident.cause.is_some() { Cause::Deployment } else { Cause::External },
            links: incident.cause.iter().map(|release| Id::from(production[*release].id.to_string())).collect(),
            ..slipway_dora::Incident::new(id.as_str(), instant(incident.detected_at))
        };
        let key = format!("incident:{id}");
        events.push(event(SOURCE, service, DeliveryKind::Incident, incident.detected_at, key, &told));
    }
    events
}
