//! A year of days: how many deployments each had, and which had a failure.

use super::{heat, sheet};
use crate::insights::{
    window::{Window, length},
    words,
};
use jiff::{Span, civil::Date};
use slipway_api_types::insights::{Drawing, Word};
use slipway_dora::{
    ConfigError,
    rollup::{Rollup, day_of_number},
};
use std::collections::BTreeMap;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// Pixels of a day, and the most of a week.
const DAY_PIXELS: u32 = 15;
const WEEK_PIXELS: u32 = 20;

/// The year that ends with the window: a column for each week, a row for each day of it.
pub(crate) fn calendar(rollup: &Rollup, window: &Window) -> Result<Drawing, ConfigError> {
    let (from, to) = window.year();
    let small = |count| u32::try_from(count).unwrap_or(u32::MAX);
    let year = window.config.with_window(from, to)?;
    let counts = rollup.calendar(&year).map(|(day, deployments, failed)| {
        (day_of_number(day), heat::Count { deployments: small(deployments), failed: small(failed) })
    });
    let days: BTreeMap<Date, heat::Count> = counts.collect();
    let most = days.values().map(|count| count.deployments).max().unwrap_or(0);
    let weeks = u32::try_from((length(from, to) + 6) / 7).unwrap_or(0).max(1);
    let (mut areas, mut rows, mut months) = (Vec::new(), Vec::new(), Vec::new());
    let mut day = from;
    for number in 0..u32::try_from(length(from, to)).unwrap_or(0) {
        let count = days.get(&day).copied().unwrap_or_default();
        areas.extend(heat::cell(number / 7, number % 7, count, most, said(day, count)));
        rows.push(vec![day.to_string(), count.deployments.to_string(), count.failed.to_string()]);
        if day.day() == 1 {
            let text = day.strftime("%b").to_string();
            months.push(Word { at: [f64::from(number / 7) / f64::from(weeks) * 100.0, 100.0], before: false, text });
        }
        day = day.saturating_add(Span::new().days(1));
    }
    let names = (0..7).step_by(2).map(|row| Word {
        at: [0.0, (f64::from(row) + 0.5) / 7.0 * 100.0],
        before: true,
        text: DAYS[row as usize].to_owned(),
    });
    Ok(Drawing {
        question: "On which days do we deploy, and when does it fail?".to_owned(),
        summary: summary(&days, from, to),
        size: [weeks * heat::CELL, 7 * heat::CELL],
        pixels: [7 * DAY_PIXELS, weeks * WEEK_PIXELS],
        legend: heat::legend(most),
        areas,
        words: names.chain(months).collect(),
        sheet: sheet("calendar", "Deployments and failures of each day", &["Day", "Deployments", "Failed"], rows),
        ..Drawing::default()
    })
}

fn said(day: Date, count: heat::Count) -> String {
    let deployments = words::count(u64::from(count.deployments), "deployment", "deployments");
    let failed = if count.failed == 0 { String::new() } else { format!(", {} failed", count.failed) };
    format!("{}: {deployments}{failed}", day.strftime("%a %-d %b %Y"))
}

fn summary(days: &BTreeMap<Date, heat::Count>, from: Date, to: Date) -> String {
    let total: u32 = days.values().map(|count| count.deployments).sum();
    let active = days.values().filter(|count| count.deployments > 0).count();
    let failing = days.values().filter(|count| count.failed > 0).count();
    let busiest = days.iter().max_by_key(|(day, count)| (count.deployments, std::cmp::Reverse(*day)));
    let busiest = busiest.filter(|(_, count)| count.deployments > 0).map_or_else(String::new, |(day, count)| {
        format!(" The busiest was {} with {}.", day.strftime("%-d %b %Y"), count.deployments)
    });
    format!(
        "From {from} up to {to}: {} on {active} of {} days; {} had a failure.{busiest}",
        words::count(u64::from(total), "deployment", "deployments"),
        length(from, to),
        words::count(failing as u64, "day", "days"),
    )
}
