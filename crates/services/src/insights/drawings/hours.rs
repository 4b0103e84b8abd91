//! The hours of the week: when deployments finish, and when those finished that failed.

use super::{counts, heat, sheet, timestamp};
use crate::{
    insights::{window::Window, words},
    zone,
};
use slipway_api_types::insights::{Drawing, Word};
use slipway_dora::Judged;

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// Pixels of an hour's height, and the most of its width.
const ROW_PIXELS: u32 = 20;
const HOUR_PIXELS: u32 = 34;

/// A row for each day of the week, a column for each hour, in the reporting zone.
pub(super) fn hours(deployments: &[Judged<'_>], window: &Window) -> Drawing {
    let mut counted = [[heat::Count::default(); 24]; 7];
    for deployment in deployments {
        let at = zone::local(timestamp(deployment.finished), &window.zone);
        let day = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or(0);
        let hour = usize::try_from(at.hour()).unwrap_or(0);
        let (brought_change, failed) = counts(deployment);
        if let Some(count) = counted.get_mut(day).and_then(|day| day.get_mut(hour)) {
            count.deployments += u32::from(brought_change);
            count.failed += u32::from(failed);
        }
    }
    let most = counted.iter().flatten().map(|count| count.deployments).max().unwrap_or(0);
    let (mut areas, mut rows) = (Vec::new(), Vec::new());
    for ((row, name), counts) in (0..).zip(DAYS).zip(&counted) {
        for (hour, count) in (0..).zip(counts) {
            let failed = if count.failed == 0 { String::new() } else { format!(", {} failed", count.failed) };
            let deployments = words::count(u64::from(count.deployments), "deployment", "deployments");
            areas.extend(heat::cell(hour, row, *count, most, format!("{name} {hour:02}:00: {deployments}{failed}")));
            if *count != heat::Count::default() {
                let cells =
                    [name.to_owned(), format!("{hour:02}:00"), count.deployments.to_string(), count.failed.to_string()];
                rows.push(cells.to_vec());
            }
        }
    }
    let names = (0..7_u32).zip(DAYS).map(|(row, name)| Word {
        at: [0.0, (f64::from(row) + 0.5) / 7.0 * 100.0],
        before: true,
        text: name.chars().take(3).collect(),
    });
    let clock = (0..24_u32).step_by(6).map(|hour| Word {
        at: [f64::from(hour) / 24.0 * 100.0, 100.0],
        before: false,
        text: format!("{hour:02}:00"),
    });
    Drawing {
        question: "At which hours do we deploy?".to_owned(),
        summary: summary(&counted, window),
        size: [24 * heat::CELL, 7 * heat::CELL],
        pixels: [7 * ROW_PIXELS, 24 * HOUR_PIXELS],
        legend: heat::legend(most),
        areas,
        words: names.chain(clock).collect(),
        sheet: sheet(
            "hours",
            "Deployments and failures by hour of the week",
            &["Day", "Hour", "Deployments", "Failed"],
            rows,
        ),
        ..Drawing::default()
    }
}

/// Where most of it is, and how much lies outside of working hours.
fn summary(counted: &[[heat::Count; 24]; 7], window: &Window) -> String {
    let total: u32 = counted.iter().flatten().map(|count| count.deployments).sum();
    if total == 0 {
        return "Nothing was deployed in these days.".to_owned();
    }
    let working: u32 = counted[..5].iter().flat_map(|day| &day[8..18]).map(|count| count.deployments).sum();
    let weekend: u32 = counted[5..].iter().flatten().map(|count| count.deployments).sum();
    format!(
        "{} in these days, by the clocks of {}: {working} on working days from 8 to 18, {weekend} at weekends.",
        words::count(u64::from(total), "deployment", "deployments"),
        window.config.zone_name(),
    )
}
