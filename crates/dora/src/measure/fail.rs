//! Change fail rate and failed deployment recovery time (specification 1.7, 1.8).

use crate::facts;
use crate::measure::{count, ratio};
use crate::metrics::{FailRate, Recovery};
use crate::real;
use crate::stats;
use crate::view::View;

/// By the deployment's day, not the incident's.
pub(crate) fn fail_rate(view: &View<'_>) -> FailRate {
    let (mut total, mut provisional) = (0, 0);
    let mut failed_ids = Vec::new();
    let as_of = view.config.as_of_instant();
    for fact in view.deployments().filter(|fact| fact.is_in_population()) {
        total += 1;
        provisional += u64::from(fact.attempt.finished.plus_seconds(view.config.attribution_s()) > as_of);
        if fact.failed_by.is_some() {
            failed_ids.push(fact.attempt.id.clone());
        }
    }
    let failed = count(failed_ids.iter());
    let measured = view.incidents_connected();
    // "0 %" where nobody could have told of a failure is not measured, and never said (specification 6, rule 8).
    let known = measured || failed > 0;
    FailRate {
        failed,
        total,
        rate: ratio(failed, total).filter(|_| known),
        wilson95: stats::wilson(failed, total).filter(|_| known),
        failed_ids,
        provisional,
        measured,
    }
}

pub(crate) fn recovery(view: &View<'_>) -> Recovery {
    let mut samples = Vec::new();
    let mut unknown_recovery = Vec::new();
    for fact in view.deployments() {
        match fact.recovery {
            None => {}
            Some(facts::Recovery::After(seconds)) => samples.push((seconds, true)),
            Some(facts::Recovery::StillOpen(seconds)) => samples.push((seconds, false)),
            Some(facts::Recovery::Unknown | facts::Recovery::InvalidClock) => {
                unknown_recovery.push(fact.attempt.id.clone());
            }
        }
    }
    sort(&mut samples);
    Recovery {
        n: count(samples.iter()),
        open: count(samples.iter().filter(|(_, observed)| !observed)),
        median: kaplan_meier_median(&samples),
        samples,
        unknown: count(unknown_recovery.iter()),
        unknown_recovery,
    }
}

/// By time; what ended before what is still open at the same time.
pub(crate) fn sort(samples: &mut [(i64, bool)]) {
    samples.sort_unstable_by_key(|(seconds, observed)| (*seconds, !observed));
}

/// The Kaplan-Meier median of `(time, ended)`, in any order: the smallest t with S(t) < 1/2, or the middle of the
/// interval on which S is exactly 1/2 (R's `survfit`, and the ordinary median when everything has ended). `None` when
/// the curve does not get below 1/2.
pub(crate) fn kaplan_meier_median(samples: &[(i64, bool)]) -> Option<f64> {
    // The product of n factors is off by at most n * 1e-16; its steps near 1/2 are no smaller than 1/(2n).
    const TOLERANCE: f64 = 1e-9;
    let mut ordered = samples.to_vec();
    sort(&mut ordered);
    let mut survival = 1.0;
    let mut half_since: Option<i64> = None;
    let mut at_risk = ordered.len();
    for same_time in ordered.chunk_by(|a, b| a.0 == b.0) {
        let ended = same_time.iter().filter(|(_, ended)| *ended).count();
        if ended > 0 {
            let time = same_time[0].0;
            survival *= 1.0 - real(ended) / real(at_risk);
            if survival < 0.5 - TOLERANCE {
                return Some(half_since.map_or(real(time), |since| (real(since) + real(time)) / 2.0));
            }
            if survival <= 0.5 + TOLERANCE {
                half_since.get_or_insert(time);
            }
        }
        at_risk -= same_time.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::kaplan_meier_median;

    #[test]
    fn without_open_ones_it_is_the_ordinary_median() {
        let ended = |times: &[i64]| kaplan_meier_median(&times.iter().map(|t| (*t, true)).collect::<Vec<_>>());
        assert_eq!(ended(&[]), None);
        assert_eq!(ended(&[5]), Some(5.0));
        assert_eq!(ended(&[1, 3]), Some(2.0));
        assert_eq!(ended(&[9, 1, 4]), Some(4.0));
        assert_eq!(ended(&[7, 7, 7, 9]), Some(7.0));
    }

    #[test]
    fn open_ones_push_it_up_or_out_of_reach() {
        let samples = [(7200, true), (14_400, true), (97_200, true), (477_000, false)];
        assert_eq!(kaplan_meier_median(&samples), Some(55_800.0));
        assert_eq!(kaplan_meier_median(&[(10, false), (20, true)]), Some(20.0));
        assert_eq!(kaplan_meier_median(&[(10, true), (20, false), (30, false)]), None);
        assert_eq!(kaplan_meier_median(&[(10, true), (20, false)]), None);
        // The classic remission data (Freireich 1963, 6-MP group): median 23 weeks.
        let remission = [
            (6, true),
            (6, true),
            (6, true),
            (6, false),
            (7, true),
            (9, false),
            (10, true),
            (10, false),
            (11, false),
            (13, true),
            (16, true),
            (17, false),
            (19, false),
            (20, false),
            (22, true),
            (23, true),
            (25, false),
            (32, false),
            (32, false),
            (34, false),
            (35, false),
        ];
        assert_eq!(kaplan_meier_median(&remission), Some(23.0));
    }
}
