//! One thing to do next. Rules, in the order of what helps most; each says what it rests on.

use super::changes::Place;
use crate::insights::{tiles, words};
use slipway_api_types::{digest::DigestChange, insights::Verdict};
use slipway_dora::{Metric, Metrics, hints::Hint};

/// Waiting changes that are worth a word.
const MANY_WAIT: u64 = 5;

/// What to do, and where it begins. `slowest` is the part of lead time that takes longest, and how long.
pub(super) fn one(
    changes: &[DigestChange],
    hints: &[Hint],
    now: &Metrics,
    slowest: Option<(&'static str, f64)>,
    place: &Place<'_>,
) -> (String, String) {
    if let Some(worse) = changes.iter().find(|change| change.verdict == Verdict::Worse) {
        return (of_worse(worse, slowest), worse.href.clone());
    }
    if let Some(hint) = hints.first() {
        let text =
            format!("Check the data under {} before relying on it: {}", lower(tiles::title(hint.metric)), hint.text);
        return (text, place.href(None, Some(hint.metric)));
    }
    let waiting = now.coverage.undelivered_changes;
    if waiting >= MANY_WAIT {
        let text = format!("Deploy what is merged: {waiting} changes wait for a deployment to production.");
        return (text, place.href(None, Some(Metric::LeadTime)));
    }
    if let Some((part, seconds)) = slowest {
        let text = format!(
            "Nothing got worse. The most there is to gain lies in the part \"{}\", which takes {} in the middle of the changes.",
            part.to_lowercase(),
            words::duration(seconds)
        );
        return (text, place.href(None, None));
    }
    ("Nothing asks for attention; look again next week.".to_owned(), place.href(None, None))
}

fn of_worse(worse: &DigestChange, slowest: Option<(&'static str, f64)>) -> String {
    let is = |metric: Metric| worse.metric == tiles::title(metric);
    let of = &worse.of;
    if is(Metric::LeadTime) {
        let part = slowest.map_or_else(String::new, |(part, seconds)| {
            format!(
                " The longest part in these weeks was \"{}\" with {}.",
                part.to_lowercase(),
                words::duration(seconds)
            )
        });
        format!("Look at where the changes of {of} wait.{part}")
    } else if is(Metric::ChangeFailRate) {
        format!("Go through the failed deployments of {of} and ask what would have caught them earlier.")
    } else if is(Metric::RecoveryTime) {
        format!("Go through the longest recoveries of {of}: was it noticed late, or was going back slow?")
    } else if is(Metric::ReworkRate) {
        format!("Go through the rollbacks and hotfixes of {of}: what kept them from being planned work?")
    } else {
        format!("Ask what kept {of} from deploying: larger changes, a freeze, or nothing to deliver.")
    }
}

fn lower(title: &str) -> String {
    title.to_lowercase()
}
