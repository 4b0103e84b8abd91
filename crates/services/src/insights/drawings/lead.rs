//! Lead time: how it is distributed, and which part of the way takes how long.

use super::{Built, sheet};
use crate::insights::words;
use slipway_api_types::insights::{Area, Distribution, Drawing, Line};
use slipway_dora::{Delivered, Instant, real, stats};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Where each class of the distribution ends, seconds; the last has no end.
const BOUNDS: [i64; 9] = [HOUR, 4 * HOUR, 12 * HOUR, DAY, 2 * DAY, 4 * DAY, 7 * DAY, 14 * DAY, 28 * DAY];
const LABELS: [&str; 10] =
    ["under 1 h", "1–4 h", "4–12 h", "12–24 h", "1–2 d", "2–4 d", "4–7 d", "1–2 w", "2–4 w", "over 4 w"];
/// The parts of the way; the last takes the place of the two before it where the build is not known.
const STAGES: [&str; 4] =
    ["First commit to merged", "Merged to built", "Built to deployed", "Merged to deployed, build not known"];

/// Counts of lead times in classes that grow as they do.
pub(super) fn distribution(delivered: &[Delivered<'_>]) -> Distribution {
    let mut counts = vec![0_u32; LABELS.len()];
    for change in delivered {
        counts[BOUNDS.partition_point(|bound| *bound <= change.seconds)] += 1;
    }
    Distribution { labels: LABELS.map(str::to_owned).to_vec(), counts }
}

/// How long each part of the way took, in the middle of the changes of which it is known.
pub(super) fn stages(delivered: &[Delivered<'_>], built: &Built) -> Drawing {
    let parts = parts(delivered, built);
    let medians = medians(&parts);
    let rows = (0..STAGES.len())
        .filter(|part| !parts[*part].is_empty())
        .map(|part| {
            let hours = |p| stats::quantile_of_integers(&parts[part], p).map_or_else(String::new, plain_hours);
            vec![STAGES[part].to_owned(), parts[part].len().to_string(), hours(0.5), hours(0.75), hours(0.9)]
        })
        .collect();
    let (areas, legend) = bar(&medians);
    Drawing {
        question: "Which part of the way takes how long?".to_owned(),
        summary: summary(&medians, parts[0].len(), delivered.len()),
        size: [1_000, 10],
        pixels: [28, 1_440],
        legend,
        areas,
        sheet: sheet(
            "stages",
            "Parts of lead time, hours",
            &["Part", "Changes", "Median, hours", "Three in four, hours", "Nine in ten, hours"],
            rows,
        ),
        ..Drawing::default()
    }
}

/// Seconds of each part of the way, ascending.
fn parts(delivered: &[Delivered<'_>], built: &Built) -> [Vec<i64>; 4] {
    let mut parts: [Vec<i64>; 4] = Default::default();
    for change in delivered {
        let Some(merged) = change.change.merged_at else { continue };
        let made = built.get(&(change.service.clone(), change.revision.clone())).copied();
        record(&mut parts, change, merged, made);
    }
    parts.iter_mut().for_each(|seconds| seconds.sort_unstable());
    parts
}

fn medians(parts: &[Vec<i64>; 4]) -> [Option<f64>; 4] {
    parts.each_ref().map(|seconds| stats::quantile_of_integers(seconds, 0.5))
}

/// The part with the longest median.
pub(super) fn slowest(delivered: &[Delivered<'_>], built: &Built) -> Option<(&'static str, f64)> {
    longest(&medians(&parts(delivered, built)))
}

fn longest(medians: &[Option<f64>; 4]) -> Option<(&'static str, f64)> {
    let known = STAGES.iter().zip(medians).filter_map(|(name, median)| median.map(|median| (*name, median)));
    known.max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Only instants that are in order say how long something took.
fn record(parts: &mut [Vec<i64>; 4], change: &Delivered<'_>, merged: Instant, made: Option<Instant>) {
    let first = change.change.first_commit_at;
    if first > merged || merged > change.finished {
        return;
    }
    parts[0].push(merged.seconds_since(first));
    match made.filter(|made| merged <= *made && *made <= change.finished) {
        Some(made) => {
            parts[1].push(made.seconds_since(merged));
            parts[2].push(change.finished.seconds_since(made));
        }
        None => parts[3].push(change.finished.seconds_since(merged)),
    }
}

/// One bar of the medians side by side, and what each colour is.
fn bar(medians: &[Option<f64>; 4]) -> (Vec<Area>, Vec<Line>) {
    let total: f64 = medians.iter().flatten().sum();
    let (mut areas, mut legend, mut left) = (Vec::new(), Vec::new(), 0);
    for ((number, name), median) in (1..).zip(STAGES).zip(medians) {
        let Some(median) = *median else { continue };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a thousand")]
        let width = if total > 0.0 { (median / total * 1_000.0) as u32 } else { 0 };
        let words = format!("{name}: {}", words::duration(median));
        areas.push(Area { at: [left, 0, width, 10], ink: format!("fill ink-{number}"), words: words.clone() });
        legend.push((format!("ink-{number}"), words));
        left += width;
    }
    (areas, legend)
}

fn summary(medians: &[Option<f64>; 4], known: usize, all: usize) -> String {
    match longest(medians) {
        Some((name, median)) => format!(
            "The longest part in the middle of {known} of {all} changes is \"{}\" with {}. Medians of parts do not add up to the median of the whole.",
            name.to_lowercase(),
            words::duration(median)
        ),
        None => "Of no change is it known when it was merged.".to_owned(),
    }
}

/// Hours with two decimals.
pub(super) fn plain_hours(seconds: f64) -> String {
    format!("{:.2}", seconds / real(HOUR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_name() {
        assert_eq!(LABELS.len(), BOUNDS.len() + 1);
    }

    #[test]
    fn a_bar_is_divided_as_its_medians_are() {
        let (areas, legend) = bar(&[Some(3.0), None, Some(1.0), None]);
        assert_eq!(areas.iter().map(|area| area.at).collect::<Vec<_>>(), [[0, 0, 750, 10], [750, 0, 250, 10]]);
        assert_eq!(legend[1].0, "ink-3");
    }
}
