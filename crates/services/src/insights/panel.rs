//! Five tiles, the weeks behind them, and one row for each service.

use super::{cache::Answer, day, tiles, words};
use jiff::{Span, civil::Date, tz::TimeZone};
use slipway_api_types::insights::{DoraPanel, ServiceDora, Today, Week};
use slipway_domain::time::Timestamp;
use slipway_dora::{
    Config, ConfigError, DEFINITION, Deployment, Metrics, ScopeAnalysis, ServiceInput, Spread, Status, Tier, WeekPoint,
};
use std::collections::HashSet;

/// What the tiles are made from.
pub(super) struct Facts<'a> {
    pub metrics: &'a Metrics,
    pub weeks: &'a [WeekPoint],
    /// How the services differ; `None` for a single one.
    pub spread: Option<&'a Spread>,
    /// Whether somebody told of incidents, and not only rollbacks and hotfixes speak of failures.
    pub incidents_told: bool,
}

/// Computes what a scope shows. `owners` has one entry for each input; a roll-up also says how its services differ.
pub(super) fn answer(
    config: &Config,
    inputs: &[ServiceInput],
    owners: &[String],
    roll_up: bool,
    weeks: usize,
) -> Result<Answer, ConfigError> {
    let mut panel = DoraPanel {
        from: config.from().to_string(),
        to: config.to().to_string(),
        zone: config.zone_name().to_owned(),
        definition: DEFINITION.to_owned(),
        tiles: Vec::new(),
        weeks: Vec::new(),
        today: Today::default(),
    };
    if inputs.is_empty() {
        return Ok(Answer { panel, services: Vec::new() });
    }
    let zone = TimeZone::get(config.zone_name()).unwrap_or(TimeZone::UTC);
    let tomorrow = config.to().saturating_add(Span::new().days(1));
    let analysis = ScopeAnalysis::new(config, inputs);
    let metrics = analysis.metrics();
    // The running day is shown, but never enters a median (specification 1.10): it is in the weeks and beside the tiles.
    let today = analysis.through(config.to(), tomorrow)?;
    let points = today.weekly(weeks);
    let so_far = today.pooled();
    let stopped = stopped_days(inputs, &zone);
    let told = |input: &ServiceInput| !input.events.incidents.is_empty() || !input.events.verdicts.is_empty();
    let facts = Facts {
        metrics: &metrics.pooled,
        weeks: &points,
        spread: roll_up.then_some(&metrics.spread),
        incidents_told: inputs.iter().any(told),
    };
    panel.tiles = tiles::all(&facts);
    panel.weeks = points.iter().map(|point| week(point, &stopped)).collect();
    panel.today = Today {
        deployments: so_far.df.count.unwrap_or(0),
        attempts: so_far.cfr.total,
        failed: so_far.cfr.failed,
        changes: so_far.lead_time_s.n,
        rework: so_far.rework.rework,
        stopped: small(within(&stopped, config.to(), tomorrow)),
    };
    let mut services: Vec<ServiceDora> =
        metrics.by_service.iter().zip(owners).map(|((name, metrics), owner)| row(name, owner, metrics)).collect();
    services.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Answer { panel, services })
}

/// The days on which roll-outs failed before users saw them. They are no deployments to the definition, but people look for them.
fn stopped_days(inputs: &[ServiceInput], zone: &TimeZone) -> Vec<Date> {
    let failed = |deployment: &&Deployment| {
        matches!(deployment.status, Status::Failure | Status::Error)
            && deployment.tier == Some(Tier::Production)
            && !deployment.exposed
    };
    let of_input = |input: &ServiceInput| {
        let deployments = &input.events.deployments;
        // One that was tried again under its id and succeeded then has succeeded.
        let mended: HashSet<&str> =
            deployments.iter().filter(|d| d.status == Status::Success).map(|d| &*d.id).collect();
        let days = deployments.iter().filter(failed).filter(|d| !mended.contains(&*d.id));
        days.filter_map(|d| Some(day(Timestamp::from_millis(d.finished_at?.ms()), zone))).collect::<Vec<_>>()
    };
    inputs.iter().flat_map(of_input).collect()
}

fn within(days: &[Date], from: Date, to: Date) -> u64 {
    days.iter().filter(|day| (from..to).contains(day)).count() as u64
}

fn week(point: &WeekPoint, stopped: &[Date]) -> Week {
    let next = point.week_start.saturating_add(Span::new().days(7));
    let hours = |seconds: Option<f64>| seconds.map(|seconds| seconds / 3_600.0);
    Week {
        start: point.week_start.to_string(),
        complete: point.complete,
        deployments: small(point.df_count.unwrap_or(0)),
        lead_hours: hours(point.lead_p50),
        changes: small(point.lead_n),
        failed: small(point.cfr_failed),
        attempts: small(point.cfr_total),
        recovery_hours: hours(point.fdrt_median),
        rework: small(point.rework),
        stopped: small(within(stopped, point.week_start, next)),
    }
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What the row of a service says where there is no number says why.
fn row(name: &str, owner: &str, metrics: &Metrics) -> ServiceDora {
    let fraction = |rate: f64, part: u64, whole: u64| format!("{} ({part} of {whole})", words::percent(rate));
    let (cfr, rework, fdrt) = (&metrics.cfr, &metrics.rework, &metrics.fdrt_s);
    ServiceDora {
        name: name.to_owned(),
        href: format!("/services/{name}"),
        owner: owner.to_owned(),
        frequency: metrics.df.per_day.map_or_else(|| "not measured".to_owned(), |per_day| words::figure(per_day * 7.0)),
        lead_time: metrics.lead_time_s.p50.map_or_else(|| "no changes".to_owned(), words::duration),
        fail_rate: match cfr.rate {
            _ if !cfr.measured => "not measured".to_owned(),
            Some(rate) => fraction(rate, cfr.failed, cfr.total),
            None => "no deployments".to_owned(),
        },
        recovery: match fdrt.median {
            _ if !cfr.measured => "not measured".to_owned(),
            Some(median) => words::duration(median),
            None if cfr.failed == 0 => "no failures".to_owned(),
            None if fdrt.open > 0 => format!("{} of {} open", fdrt.open, fdrt.n),
            None => "not known".to_owned(),
        },
        rework: rework
            .rate
            .map_or_else(|| "no deployments".to_owned(), |rate| fraction(rate, rework.rework, rework.total)),
    }
}
