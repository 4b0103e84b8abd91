//! One tile for each metric. A tile without a value says why: unknown is not zero, and too few is not a trend.

use super::{panel::Facts, trend, words};
use slipway_api_types::insights::{DoraTile, Metric, Trend};
use slipway_dora as dora;
use slipway_dora::{
    Quartiles, WeekPoint,
    bands::{self, Level, LevelRange, Measure, level, level_of_interval},
    charts, grade, real, stats,
};

/// The report that values are compared with: the latest that has levels.
const YEAR: u16 = 2024;
/// Below this many samples a single one decides the value.
const FEWEST: u64 = 4;
/// Days below which a rate per week says nothing.
const FEWEST_DAYS: u64 = 7;

/// The five, throughput first.
pub(super) fn all(facts: &Facts<'_>) -> Vec<DoraTile> {
    let mut tiles = vec![frequency(facts), lead_time(facts), fail_rate(facts), recovery(facts), rework(facts)];
    for (tile, chart) in tiles.iter_mut().zip(charts::charts(facts.weeks)) {
        // Where nothing is measured there is nothing to fluctuate.
        if !tile.spark.is_empty() {
            tile.trend = trend::words(&chart);
            tile.limits = trend::limits(&chart, facts.weeks);
        }
        tile.quality = quality(grade::quality(chart.metric, facts.metrics).grade).to_owned();
    }
    tiles
}

/// The report that levels are from, for people.
pub(super) fn benchmark() -> String {
    bands::year(YEAR).map(|year| format!("Levels: {}.", year.source)).unwrap_or_default()
}

/// As the pages name it.
pub(super) const fn metric(metric: dora::Metric) -> Metric {
    match metric {
        dora::Metric::DeploymentFrequency => Metric::DeploymentFrequency,
        dora::Metric::LeadTime => Metric::LeadTime,
        dora::Metric::ChangeFailRate => Metric::ChangeFailRate,
        dora::Metric::RecoveryTime => Metric::RecoveryTime,
        dora::Metric::ReworkRate => Metric::ReworkRate,
    }
}

/// Its name for people.
pub(super) const fn title(metric: dora::Metric) -> &'static str {
    match metric {
        dora::Metric::DeploymentFrequency => "Deployment frequency",
        dora::Metric::LeadTime => "Change lead time",
        dora::Metric::ChangeFailRate => "Change fail rate",
        dora::Metric::RecoveryTime => "Failed deployment recovery time",
        dora::Metric::ReworkRate => "Deployment rework rate",
    }
}

/// How complete the data is, in two words.
pub(super) const fn quality(grade: grade::Grade) -> &'static str {
    match grade {
        grade::Grade::A => "data A",
        grade::Grade::B => "data B",
        grade::Grade::C => "data C",
        grade::Grade::D => "data D",
        grade::Grade::NotMeasured => "no data source",
    }
}

fn tile(of: dora::Metric, unit: &str, facts: &Facts<'_>, value: fn(&WeekPoint) -> Option<f64>) -> DoraTile {
    DoraTile {
        metric: metric(of),
        title: title(of).to_owned(),
        trend: Trend::default(),
        quality: String::new(),
        limits: Vec::new(),
        value: None,
        instead: "Too few".to_owned(),
        unit: unit.to_owned(),
        sample: String::new(),
        interval: String::new(),
        band: String::new(),
        note: String::new(),
        // A running week is lower only because it is not over.
        spark: facts.weeks.iter().filter(|week| week.complete).map(value).collect(),
    }
}

/// Parts of a note that are not empty.
fn note(parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    parts.join("; ")
}

fn frequency(facts: &Facts<'_>) -> DoraTile {
    let mut tile = tile(dora::Metric::DeploymentFrequency, "per week", facts, |week| week.df_count.map(real));
    let df = &facts.metrics.df;
    let count = df.count.unwrap_or(0);
    tile.sample =
        format!("n = {} in {}", words::count(count, "deployment", "deployments"), words::count(df.days, "day", "days"));
    if df.days < FEWEST_DAYS {
        tile.note = format!("too few to tell: observed for {}", words::count(df.days, "day", "days"));
        return tile;
    }
    tile.value = df.per_day.map(|per_day| words::figure(per_day * 7.0));
    if let Some([low, high]) = df.garwood95 {
        tile.interval = format!("95 %: {}–{}", words::figure(low * 7.0), words::figure(high * 7.0));
    }
    // The survey asks for one application; a whole team's count would always look best.
    if let (false, Some(bucket)) = (facts.roll_up, df.bucket) {
        tile.band = band(level(YEAR, Measure::DeploymentFrequency(bucket)));
    }
    let rollbacks = match df.rollbacks {
        0 => String::new(),
        n => format!("{} not counted", words::count(n, "rollback", "rollbacks")),
    };
    let services = spread(facts.spread.map(|s| &s.deployments_per_day), |per_day| words::figure(per_day * 7.0));
    tile.note = note(&[services, rollbacks]);
    tile
}

fn lead_time(facts: &Facts<'_>) -> DoraTile {
    let mut tile = tile(dora::Metric::LeadTime, "median", facts, |week| week.lead_p50.map(|s| s / 3_600.0));
    let lead = &facts.metrics.lead_time_s;
    tile.sample = format!("n = {}", words::count(lead.n, "change", "changes"));
    let Some(median) = lead.p50 else {
        "No changes".clone_into(&mut tile.instead);
        "no change reached production in this time".clone_into(&mut tile.note);
        return tile;
    };
    if lead.n < FEWEST {
        tile.note = too_few(words::count(lead.n, "change", "changes"), &lead.samples);
        return tile;
    }
    tile.value = Some(words::duration(median));
    tile.interval = match lead.median95 {
        Some([low, high]) => format!("95 %: {}", words::durations(real(low), real(high))),
        None => "no interval below 6 changes".to_owned(),
    };
    tile.band = band(match lead.median95 {
        Some([low, high]) => level_of_interval(YEAR, Measure::LeadTime(real(low)), Measure::LeadTime(real(high))),
        None => level(YEAR, Measure::LeadTime(median)),
    });
    let slowest =
        lead.p90.map(|p90| format!("one in ten takes more than {}", words::duration(p90))).unwrap_or_default();
    let sketched = if lead.sketched { format!("durations are {}", words::ACCURACY) } else { String::new() };
    tile.note = note(&[spread(facts.spread.map(|s| &s.lead_time_p50_s), words::duration), slowest, sketched]);
    tile
}

/// Whether failures are not known; the tile then says why.
fn is_unmeasured(tile: &mut DoraTile, facts: &Facts<'_>) -> bool {
    if facts.metrics.cfr.measured {
        return false;
    }
    "Not measured".clone_into(&mut tile.instead);
    "not measured: no source of incidents".clone_into(&mut tile.note);
    tile.spark.clear();
    true
}

/// The tile of a time without deployments.
fn without_deployments(tile: DoraTile) -> DoraTile {
    DoraTile { instead: "No deployments".to_owned(), note: "no deployments in this time".to_owned(), ..tile }
}

fn fail_rate(facts: &Facts<'_>) -> DoraTile {
    let mut tile = tile(dora::Metric::ChangeFailRate, "of deployments", facts, |week| {
        (week.cfr_total > 0).then(|| real(week.cfr_failed) / real(week.cfr_total))
    });
    let cfr = &facts.metrics.cfr;
    tile.sample = format!("n = {}", words::count(cfr.total, "deployment", "deployments"));
    if is_unmeasured(&mut tile, facts) {
        return tile;
    }
    let Some(rate) = cfr.rate else { return without_deployments(tile) };
    if cfr.total < FEWEST {
        tile.note = format!(
            "too few to tell: {} of {} failed",
            cfr.failed,
            words::count(cfr.total, "deployment", "deployments")
        );
        return tile;
    }
    tile.value = Some(words::percent(rate));
    if let Some([low, high]) = cfr.wilson95 {
        tile.interval = format!("95 %: {}", words::percents(low, high));
        tile.band = band(level_of_interval(YEAR, Measure::ChangeFailRate(low), Measure::ChangeFailRate(high)));
    }
    let young = match cfr.provisional {
        0 => String::new(),
        n => format!("{} too young to be sure of", words::count(n, "deployment", "deployments")),
    };
    let evidence =
        if facts.incidents_told { String::new() } else { "known from rollbacks and hotfixes only".to_owned() };
    let services = spread(facts.spread.map(|s| &s.fail_rate), words::percent);
    tile.note = note(&[format!("{} of {} failed", cfr.failed, cfr.total), services, evidence, young]);
    tile
}

fn recovery(facts: &Facts<'_>) -> DoraTile {
    let mut tile = tile(dora::Metric::RecoveryTime, "median", facts, |week| week.fdrt_median.map(|s| s / 3_600.0));
    let (cfr, fdrt) = (&facts.metrics.cfr, &facts.metrics.fdrt_s);
    let failed = words::count(cfr.failed, "failed deployment", "failed deployments");
    tile.sample = format!("n = {failed}");
    if is_unmeasured(&mut tile, facts) {
        return tile;
    }
    let unknown = match fdrt.unknown_recovery.len() {
        0 => String::new(),
        n => format!("recovery of {n} is not known"),
    };
    let open = if fdrt.open > 0 { format!("{} of {} still open", fdrt.open, fdrt.n) } else { String::new() };
    let ended: Vec<i64> = fdrt.samples.iter().filter(|(_, ended)| *ended).map(|(seconds, _)| *seconds).collect();
    let Some(median) = fdrt.median.filter(|_| fdrt.n >= FEWEST) else {
        let (instead, why) = match fdrt.n {
            0 if cfr.failed == 0 => ("No failures", "no failed deployments".to_owned()),
            0 => ("Not known", String::new()),
            n if n < FEWEST => ("Too few", too_few(failed, &ended)),
            _ => ("Not reached", "not reached: half of them are not recovered from".to_owned()),
        };
        instead.clone_into(&mut tile.instead);
        tile.note = note(&[why, open, unknown]);
        return tile;
    };
    tile.value = Some(words::duration(median));
    // Rank intervals hold for samples that have all ended.
    let interval = if fdrt.open == 0 { stats::median_interval(&ended) } else { None };
    (tile.interval, tile.band) = match interval {
        Some([low, high]) => {
            let (low, high) = (real(low), real(high));
            let levels = level_of_interval(YEAR, Measure::Recovery(low), Measure::Recovery(high));
            (format!("95 %: {}", words::durations(low, high)), band(levels))
        }
        None if fdrt.open > 0 => {
            ("no interval while some are open".to_owned(), band(level(YEAR, Measure::Recovery(median))))
        }
        None => ("no interval below 6 failures".to_owned(), band(level(YEAR, Measure::Recovery(median)))),
    };
    tile.note = note(&[spread(facts.spread.map(|s| &s.recovery_median_s), words::duration), open, unknown]);
    tile
}

fn rework(facts: &Facts<'_>) -> DoraTile {
    let mut tile = tile(dora::Metric::ReworkRate, "of deployments", facts, |week| {
        (week.rework_total > 0).then(|| real(week.rework) / real(week.rework_total))
    });
    let rework = &facts.metrics.rework;
    tile.sample = format!("n = {}", words::count(rework.total, "deployment", "deployments"));
    let Some(rate) = rework.rate else { return without_deployments(tile) };
    if rework.total < FEWEST {
        let all = words::count(rework.total, "deployment", "deployments");
        tile.note = format!("too few to tell: {} of {all} unplanned", rework.rework);
        return tile;
    }
    tile.value = Some(words::percent(rate));
    if let Some([low, high]) = rework.wilson95 {
        tile.interval = format!("95 %: {}", words::percents(low, high));
    }
    let what = format!("{} of {} were rollbacks or hotfixes", rework.rework, rework.total);
    tile.note = note(&[what, spread(facts.spread.map(|s| &s.rework_rate), words::percent)]);
    tile
}

/// "too few to tell: 3 failed deployments (20 min to 2 h)". Samples ascend.
fn too_few(what: String, samples: &[i64]) -> String {
    match samples {
        [] => format!("too few to tell: {what}"),
        [one] => format!("too few to tell: {what} ({})", words::duration(real(*one))),
        [first, .., last] => {
            let (first, last) = (words::duration(real(*first)), words::duration(real(*last)));
            format!("too few to tell: {what} ({first} to {last})")
        }
    }
}

/// How the services of a roll-up differ; empty for a single service.
fn spread(quartiles: Option<&Quartiles>, words: impl Fn(f64) -> String) -> String {
    match quartiles.map(|q| (q.p25, q.p50, q.p75)) {
        Some((Some(low), Some(middle), Some(high))) => {
            format!("median service {}, middle half {} to {}", words(middle), words(low), words(high))
        }
        _ => String::new(),
    }
}

/// "2024: high", or the levels that the interval spans: "2024: elite to high".
fn band(levels: Option<LevelRange>) -> String {
    let word = |level| match level {
        Level::Elite => "elite",
        Level::High => "high",
        Level::Medium => "medium",
        Level::Low => "low",
    };
    match levels {
        None => String::new(),
        Some(levels) if levels.is_single() => format!("{YEAR}: {}", word(levels.best)),
        Some(levels) => format!("{YEAR}: {} to {}", word(levels.best), word(levels.worst)),
    }
}
