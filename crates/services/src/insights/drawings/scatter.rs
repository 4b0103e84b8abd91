//! Size of a change against its lead time. Size is commits: the log does not know files.

use super::{lead::plain_hours, sheet};
use crate::insights::words;
use slipway_api_types::insights::{Drawing, Word};
use slipway_dora::{Delivered, real, stats};
use std::{collections::BTreeSet, fmt::Write as _};

/// From here on sizes share a column.
const LARGEST: usize = 10;
/// Units of a column and of the whole height. Points of one place are drawn once, so there are never more than the places.
const COLUMN: u32 = 24;
const HEIGHT: u32 = 180;
/// The lines of the scale: seconds and words. Lead times reach over six orders of magnitude, so the scale is logarithmic.
const LINES: [(i64, &str); 5] =
    [(600, "10 min"), (3_600, "1 h"), (86_400, "1 d"), (7 * 86_400, "1 w"), (30 * 86_400, "30 d")];
const LOWEST: f64 = 300.0;
const HIGHEST: f64 = 45.0 * 86_400.0;

/// A point for each change.
pub(super) fn sizes(delivered: &[Delivered<'_>]) -> Drawing {
    let mut by_size: Vec<Vec<i64>> = vec![Vec::new(); LARGEST];
    let mut places = BTreeSet::new();
    for change in delivered {
        let column = column(change.change.commits.len());
        let samples = &mut by_size[column];
        // Side by side within their column, in the order in which they come.
        let beside = u32::try_from(samples.len() * 7 % (COLUMN as usize - 5)).unwrap_or(0);
        places.insert((u32::try_from(column).unwrap_or(0) * COLUMN + 2 + beside, height(change.seconds)));
        samples.push(change.seconds);
    }
    let mut points = String::new();
    for (x, y) in places {
        // Writing to a string cannot fail.
        let _ = write!(points, "M{x} {y}h0");
    }
    by_size.iter_mut().for_each(|samples| samples.sort_unstable());
    let rows = by_size
        .iter()
        .enumerate()
        .filter(|(_, samples)| !samples.is_empty())
        .map(|(at, samples)| {
            let hours = |p| stats::quantile_of_integers(samples, p).map_or_else(String::new, plain_hours);
            vec![label(at), samples.len().to_string(), hours(0.5), hours(0.75)]
        })
        .collect();
    let columns = u32::try_from(LARGEST).unwrap_or(1);
    let under = (0..columns).map(|at| Word {
        at: [(f64::from(at) + 0.4) / f64::from(columns) * 100.0, 100.0],
        before: false,
        text: label(at as usize),
    });
    let beside = LINES.iter().map(|(seconds, text)| Word {
        at: [0.0, f64::from(height(*seconds)) / f64::from(HEIGHT) * 100.0],
        before: true,
        text: (*text).to_owned(),
    });
    Drawing {
        question: "Do larger changes take longer?".to_owned(),
        summary: summary(&by_size, delivered.len()),
        size: [columns * COLUMN, HEIGHT],
        pixels: [220, 1_440],
        points,
        grid: LINES.iter().map(|(seconds, _)| height(*seconds)).collect(),
        words: under.chain(beside).collect(),
        sheet: sheet(
            "sizes",
            "Lead time by size of the change",
            &["Commits of the change", "Changes", "Median, hours", "Three in four, hours"],
            rows,
        ),
        ..Drawing::default()
    }
}

/// A change of which the commits are not known is its landed commit.
fn column(commits: usize) -> usize {
    commits.clamp(1, LARGEST) - 1
}

fn label(column: usize) -> String {
    if column + 1 == LARGEST { format!("{LARGEST}+") } else { (column + 1).to_string() }
}

/// From the top, in units, on a logarithmic scale.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the height")]
fn height(seconds: i64) -> u32 {
    let value = real(seconds).clamp(LOWEST, HIGHEST);
    let share = (value / LOWEST).ln() / (HIGHEST / LOWEST).ln();
    (f64::from(HEIGHT) * (1.0 - share)).round() as u32
}

fn summary(by_size: &[Vec<i64>], all: usize) -> String {
    if all == 0 {
        return "No change reached production in these days.".to_owned();
    }
    let one = stats::quantile_of_integers(&by_size[0], 0.5);
    let mut more: Vec<i64> = by_size[1..].iter().flatten().copied().collect();
    more.sort_unstable();
    let parts = [
        ("with one commit", by_size[0].len(), one),
        ("with more", more.len(), stats::quantile_of_integers(&more, 0.5)),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter_map(|(what, n, median)| Some(format!("{n} {what}, median {}", words::duration(median?))))
        .collect();
    format!("Size in commits; the lead time on a logarithmic scale. {}.", parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_fall_as_lead_times_grow_and_stay_within_the_drawing() {
        assert_eq!((height(0), height(300), height(i64::MAX / 2)), (HEIGHT, HEIGHT, 0));
        assert!(height(3_600) > height(86_400));
        assert_eq!([0, 1, 9, 10, 500].map(column), [0, 0, 8, 9, 9]);
        assert_eq!((label(0), label(9)), ("1".to_owned(), "10+".to_owned()));
    }
}
