//! Five tiles, the weeks behind them, and one row for each service.

use super::{cache::Answer, compare, drawings, drawings::Built, sheets, tiles, value, window::Window, words};
use crate::zone;
use jiff::{Span, civil::Date, tz::TimeZone};
use slipway_api_types::insights::{DoraPanel, ServiceDora, Sheet, Today, Week};
use slipway_domain::time::Timestamp;
use slipway_dora::{
    ConfigError, DEFINITION, Deployment, Metric, Metrics, ScopeAnalysis, ServiceInput, Spread, Status, Tier, WeekPoint,
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

/// Computes what a scope shows. `owners` has one entry for each input; a roll-up also says how its services differ. Nothing is drawn
/// without `built`.
pub(super) fn answer(
    window: &Window,
    inputs: &[ServiceInput],
    owners: &[String],
    roll_up: bool,
    built: Option<&Built>,
) -> Result<Answer, ConfigError> {
    let config = &window.config;
    let mut panel = DoraPanel {
        from: config.from().to_string(),
        to: config.to().to_string(),
        zone: config.zone_name().to_owned(),
        definition: DEFINITION.to_owned(),
        benchmark: tiles::benchmark(),
        ..DoraPanel::default()
    };
    if inputs.is_empty() {
        return Ok(Answer { panel, ..Answer::default() });
    }
    let stopped = stopped_days(inputs, &window.zone);
    let analysis = ScopeAnalysis::new(config, inputs);
    let metrics = analysis.metrics();
    let drawn = built.map(|built| drawings::of_window(&analysis, window, built));
    let hints = analysis.hints().into_iter().map(|hint| hint.text).collect();
    let (from, to) = window.before();
    let analysis = analysis.through(from, to)?;
    let comparison = compare::all(&analysis.pooled(), &metrics.pooled);
    let (from, to) = window.year();
    let analysis = analysis.through(from, to)?;
    let (distribution, mut drawings) = drawn.unwrap_or_default();
    if built.is_some() {
        drawings.insert(0, drawings::calendar(&analysis, window));
    }
    // The running day is shown, but never enters a median (specification 1.10): it is in the weeks and beside the tiles.
    let tomorrow = window.today.map(|today| (today, today.saturating_add(Span::new().days(1))));
    let (from, to) = tomorrow.unwrap_or((config.from(), config.to()));
    let analysis = analysis.through(from, to)?;
    let points = analysis.weekly(window.weeks);
    let told = |input: &ServiceInput| !input.events.incidents.is_empty() || !input.events.verdicts.is_empty();
    let facts = Facts {
        metrics: &metrics.pooled,
        weeks: &points,
        spread: roll_up.then_some(&metrics.spread),
        incidents_told: inputs.iter().any(told),
    };
    panel.tiles = tiles::all(&facts);
    panel.weeks = points.iter().map(|point| week(point, &stopped)).collect();
    panel.today = window.today.map(|_| today(&analysis.pooled(), small(within(&stopped, from, to))));
    let mut services: Vec<ServiceDora> =
        metrics.by_service.iter().zip(owners).map(|((name, metrics), owner)| row(name, owner, metrics)).collect();
    services.sort_by(|a, b| a.name.cmp(&b.name));
    let numbers = sheets::services(&metrics.by_service);
    let spread = if roll_up { sheets::spread(&metrics.spread) } else { Sheet::default() };
    Ok(Answer { panel, services, comparison, hints, numbers, spread, drawings, distribution })
}

fn today(so_far: &Metrics, stopped: u32) -> Today {
    Today {
        deployments: so_far.df.count.unwrap_or(0),
        attempts: so_far.cfr.total,
        failed: so_far.cfr.failed,
        changes: so_far.lead_time_s.n,
        rework: so_far.rework.rework,
        stopped,
    }
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
        days.filter_map(|d| Some(zone::day(Timestamp::from_millis(d.finished_at?.ms()), zone))).collect::<Vec<_>>()
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
        active: small(point.rework_total),
        stopped: small(within(stopped, point.week_start, next)),
    }
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn row(name: &str, owner: &str, metrics: &Metrics) -> ServiceDora {
    let per_week = metrics.df.per_day.map(|per_day| words::figure(per_day * 7.0));
    ServiceDora {
        name: name.to_owned(),
        href: format!("/services/{name}"),
        owner: owner.to_owned(),
        frequency: per_week.unwrap_or_else(|| "not measured".to_owned()),
        lead_time: value::of(Metric::LeadTime, metrics),
        fail_rate: value::of(Metric::ChangeFailRate, metrics),
        recovery: value::of(Metric::RecoveryTime, metrics),
        rework: value::of(Metric::ReworkRate, metrics),
    }
}
