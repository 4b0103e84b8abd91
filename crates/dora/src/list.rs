//! Deployments and changes one by one, each with what was decided of it: for whoever lists or draws them.

use crate::facts::{Fact, Facts, FailedBy, Fate, Kind};
use crate::normalise::ChangeRef;
use crate::{Change, Id, Instant, ScopeAnalysis};

/// A deployment to production with everything decided about it.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'f> {
    pub service: &'f Id,
    /// The source's id, or the name of the group it is one target of.
    pub id: &'f Id,
    /// The sources' ids of a group's members; empty for a deployment that stands alone.
    pub members: &'f [Id],
    pub finished: Instant,
    /// `None` for an attempt that failed.
    pub kind: Option<Kind>,
    pub failed_by: Option<FailedBy>,
    /// A person said it did not fail although something else says so.
    pub acquitted: bool,
}

/// A change with the deployment that first delivered it: one sample of lead time.
#[derive(Clone, Copy, Debug)]
pub struct Delivered<'f> {
    pub service: &'f Id,
    pub change: &'f Change,
    pub deployment: &'f Id,
    /// What that deployment put out.
    pub revision: &'f Id,
    pub finished: Instant,
    /// Lead time.
    pub seconds: i64,
}

impl ScopeAnalysis<'_> {
    /// The deployments that count for the scope and finished within the window, service by service.
    #[must_use]
    pub fn deployments(&self) -> Vec<Judged<'_>> {
        let view = self.pooled_view();
        let mut out = Vec::new();
        for ((service, facts), part) in self.services().zip(&view.parts) {
            let wanted = |fact: &&Fact| part.owns(fact.day) && view.contains(fact.attempt.finished);
            out.extend(facts.deployments.iter().filter(wanted).map(|fact| judged(service, fact)));
        }
        out
    }

    /// Every deployment to production, whenever it was and whoever owned the service then.
    #[must_use]
    pub fn every_deployment(&self) -> Vec<Judged<'_>> {
        self.services()
            .flat_map(|(service, facts)| facts.deployments.iter().map(|fact| judged(service, fact)))
            .collect()
    }

    /// The samples of lead time within the window, service by service.
    #[must_use]
    pub fn delivered(&self) -> Vec<Delivered<'_>> {
        let view = self.pooled_view();
        let mut out = Vec::new();
        for ((service, facts), part) in self.services().zip(&view.parts) {
            let wanted = |fact: &Fact| part.owns(fact.day) && view.contains(fact.attempt.finished);
            out.extend(samples(service, facts, wanted));
        }
        out
    }

    /// The samples of lead time that one deployment gives, whenever it was.
    #[must_use]
    pub fn delivered_by(&self, deployment: &str) -> Vec<Delivered<'_>> {
        let this = |fact: &Fact| {
            *fact.attempt.id == *deployment || fact.attempt.members.iter().any(|member| **member == *deployment)
        };
        self.services().flat_map(|(service, facts)| samples(service, facts, this)).collect()
    }
}

fn judged<'f>(service: &'f Id, fact: &'f Fact) -> Judged<'f> {
    Judged {
        service,
        id: &fact.attempt.id,
        members: &fact.attempt.members,
        finished: fact.attempt.finished,
        kind: fact.kind,
        failed_by: fact.failed_by,
        acquitted: fact.acquitted,
    }
}

fn samples<'f>(service: &'f Id, facts: &'f Facts<'_>, wanted: impl Fn(&Fact) -> bool) -> Vec<Delivered<'f>> {
    let counts: Vec<bool> = facts.deployments.iter().map(wanted).collect();
    let sample = |(change, fate): (&'f ChangeRef<'_>, &Fate)| {
        let Fate::Sample { deployment, seconds } = *fate else { return None };
        let fact = counts[deployment as usize].then_some(&facts.deployments[deployment as usize])?;
        Some(Delivered {
            service,
            change,
            deployment: &fact.attempt.id,
            revision: &fact.attempt.revision,
            finished: fact.attempt.finished,
            seconds,
        })
    };
    facts.changes.iter().zip(&facts.fates).filter_map(sample).collect()
}
