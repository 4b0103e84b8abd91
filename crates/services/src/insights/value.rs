//! One metric of one scope as a word in a row: where there is no number, why.

use super::words;
use slipway_dora::{Metric, Metrics};

/// `2.5 per week`, `18 h`, `8 % (2 of 25)`, `not measured`.
pub(super) fn of(metric: Metric, metrics: &Metrics) -> String {
    match metric {
        Metric::DeploymentFrequency => {
            let per_week = |per_day| format!("{} per week", words::figure(per_day * 7.0));
            metrics.df.per_day.map_or_else(|| "not measured".to_owned(), per_week)
        }
        Metric::LeadTime => {
            let lead = &metrics.lead_time_s;
            let accuracy = if lead.sketched { format!(" {}", words::ACCURACY) } else { String::new() };
            lead.p50.map_or_else(|| "no changes".to_owned(), |median| words::duration(median) + &accuracy)
        }
        Metric::ChangeFailRate => {
            let cfr = &metrics.cfr;
            match cfr.rate {
                _ if !cfr.measured => "not measured".to_owned(),
                Some(rate) => share(rate, cfr.failed, cfr.total),
                None => "no deployments".to_owned(),
            }
        }
        Metric::RecoveryTime => {
            let (cfr, fdrt) = (&metrics.cfr, &metrics.fdrt_s);
            match fdrt.median {
                _ if !cfr.measured => "not measured".to_owned(),
                Some(median) => words::duration(median),
                None if cfr.failed == 0 => "no failures".to_owned(),
                None if fdrt.open > 0 => format!("{} of {} open", fdrt.open, fdrt.n),
                None => "not known".to_owned(),
            }
        }
        Metric::ReworkRate => {
            let rework = &metrics.rework;
            let share = |rate| share(rate, rework.rework, rework.total);
            rework.rate.map_or_else(|| "no deployments".to_owned(), share)
        }
    }
}

fn share(rate: f64, part: u64, whole: u64) -> String {
    format!("{} ({part} of {whole})", words::percent(rate))
}
