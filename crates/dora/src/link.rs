//! Which deployment an incident is blamed on (specification 1.6).

use hashbrown::HashMap;
use serde::Serialize;

use crate::facts::Fact;
use crate::reach::Reach;
use crate::{Cause, Config, Id, Incident, Instant};

/// How a link came about, most trusted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// A person decided.
    Manual,
    /// The source named the deployment or the commit.
    Explicit,
    /// The last deployment within the attribution window.
    Inferred,
}

/// The outcome for one incident: the deployments blamed, by number, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// How it was decided; `None` when there was nothing to decide on.
    pub trust: Option<Trust>,
    pub deployments: Vec<u32>,
}

/// One [`Link`] for each incident. Deployments come by `(finished, started, id)`.
pub(crate) fn link(config: &Config, incidents: &[Incident], deployments: &[Fact], reach: &Reach<'_>) -> Vec<Link> {
    if incidents.is_empty() {
        return Vec::new();
    }
    let named = Named::new(deployments);
    let changes = Candidates::new(deployments, Fact::is_change, config.attribution_s());
    let failures = Candidates::new(deployments, |d| d.kind.is_none(), 0);
    let decide = |incident: &Incident| {
        if let Some(decision) = &incident.manual_links {
            return Link { trust: Some(Trust::Manual), deployments: named.find(decision) };
        }
        if !incident.links.is_empty() {
            return Link { trust: Some(Trust::Explicit), deployments: named.find(&incident.links) };
        }
        let at = incident.impact_started_at.unwrap_or(incident.detected_at);
        let of_commit = incident.root_cause_sha.as_ref().and_then(|sha| {
            // A commit that only a failed attempt had brought by then was not at fault through a later success.
            let delivered = reach.first_delivery(sha);
            let in_time = |number: &u32| deployments[*number as usize].attempt.started <= at;
            delivered.filter(in_time).or_else(|| failures.last_of_revision(deployments, sha, at)).or(delivered)
        });
        let of_artifact = || changes.last_of_version(deployments, incident.root_cause_artifact.as_ref()?, at);
        if let Some(deployment) = of_commit.or_else(of_artifact) {
            return Link { trust: Some(Trust::Explicit), deployments: vec![deployment] };
        }
        if incident.cause == Cause::External {
            return Link { trust: None, deployments: Vec::new() };
        }
        let order = |number: &u32| {
            let attempt = &deployments[*number as usize].attempt;
            (attempt.started, attempt.finished, &attempt.id)
        };
        match changes.last(at).into_iter().chain(failures.last(at)).max_by(|a, b| order(a).cmp(&order(b))) {
            Some(deployment) => Link { trust: Some(Trust::Inferred), deployments: vec![deployment] },
            None => Link { trust: None, deployments: Vec::new() },
        }
    };
    incidents.iter().map(decide).collect()
}

/// Deployments by every name they have: their own, their group's, their members'.
struct Named<'d>(HashMap<&'d str, u32>);

impl<'d> Named<'d> {
    fn new(deployments: &'d [Fact]) -> Self {
        let mut names = HashMap::with_capacity(deployments.len());
        for (number, deployment) in (0u32..).zip(deployments) {
            for id in std::iter::once(&deployment.attempt.id).chain(&deployment.attempt.members) {
                names.insert(id.as_str(), number);
            }
        }
        Self(names)
    }

    fn find(&self, ids: &[Id]) -> Vec<u32> {
        let mut found: Vec<u32> = ids.iter().filter_map(|id| self.0.get(id.as_str()).copied()).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Deployments that may be blamed, by `(started, finished, id)`.
struct Candidates {
    entries: Vec<Candidate>,
    grace_s: i64,
}

struct Candidate {
    number: u32,
    started: Instant,
    finished: Instant,
    /// Latest end among this one and all that started before it: where a backward search may stop.
    latest_end: Instant,
}

impl Candidates {
    fn new(deployments: &[Fact], eligible: impl Fn(&Fact) -> bool, grace_s: i64) -> Self {
        let mut entries: Vec<Candidate> = (0u32..)
            .zip(deployments)
            .filter(|(_, deployment)| eligible(deployment))
            .map(|(number, deployment)| {
                let (started, finished) = (deployment.attempt.started, deployment.attempt.finished);
                Candidate { number, started, finished, latest_end: finished }
            })
            .collect();
        // Stable: deployments with the same start and end stay in the order of their ids.
        entries.sort_by_key(|c| (c.started, c.finished));
        let mut latest = Instant::from_ms(i64::MIN);
        for entry in &mut entries {
            latest = latest.max(entry.finished);
            entry.latest_end = latest;
        }
        Self { entries, grace_s }
    }

    /// The greatest one with `started <= at <= finished + grace`, both ends inclusive.
    fn last(&self, at: Instant) -> Option<u32> {
        let started = self.entries.partition_point(|c| c.started <= at);
        self.entries[..started]
            .iter()
            .rev()
            .take_while(|c| at <= c.latest_end.plus_seconds(self.grace_s))
            .find(|c| at <= c.finished.plus_seconds(self.grace_s))
            .map(|c| c.number)
    }

    /// The last one of this version that started by then.
    fn last_of_version(&self, deployments: &[Fact], version: &Id, at: Instant) -> Option<u32> {
        let of = |c: &&Candidate| deployments[c.number as usize].attempt.version.as_ref() == Some(version);
        self.entries.iter().rev().filter(|c| c.started <= at).find(of).map(|c| c.number)
    }

    /// The last one of this revision that started by then.
    fn last_of_revision(&self, deployments: &[Fact], sha: &Id, at: Instant) -> Option<u32> {
        self.entries
            .iter()
            .rev()
            .find(|c| c.started <= at && deployments[c.number as usize].attempt.revision == *sha)
            .map(|c| c.number)
    }
}
