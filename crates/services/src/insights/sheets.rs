//! Tables in plain numbers: for spreadsheets, and where numbers are compared.

use super::{tiles, trend, words};
use slipway_api_types::insights::{Apart, Comparison, Counting, Distribution, DoraPanel, Sheet};
use slipway_dora::{Id, Metric, Metrics, Quartiles, Spread};

fn sheet(name: &str, caption: &str, heads: &[&str], rows: Vec<Vec<String>>) -> Sheet {
    let heads = heads.iter().map(|head| (*head).to_owned()).collect();
    Sheet { name: name.to_owned(), caption: caption.to_owned(), heads, rows }
}

/// At most four digits after the point, none where there is nothing.
fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| {
        let text = format!("{value:.4}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    })
}

fn hours(seconds: Option<f64>) -> String {
    number(seconds.map(|seconds| seconds / 3_600.0))
}

/// Each service of a roll-up, by name.
pub(super) fn services(services: &[(Id, &Metrics)]) -> Sheet {
    let row = |(name, m): &(Id, &Metrics)| {
        let known = |count: u64| if m.cfr.measured { count.to_string() } else { String::new() };
        vec![
            name.to_string(),
            m.df.count.map_or_else(String::new, |count| count.to_string()),
            m.df.days.to_string(),
            number(m.df.per_day.map(|per_day| per_day * 7.0)),
            m.lead_time_s.n.to_string(),
            hours(m.lead_time_s.p50),
            known(m.cfr.failed),
            known(m.cfr.total),
            hours(m.fdrt_s.median),
            m.rework.rework.to_string(),
            m.rework.total.to_string(),
        ]
    };
    let mut rows: Vec<Vec<String>> = services.iter().map(row).collect();
    rows.sort();
    let heads = [
        "Service",
        "Deployments",
        "Days observed",
        "Deployments per week",
        "Changes delivered",
        "Lead time median, hours",
        "Failed deployments",
        "Deployments that could fail",
        "Recovery median, hours",
        "Unplanned deployments",
        "Deployments that ran",
    ];
    sheet("services", "The five metrics of each service", &heads, rows)
}

/// Quartiles of the services of a roll-up, each service one sample.
pub(super) fn spread(spread: &Spread) -> Sheet {
    let row = |metric: Metric, q: &Quartiles| {
        let word = |value: Option<f64>| value.map_or_else(|| "none".to_owned(), |value| in_words(metric, value));
        let title = tiles::title(metric).to_owned();
        vec![title, word(q.p25), word(q.p50), word(q.p75), q.with_data.to_string(), q.without_data.to_string()]
    };
    let rows = vec![
        row(Metric::DeploymentFrequency, &spread.deployments_per_day),
        row(Metric::LeadTime, &spread.lead_time_p50_s),
        row(Metric::ChangeFailRate, &spread.fail_rate),
        row(Metric::RecoveryTime, &spread.recovery_median_s),
        row(Metric::ReworkRate, &spread.rework_rate),
    ];
    let heads = ["Metric", "A quarter is below", "Middle service", "A quarter is above", "Services with it", "Without"];
    sheet("spread", "How the services differ", &heads, rows)
}

fn in_words(metric: Metric, value: f64) -> String {
    match metric {
        Metric::DeploymentFrequency => format!("{} per week", words::figure(value * 7.0)),
        Metric::LeadTime | Metric::RecoveryTime => words::duration(value),
        Metric::ChangeFailRate | Metric::ReworkRate => words::percent(value),
    }
}

/// The weeks behind the charts.
pub(super) fn weeks(panel: &DoraPanel) -> Sheet {
    let limits: Vec<_> = panel.tiles.iter().map(|tile| &tile.limits).collect();
    let rows = panel.weeks.iter().enumerate().map(|(at, week)| {
        let mut row = vec![
            week.start.clone(),
            if week.complete { "yes" } else { "no" }.to_owned(),
            week.deployments.to_string(),
            week.changes.to_string(),
            number(week.lead_hours),
            week.failed.to_string(),
            week.attempts.to_string(),
            number(week.recovery_hours),
            week.rework.to_string(),
            week.active.to_string(),
            week.stopped.to_string(),
        ];
        for limits in &limits {
            let [low, high] = trend::at(limits, at);
            row.extend([number(low), number(high)]);
        }
        row
    });
    let mut heads: Vec<String> = [
        "Week from",
        "Complete",
        "Deployments",
        "Changes delivered",
        "Lead time median, hours",
        "Failed deployments",
        "Deployments that could fail",
        "Recovery median, hours",
        "Unplanned deployments",
        "Deployments that ran",
        "Roll-outs taken back",
    ]
    .map(str::to_owned)
    .to_vec();
    for tile in &panel.tiles {
        heads.extend([format!("{}, lower limit", tile.title), format!("{}, upper limit", tile.title)]);
    }
    Sheet { name: "weeks".to_owned(), caption: "Week by week".to_owned(), heads, rows: rows.collect() }
}

/// The five against the period before.
pub(super) fn comparison(rows: &[Comparison]) -> Sheet {
    let row = |row: &Comparison| {
        [&row.title, &row.now, &row.before, &row.difference, &row.interval, &row.sentence].map(Clone::clone).to_vec()
    };
    let heads = ["Metric", "Now", "Before", "Difference", "Interval", "What may be said"];
    sheet("comparison", "Against the period before", &heads, rows.iter().map(row).collect())
}

/// Lead times by class.
pub(super) fn distribution(distribution: &Distribution) -> Sheet {
    let rows = distribution.labels.iter().zip(&distribution.counts);
    let rows = rows.map(|(label, count)| vec![label.clone(), count.to_string()]).collect();
    sheet("lead-times", "How lead times are distributed", &["Lead time", "Changes"], rows)
}

/// Every event of a number.
pub(super) fn events(apart: &Apart) -> Sheet {
    let rows = apart.events.iter().map(|event| {
        let counting = match event.counting {
            Counting::Above => "above the line",
            Counting::In => "in",
            Counting::Out => "out",
        };
        let by = event.deployment.as_ref().map(|by| by.title.clone()).unwrap_or_default();
        let cells = [&event.title, &event.service, &by, &event.at, counting, &event.value, &event.because];
        cells.map(str::to_owned).to_vec()
    });
    let heads = ["Event", "Service", "Deployment", "When", "Counts", "Adds", "Why"];
    sheet("events", "Every event in and out", &heads, rows.collect())
}

/// What other definitions say.
pub(super) fn definitions(apart: &Apart) -> Sheet {
    let rows = apart.definitions.iter().map(|other| {
        std::iter::once(&other.name).chain(&other.answers).cloned().chain([other.differences.join(" ")]).collect()
    });
    let heads = ["Definition", "Frequency", "Lead time", "Fail rate", "Recovery", "Rework", "Why it differs"];
    sheet("definitions", "The same events by other tools' definitions", &heads, rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_plain() {
        assert_eq!([Some(1.5), Some(2.0), Some(1.0 / 3.0), None].map(number), ["1.5", "2", "0.3333", ""]);
        assert_eq!(hours(Some(5_400.0)), "1.5");
    }
}
