//! Change lead time (specification 1.5).

use hashbrown::HashSet;

use crate::facts::{Facts, Fate};
use crate::measure::count;
use crate::metrics::{LeadTime, Stages};
use crate::view::{Delivery, View};
use crate::{Change, Id, Instant, stats};

pub(crate) fn lead_time(view: &View<'_>) -> LeadTime {
    let mut samples = Vec::new();
    let mut per_commit = Vec::new();
    let mut since_merge = Vec::new();
    let mut stages = [Vec::new(), Vec::new(), Vec::new()];
    let (mut duplicate_patch, mut invalid_clock) = (Vec::new(), Vec::new());
    for Delivery { change, deployment, fate } in view.deliveries() {
        let seconds = match fate {
            Fate::Sample { seconds, .. } => seconds,
            Fate::DuplicatePatch { .. } => {
                duplicate_patch.push(change.id.clone());
                continue;
            }
            Fate::InvalidClock { .. } => {
                invalid_clock.push(change.id.clone());
                continue;
            }
            Fate::MergeCommit { .. } | Fate::Bot { .. } | Fate::Baseline | Fate::Undelivered => continue,
        };
        let end = deployment.attempt.finished;
        samples.push(seconds);
        if change.commits.is_empty() {
            per_commit.push(seconds);
        }
        per_commit.extend(change.commits.iter().map(|at| end.seconds_since(*at)).filter(|s| *s >= 0));
        since_merge.extend(change.merged_at.map(|at| end.seconds_since(at)).filter(|s| *s >= 0));
        if let Some(parts) = self::stages(change, end) {
            stages.iter_mut().zip(parts).for_each(|(list, part)| list.push(part));
        }
    }
    samples.sort_unstable();
    let p = |p| stats::quantile_of_integers(&samples, p);
    let n = count(stages[0].iter());
    let [coding, review, waiting] = stages;
    LeadTime {
        n: count(samples.iter()),
        p50: p(0.5),
        p75: p(0.75),
        p90: p(0.9),
        median95: stats::median_interval(&samples),
        per_commit_p50: median(per_commit),
        merge_to_deploy_p50: median(since_merge),
        stages: Stages { n, coding_p50: median(coding), review_p50: median(review), waiting_p50: median(waiting) },
        first_deployed_by: first_deployed_by(view),
        duplicate_patch,
        invalid: count(invalid_clock.iter()),
        invalid_clock,
        samples,
        buckets: Vec::new(),
        sketched: false,
    }
}

/// Coding, review and waiting of a change that was deployed at `end`, seconds, where all four instants are known and in order.
pub(crate) fn stages(change: &Change, end: Instant) -> Option<[i64; 3]> {
    let (first, opened, merged) = (change.first_commit_at, change.opened_at?, change.merged_at?);
    let in_order = first <= opened && opened <= merged && merged <= end;
    in_order.then(|| [opened.seconds_since(first), merged.seconds_since(opened), end.seconds_since(merged)])
}

fn median(mut seconds: Vec<i64>) -> Option<f64> {
    seconds.sort_unstable();
    stats::quantile_of_integers(&seconds, 0.5)
}

/// Of one service: as it is. Of several: a change that touches two is named once, with its earliest delivery.
fn first_deployed_by(view: &View<'_>) -> Vec<(Id, Id)> {
    let pairs = |facts: &Facts<'_>| {
        let pair = |(change, fate): (&crate::normalise::ChangeRef<'_>, &Fate)| {
            let attempt = &facts.deployments[fate.deployment()? as usize].attempt;
            Some((attempt.finished, change.id.clone(), attempt.id.clone()))
        };
        facts.changes.iter().zip(&facts.fates).filter_map(pair).collect::<Vec<_>>()
    };
    if let [only] = view.parts.as_slice() {
        return pairs(only.facts).into_iter().map(|(_, change, deployment)| (change, deployment)).collect();
    }
    let mut all: Vec<_> = view.parts.iter().flat_map(|part| pairs(part.facts)).collect();
    all.sort_unstable();
    let mut named = HashSet::new();
    all.retain(|(_, change, _)| named.insert(change.clone()));
    all.into_iter().map(|(_, change, deployment)| (change, deployment)).collect()
}

/// The 95 % interval of the 90th percentile of lead time, see [`stats::bootstrap`].
pub(crate) fn p90_interval(view: &View<'_>, seed: &str) -> Option<[f64; 2]> {
    let mut groups: Vec<(&Id, Vec<i64>)> = Vec::new();
    let mut deliveries: Vec<(&Id, i64)> = view
        .deliveries()
        .filter_map(|d| match d.fate {
            Fate::Sample { seconds, .. } => Some((&d.deployment.attempt.id, seconds)),
            _ => None,
        })
        .collect();
    deliveries.sort_unstable();
    for (deployment, seconds) in deliveries {
        match groups.last_mut() {
            Some((id, samples)) if *id == deployment => samples.push(seconds),
            _ => groups.push((deployment, vec![seconds])),
        }
    }
    let samples: Vec<Vec<i64>> = groups.into_iter().map(|(_, samples)| samples).collect();
    stats::bootstrap::interval(&samples, 0.9, seed)
}
